"""A convolution without `kernel`, which is a 1x1 convolution: PyTorch has no such default.

`{conv: 64}` mixes the channels of each position and reads no neighbors. Where that is meant,
`kernel: 1` says so to the reader; where `kernel` was forgotten, every number is wrong.

Fails:

```yaml
input: 3x32x32
layers:
  - {conv: 64}
  - relu
```

Passes:

```yaml
input: 3x32x32
layers:
  - {conv: 64, kernel: 1}
  - relu
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ...document import Step
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule
from ..usage import all_steps, bodies

KINDS = ("conv", "conv_transpose", "local_conv")
"""The kinds whose `kernel` has the default 1."""


def check(context: LintContext) -> Iterator[Violation]:
    for body in bodies(context.document):
        for step in all_steps(body):
            if step.type == "layer" and step.word in KINDS and not has_kernel(step):
                message = f"this {step.word} has no `kernel`, so it is 1x1"
                hint = "state it: `kernel: 1` for a 1x1 convolution"
                yield Violation(step.span, message, hint)


def has_kernel(step: Step) -> bool:
    """Whether a step gives the kernel, or could not be read in full."""
    return step.broken or "kernel" in step.arguments or "kernel" in step.keys


RULE = Rule("implicit-kernel", check, __doc__)
