"""Where another tool's count differs from ours, and by which of its rules."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from typing import NamedTuple

from ..conventions.recount import count
from ..conventions.table import load
from ..engine.report import Analysis


class CountDifference(NamedTuple):
    """Layers as a tool counts them beside our number of them, for the batch, and the tool's rule."""

    kind: str
    layers: int
    theirs: int
    ours: int
    rule: str


def difference_of(report: Analysis, index: int) -> CountDifference | None:
    """A layer as the tool of the report counts it; None where no tool is asked for."""
    recount, layer = report.recount, report.layers[index]
    if recount is None:
        return None
    theirs = recount.layers.get(layer.node.path)
    rule = (
        "it does not see the layer run" if theirs is None else count(load(recount.name), layer).says
    )
    return CountDifference(layer.node.layer.kind, 1, theirs or 0, recount.ours(layer), rule)


def differences(report: Analysis) -> list[CountDifference]:
    """The kinds of layers that the tool counts otherwise, the largest difference first."""
    if report.recount is None:
        return []
    found: dict[tuple[str, str], CountDifference] = {}
    for index, layer in enumerate(report.layers):
        one = difference_of(report, index)
        if one is None or layer.node.training_only:
            continue
        sum_ = found.get((one.kind, one.rule), CountDifference(one.kind, 0, 0, 0, one.rule))
        found[one.kind, one.rule] = CountDifference(
            one.kind, sum_.layers + 1, sum_.theirs + one.theirs, sum_.ours + one.ours, one.rule
        )
    unlike = [one for one in found.values() if one.theirs != one.ours]
    return sorted(unlike, key=lambda one: -abs(one.theirs - one.ours))
