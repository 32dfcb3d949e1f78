"""Dropout before a batch norm: in training it changes the variance that the norm keeps for inference.

Between them may stand an activation or a pooling.  Source: Li et al., Understanding the Disharmony between Dropout and
Batch Normalization by Variance Shift, arXiv:1801.05134.

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

PASSED = frozenset(
    ("relu", "relu6", "leaky_relu", "silu", "gelu", "maxpool", "avgpool", "identity", "flatten")
)


def check(subject: LintContext) -> Iterator[Violation]:
    for built, index, node, layer in subject.nodes():
        if layer.kind != "dropout" or not built.readers[index]:
            continue
        behind = built.next_but(index, PASSED)
        if behind is not None and built.nodes[behind].layer.kind == "bn":
            message = f"`{node.path}` is dropout before a batch norm"
            hint = (
                "put it behind the norm: the norm's variance of training is not that of inference"
            )
            yield Violation(node.span, message, hint, built.calls(index))


RULE = Rule("dropout-before-norm", check, __doc__)
