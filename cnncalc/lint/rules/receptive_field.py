"""A receptive field that never covers the input: no position before the final pooling sees it all.

The rule checks a global pooling that no feature map follows, as at the end of a classifier.

Fails:

```yaml
input: 3x224x224
layers:
  - {conv: 64, kernel: 7, stride: 2, padding: 3}
  - relu
  - {conv: 128, kernel: 3, stride: 2, padding: 1}
  - relu
  - global_avgpool
  - {linear: 10}
```

Passes:

```yaml
input: 3x27x27
layers:
  - {conv: 64, kernel: 7, stride: 2, padding: 3}
  - relu
  - {conv: 128, kernel: 3, stride: 2, padding: 1}
  - relu
  - {conv: 128, kernel: 5, stride: 2, padding: 2}
  - relu
  - global_avgpool
  - {linear: 10}
```
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from fractions import Fraction

from ..context import BuiltNetwork, LintContext
from ..finding import Violation
from ..rule import Rule

HINT = "no output position sees the whole input: add layers or downsample earlier"


def check(context: LintContext) -> Iterator[Violation]:
    for built, index, node, _ in context.nodes():
        if not is_final_pooling(built, index):
            continue
        field, size = field_size(built, index), input_size(built, index)
        if len(field) == len(size) > 0 and all(map(operator.lt, field, size)):
            seen, whole = "x".join(map(str, field)), "x".join(map(str, size))
            message = f"the receptive field before `{node.path}` is {seen}, the input {whole}"
            yield Violation(node.span, message, HINT, built.calls(index))


def field_size(built: BuiltNetwork, index: int) -> list[int | Fraction]:
    """The receptive field, in input pixels, of what a node reads; empty if it is not known.

    An axis that is seen whole is missing.
    """
    field = built.analysis.layers[built.nodes[index].inputs[0].node].receptive_field
    return [axis.pixels for axis in field or () if axis is not None]


def input_size(built: BuiltNetwork, index: int) -> tuple[int, ...]:
    """The spatial size of the first input of the network with as many axes as a node reads."""
    rank = len(built.nodes[index].input_shapes[0])
    shapes = (shape for shape in built.network.inputs.values() if len(shape) == rank)
    return next((shape.spatial for shape in shapes), ())


def is_final_pooling(built: BuiltNetwork, index: int) -> bool:
    """Whether a layer pools a whole map, and no node after it outputs a map."""
    node = built.nodes[index]
    pools = len(node.inputs) == 1 and node.inputs[0].node >= 0 and "pool" in node.layer.kind
    if not pools or node.input_shapes[0].positions == 1 or node.shape.positions > 1:
        return False
    return not built.leads_to_map[index]


RULE = Rule("receptive-field", check, __doc__, "note")
