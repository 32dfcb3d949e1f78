"""The count of another tool in words: how much it differs from ours, and why."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.analysis import Analysis
from ...engine.measure import Measure
from ...engine.quantity_values import network_number
from ...escape import safe
from ...explain.convention import CountDifference, differences
from ...problem import count
from ...quantities import QUANTITIES


def count_text(measure: Measure, theirs: int, ours: int) -> str:
    """Their count against ours.

    Such as `105,705,600 mult-adds, 290,400 more than our 105,415,200 MACs (+0.28 %)`.
    """
    text, our_unit = f"{theirs:,} {measure.unit}", QUANTITIES[measure.quantity].title
    if theirs == ours:
        return f"{text}, the same as our {our_unit}"
    relative = f" ({100 * (theirs - ours) / ours:+.2f} %)" if ours else ""
    more = "more" if theirs > ours else "less"
    return f"{text}, {abs(theirs - ours):,} {more} than our {ours:,} {our_unit}{relative}"


def convention_lines(analysis: Analysis) -> Iterator[str]:
    """The tool's count of the network, and the layer types that make the difference."""
    measure = analysis.measure("convention")
    if measure is None:
        return
    ours = network_number(analysis, measure.quantity)
    yield f"{count_text(measure, measure.total, ours)}."
    for one in differences(analysis):
        layers = f"{safe(one.kind)}, {count(one.layers, 'layer')}"
        yield f"{layers}: {one.theirs - one.ours:+,}; {one.rule}"


def layer_line(measure: Measure, found: CountDifference) -> str:
    return f"{count_text(measure, found.theirs, found.ours)}: {found.rule}"
