"""Two convolutions with no activation between them: a single one could compute the same.

A norm, a dropout or a padding between them does not change that.  The rule ignores
deliberate factorizations: depthwise and grouped convolutions, one axis after the
other (1x7 and 7x1), and a middle with fewer channels than input and output (a linear bottleneck).
It also ignores a value that another step reads.

Fails:

```yaml
input: 3x32x32
layers:
  - {conv: 16, kernel: 3, padding: 1}
  - {conv: 32, kernel: 3, padding: 1}
  - relu
```

Passes:

```yaml
input: 3x32x32
layers:
  - {conv: 16, kernel: 3, padding: 1}
  - relu
  - {conv: 32, kernel: 3, padding: 1}
  - relu
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ...layers.convolution import Conv
from ...network import Node
from ..context import BuiltNetwork, LintContext
from ..finding import Violation
from ..rule import Rule

LINEAR = frozenset(("bn", "dropout", "droppath", "identity", "pad"))


def check(context: LintContext) -> Iterator[Violation]:
    for nodes in context.nodes_of_step.values():
        seconds = [second_of(built, index) for built, index in nodes]
        if seconds[0] is not None and None not in seconds:
            built, index = nodes[0]
            first, second = built.nodes[index], built.nodes[seconds[0]]
            message = f"no activation between the convolutions `{first.path}` and `{second.path}`"
            hint = f"one convolution could compute both (the second is in line {second.span.line})"
            yield Violation(first.span, message, hint, built.calls(index))


def second_of(built: BuiltNetwork, index: int) -> int | None:
    """The convolution after a convolution that could be merged with it."""
    first, layer = built.nodes[index], ungrouped_conv(built.nodes[index])
    second = built.reader_past(index, LINEAR) if layer else None
    if layer is None or second is None:
        return None
    then, following = built.nodes[second], ungrouped_conv(built.nodes[second])
    if following is None:
        return None
    middle, ends = first.shape.channels, (first.input_shapes[0].channels, then.shape.channels)
    return None if middle < min(ends) or is_separable(layer, following) else second


def ungrouped_conv(node: Node) -> Conv | None:
    """The layer of a node if it is a convolution in one group."""
    layer = node.layer
    return layer if isinstance(layer, Conv) and layer.kind == "conv" and layer.groups == 1 else None


def is_separable(first: Conv, then: Conv) -> bool:
    """Whether two kernels filter different axes."""
    axes = list(zip(first.kernel, then.kernel, strict=True))
    only_first = any(one > 1 == other for one, other in axes)
    return only_first and any(one == 1 < other for one, other in axes)


RULE = Rule("missing-activation", check, __doc__)
