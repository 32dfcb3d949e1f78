"""Dropout before a batch norm: the norm stores a variance that inference does not have.

An activation or a pooling may be between them.

Source: Li et al., Understanding the Disharmony between Dropout and Batch Normalization by Variance
Shift, arXiv:1801.05134.

Fails:

```yaml
input: 3x32x32
layers:
  - {conv: 16, kernel: 3, padding: 1, bias: false}
  - {dropout: 0.5}
  - bn
  - relu
```

Passes:

```yaml
input: 3x32x32
layers:
  - {conv: 16, kernel: 3, padding: 1, bias: false}
  - bn
  - relu
  - {dropout: 0.5}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..context import LintContext
from ..finding import Violation
from ..rule import Rule

SKIPPED = frozenset(
    ("relu", "relu6", "leaky_relu", "silu", "gelu", "maxpool", "avgpool", "identity", "flatten")
)
HINT = "put it after the norm: with dropout, the variance in training differs from inference"


def check(context: LintContext) -> Iterator[Violation]:
    for built, index, node, layer in context.nodes():
        if layer.kind != "dropout" or not built.readers[index]:
            continue
        reader = built.reader_past(index, SKIPPED)
        if reader is not None and built.nodes[reader].layer.kind == "bn":
            message = f"`{node.path}` is dropout before a batch norm"
            yield Violation(node.span, message, HINT, built.calls(index))


RULE = Rule("dropout-before-norm", check, __doc__, "note")
