"""A parameter that its block never reads: every call gives it in vain.

Fails:

```yaml
input: 3x32x32
blocks:
  conv_bn:
    params: [out, stride=1]
    layers: [{conv: out, kernel: 3, padding: 1, bias: false}, bn]
layers:
  - {conv_bn: 16, stride: 2}
```

Passes:

```yaml
input: 3x32x32
blocks:
  conv_bn:
    params: [out, stride=1]
    layers: [{conv: out, kernel: 3, padding: 1, stride: stride, bias: false}, bn]
layers:
  - {conv_bn: 16, stride: 2}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import usage as reads
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule


def check(subject: LintContext) -> Iterator[Violation]:
    for block in subject.document.blocks.values():
        defined = reads.definitions(block)
        for index, name in enumerate(block.params):
            behind = reads.of_all(expression for _, expression in defined[index + 1 :])
            if name not in behind | reads.inside(block):
                yield Violation(
                    block.places[name],
                    f"parameter `{name}` of `{block.name}` is never read",
                    "remove it",
                )


RULE = Rule("unused-parameter", check, __doc__)
