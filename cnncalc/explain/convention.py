"""Where another tool's count differs from ours, and by which of its rules."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from typing import NamedTuple

from ..conventions.recount import count
from ..conventions.table import load
from ..engine.analysis import Analysis


class CountDifference(NamedTuple):
    """Layers as a tool counts them beside our number of them, for the batch, and the tool's rule."""

    kind: str
    layers: int
    theirs: int
    ours: int
    rule: str


def difference_of(analysis: Analysis, index: int) -> CountDifference | None:
    """A layer as the tool of the analysis counts it; None if it has no count of another tool."""
    measure, layer = analysis.measure("convention"), analysis.layers[index]
    if measure is None:
        return None
    theirs = measure.layers.get(layer.node.path)
    if theirs is None:
        rule = "it does not see the layer run"
    else:
        rule = count(load(measure.name), layer).description
    ours: int = getattr(layer, measure.quantity)
    return CountDifference(layer.node.layer.kind, 1, theirs or 0, ours, rule)


def differences(analysis: Analysis) -> list[CountDifference]:
    """The kinds of layers that the tool counts differently, the largest difference first."""
    if analysis.measure("convention") is None:
        return []
    found: dict[tuple[str, str], CountDifference] = {}
    for index, layer in enumerate(analysis.layers):
        one = difference_of(analysis, index)
        if one is None or layer.node.training_only:
            continue
        key = one.kind, one.rule
        known = found.get(key, CountDifference(one.kind, 0, 0, 0, one.rule))
        theirs, ours = known.theirs + one.theirs, known.ours + one.ours
        found[key] = CountDifference(one.kind, known.layers + 1, theirs, ours, one.rule)
    different = [one for one in found.values() if one.theirs != one.ours]
    return sorted(different, key=lambda one: -abs(one.theirs - one.ours))
