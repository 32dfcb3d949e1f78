"""A dense layer on a flattened map that holds most of the parameters of its network.

It has weights of its own for every place of the map. Behind a global pooling it would need one set for all.
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

PASSED = frozenset(("dropout", "identity", "relu"))


def check(subject: LintContext) -> Iterator[Violation]:
    for built, index, node, layer in subject.nodes():
        if layer.category != "dense" or node.training_only:
            continue
        flatten = built.before(index, PASSED)
        if flatten is None or built.nodes[flatten].layer.kind != "flatten":
            continue
        entering = built.nodes[flatten].input_shapes[0]
        params, whole = built.report.layers[index].params, built.report.totals.params
        if entering.positions > 1 and 2 * params > whole:
            message = (
                f"`{node.path}` on a map of {entering} holds {params:,} of the {whole:,} parameters"
            )
            hint = f"behind a global_avgpool it would have {params // entering.positions:,} or so"
            yield Violation(node.span, message, hint, built.calls(index))


RULE = Rule("dense-on-map", check, __doc__)
