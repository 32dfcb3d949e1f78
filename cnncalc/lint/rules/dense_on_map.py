"""A dense layer on a flattened feature map that holds most of the parameters of its network.

It has separate weights for every position of the map.  After a global pooling it would need them
only once.

Source: Lin et al., Network in Network, arXiv:1312.4400, section 3.2.

Fails:

```yaml
input: 3x64x64
layers:
  - {conv: 64, kernel: 3, padding: 1}
  - relu
  - {maxpool: 2}
  - flatten
  - {linear: 100}
```

Passes:

```yaml
input: 3x64x64
layers:
  - {conv: 64, kernel: 3, padding: 1}
  - relu
  - {maxpool: 2}
  - global_avgpool
  - {linear: 100}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..context import LintContext
from ..finding import Violation
from ..rule import Rule

SKIPPED = frozenset(("dropout", "identity", "relu"))


def check(context: LintContext) -> Iterator[Violation]:
    for built, index, node, layer in context.nodes():
        if layer.category != "dense" or node.training_only:
            continue
        flatten = built.source_past(index, SKIPPED)
        if flatten is None or built.nodes[flatten].layer.kind != "flatten":
            continue
        x = built.nodes[flatten].input_shapes[0]
        params, total = built.analysis.layers[index].params, built.analysis.totals.params
        if x.positions > 1 and 2 * params > total:
            message = f"`{node.path}` on a map of {x} holds {params:,} of the {total:,} parameters"
            hint = f"after a global_avgpool it would have about {params // x.positions:,}"
            yield Violation(node.span, message, hint, built.calls(index))


RULE = Rule("dense-on-map", check, __doc__, "note")
