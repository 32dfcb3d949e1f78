"""A receptive field that never covers the input: what is pooled at the end are views of parts, and none sees the whole.

Asked is of a pooling of the whole map behind which no map is left, as at the end of a classifier.

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

from collections.abc import Iterator

from ..context import BuiltNetwork, LintContext
from ..finding import Violation
from ..rule import Rule


def check(subject: LintContext) -> Iterator[Violation]:
    for built, index, node, _ in subject.nodes():
        if not is_last_pooling(built, index):
            continue
        field = built.report.layers[node.inputs[0].node].receptive_field
        space = next(
            (
                shape.spatial
                for shape in built.network.inputs.values()
                if len(shape) == len(node.input_shapes[0])
            ),
            None,
        )
        if field is None or space is None or len(field) != len(space):
            continue
        sizes = [axis.size for axis in field if axis is not None]
        if len(sizes) == len(space) and all(
            seen < size for seen, size in zip(sizes, space, strict=True)
        ):
            seen, whole = "x".join(map(str, sizes)), "x".join(map(str, space))
            message = f"what `{node.path}` pools sees {seen} of the input of {whole}"
            yield Violation(
                node.span,
                message,
                "no position sees the whole: deepen it, or stride earlier",
                built.calls(index),
            )


def is_last_pooling(built: BuiltNetwork, index: int) -> bool:
    """Whether a layer pools a whole map, and no map comes behind it."""
    node = built.nodes[index]
    pools = len(node.inputs) == 1 and node.inputs[0].node >= 0 and "pool" in node.layer.kind
    if not pools or node.input_shapes[0].positions == 1 or node.shape.positions > 1:
        return False
    return not built.leads_to_map[index]


RULE = Rule("receptive-field", check, __doc__)
