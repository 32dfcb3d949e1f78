"""The differences between the count of another tool and ours, with the rules that cause them."""

from __future__ import annotations

from ..conventions import count, load
from ..engine.analysis import Analysis
from ..named_tuple import NamedTuple


class CountDifference(NamedTuple):
    """Layers of one type as a tool counts them and as we do, for the batch, and the tool's rule."""

    kind: str
    layers: int
    theirs: int
    ours: int
    rule: str


def layer_difference(analysis: Analysis, index: int) -> CountDifference | None:
    """A layer as the tool of the analysis counts it; None if no tool was requested."""
    measure, layer = analysis.measure("convention"), analysis.layers[index]
    if measure is None:
        return None
    theirs = measure.layers.get(layer.node.path)
    if theirs is None:
        rule = "it does not see the layer run"
    else:
        rule = count(load(measure.name), layer).description
    ours: int = getattr(layer, measure.quantity)
    if measure.quantity == "params" and layer.shares and not theirs:
        ours, rule = 0, "counted where its weights are first used"
    return CountDifference(layer.node.layer.kind, 1, theirs or 0, ours, rule)


def differences(analysis: Analysis) -> list[CountDifference]:
    """The layer types that the tool counts differently, the largest difference first."""
    if analysis.measure("convention") is None:
        return []
    sums: dict[tuple[str, str], CountDifference] = {}
    for index, layer in enumerate(analysis.layers):
        one = layer_difference(analysis, index)
        if one is None or layer.node.training_only:
            continue
        key = one.kind, one.rule
        known = sums.get(key, CountDifference(one.kind, 0, 0, 0, one.rule))
        theirs, ours = known.theirs + one.theirs, known.ours + one.ours
        sums[key] = CountDifference(one.kind, known.layers + 1, theirs, ours, one.rule)
    found = [one for one in sums.values() if one.theirs != one.ours]
    return sorted(found, key=lambda one: -abs(one.theirs - one.ours))
