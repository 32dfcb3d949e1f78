"""A parameter that its block never reads: calls set it without any effect.

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

from ..context import LintContext
from ..finding import Violation
from ..rule import Rule
from ..usage import unread_definitions


def check(context: LintContext) -> Iterator[Violation]:
    for block in context.document.blocks.values():
        for name in unread_definitions(block):
            if name in block.params:
                message = f"parameter `{name}` of `{block.name}` is never read"
                yield Violation(block.name_spans[name], message, "remove it")


RULE = Rule("unused-parameter", check, __doc__)
