"""Another tool's count in words: how much it differs from ours, and why."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.analysis import Analysis
from ...engine.measure import Measure
from ...engine.quantities import network_number
from ...explain.convention import CountDifference, differences
from ...problem import count
from ...quantities import QUANTITIES
from ..text import safe


def compared(measure: Measure, theirs: int, ours: int) -> str:
    """A count next to ours.

    `105,705,600 mult-adds, 290,400 more than our 105,415,200 MACs (+0.28 %)`
    """
    title = QUANTITIES[measure.quantity].title
    text = f"{theirs:,} {measure.unit}"
    if theirs == ours:
        return f"{text}, as we count {title}"
    relative = f" ({100 * (theirs - ours) / ours:+.2f} %)" if ours else ""
    more = "more" if theirs > ours else "less"
    return f"{text}, {abs(theirs - ours):,} {more} than our {ours:,} {title}{relative}"


def convention_lines(analysis: Analysis) -> Iterator[str]:
    """The tool's count of the network, and where the difference comes from."""
    measure = analysis.measure("convention")
    if measure is None:
        return
    ours = network_number(analysis, measure.quantity)
    yield f"{compared(measure, measure.total, ours)}."
    for one in differences(analysis):
        layers = count(one.layers, "layer")
        yield f"{safe(one.kind)}, {layers}: {one.theirs - one.ours:+,}; {one.rule}"


def layer_line(measure: Measure, found: CountDifference) -> str:
    return f"{compared(measure, found.theirs, found.ours)}: {found.rule}"
