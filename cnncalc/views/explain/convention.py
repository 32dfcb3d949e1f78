"""Another tool's count in words: how much it differs from ours, and why."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.report import Analysis, Recount
from ...explain.convention import CountDifference, differences
from ...problem import count
from ..show.summary import OURS
from ..text import safe


def compared(recount: Recount, theirs: int, ours: int) -> str:
    """A count beside ours: `105,705,600 mult-adds, 290,400 more than our 105,415,200 MACs (+0.28 %)`."""
    text = f"{theirs:,} {recount.unit}"
    if theirs == ours:
        return f"{text}, as we count {OURS[recount.beside]}"
    relative = f" ({100 * (theirs - ours) / ours:+.2f} %)" if ours else ""
    more = "more" if theirs > ours else "less"
    return (
        f"{text}, {abs(theirs - ours):,} {more} than our {ours:,} {OURS[recount.beside]}{relative}"
    )


def convention_lines(report: Analysis) -> Iterator[str]:
    """The tool's count of the network, and where the difference comes from."""
    recount = report.recount
    if recount is None:
        return
    yield f"{compared(recount, recount.total, recount.ours(report.totals))}."
    for one in differences(report):
        yield f"{safe(one.kind)}, {count(one.layers, 'layer')}: {one.theirs - one.ours:+,}; {one.rule}"


def layer_line(recount: Recount, found: CountDifference) -> str:
    return f"{compared(recount, found.theirs, found.ours)}: {found.rule}"
