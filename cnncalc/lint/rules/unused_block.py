"""A block that is never called: a leftover, or a call that was forgotten.

Fails:

```yaml
input: 3x32x32
blocks:
  conv_relu: {params: [out], layers: [{conv: out, kernel: 3}, relu]}
  head: {layers: [flatten, {linear: 10}]}
layers:
  - {conv_relu: 16}
```

Passes:

```yaml
input: 3x32x32
blocks:
  conv_relu: {params: [out], layers: [{conv: out, kernel: 3}, relu]}
  head: {layers: [flatten, {linear: 10}]}
layers:
  - {conv_relu: 16}
  - head
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..context import LintContext
from ..finding import Violation
from ..rule import Rule
from ..usage import all_steps, names_in_document


def check(context: LintContext) -> Iterator[Violation]:
    document = context.document
    used = names_in_document(document)  # a block may be the value of a variable or a parameter
    bodies = {"": document.body, **{name: block.body for name, block in document.blocks.items()}}
    for caller, body in bodies.items():
        called = {step.word for step in all_steps(body) if step.type == "block"}
        used |= called - {caller}
    for name, block in document.blocks.items():
        if name not in used:
            yield Violation(block.span, f"block `{name}` is never called", "remove it")


RULE = Rule("unused-block", check, __doc__)
