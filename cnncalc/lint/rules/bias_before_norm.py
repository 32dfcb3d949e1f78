"""A bias that the norm behind it takes out again: it is learned, stored and counted, and changes no output.

`bn` and `instancenorm` subtract the mean of each channel, and with it what was added to the whole channel.  Reported is
a layer that only such norms read, in all variants and after all calls of its block; `--fix` gives it `bias: false`.

Source: Ioffe and Szegedy, Batch Normalization, arXiv:1502.03167, section 3.2.

Fails:

```yaml
input: 3x32x32
layers:
  - {conv: 16, kernel: 3, padding: 1}
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
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..context import BuiltNetwork, LintContext
from ..finding import Fix, Violation
from ..rule import Rule

NORMS = ("bn", "instancenorm")


def check(subject: LintContext) -> Iterator[Violation]:
    for span, nodes in subject.by_step.items():
        if all(is_vain(*place) for place in nodes):
            built, index = nodes[0]
            node = built.nodes[index]
            norm = built.nodes[built.readers[index][0]].layer.kind
            message = f"{node.layer.kind} has a bias that the {norm} behind it takes out again"
            fix = Fix(span, "bias", "false", f"`bias: false` given to {node.layer.kind}")
            yield Violation(span, message, "write `bias: false`", built.calls(index), fix)


def is_vain(built: BuiltNetwork, index: int) -> bool:
    """Whether a layer has a bias, and all that reads it is a norm of each channel."""
    node = built.nodes[index]
    if (
        node.layer.category not in ("conv", "dense")
        or not getattr(node.layer, "bias", False)
        or index in built.ends
    ):
        return False
    readers = built.readers[index]
    return bool(readers) and all(built.nodes[reader].layer.kind in NORMS for reader in readers)


RULE = Rule("bias-before-norm", check, __doc__)
