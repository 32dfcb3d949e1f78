"""A bias that the norm after it cancels: it is trained, stored and counted, but changes no output.

`bn` and `instancenorm` subtract the mean of each channel, and with it the bias of that channel.
The rule reports a layer whose output only such norms read, in all variants and after all calls of
its block; `--fix` gives it `bias: false`.

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


def check(context: LintContext) -> Iterator[Violation]:
    for span, nodes in context.nodes_of_step.items():
        if all(is_cancelled(built, index) for built, index in nodes):
            built, index = nodes[0]
            kind = built.nodes[index].layer.kind
            norm = built.nodes[built.readers[index][0]].layer.kind
            message = f"the bias of this {kind} is cancelled by the {norm} that follows"
            fix = Fix(span, "bias", "false", f"gave {kind} `bias: false`")
            yield Violation(span, message, "write `bias: false`", built.calls(index), fix)


def is_cancelled(built: BuiltNetwork, index: int) -> bool:
    """Whether a layer has a bias, and every node that reads it normalizes each channel."""
    layer = built.nodes[index].layer
    has_bias = layer.category in ("conv", "dense") and getattr(layer, "bias", False)
    if not has_bias or index in built.output_nodes:
        return False
    readers = built.readers[index]
    return bool(readers) and all(built.nodes[reader].layer.kind in NORMS for reader in readers)


RULE = Rule("bias-before-norm", check, __doc__, "note")
