"""A group as its parts, which add up to its numbers."""

from __future__ import annotations

from ...engine.analysis import Analysis
from ...explain import GroupExplanation
from ..layout import Cells, Style, bold, faint, fitted, printed, wrapped
from ..text import percent, safe
from .text import place_line

COLUMNS: tuple[tuple[str, bool, int, str], ...] = (
    ("part", False, 9, "bold"),
    ("type", False, 1, ""),
    ("params", True, 8, ""),
    ("share", True, 4, "magenta"),
    ("MACs", True, 7, ""),
    ("share", True, 3, "blue"),
)


def group_text(explained: GroupExplanation, report: Analysis, net: str, style: Style) -> str:
    """A group: its parts, and that they add up."""
    group = explained.group.group
    shapes = " + ".join(str(value.shape) for value in group.outputs)
    call = f"{group.kind} {safe(group.arguments)}".rstrip()
    heading = f"{bold(safe(group.path), style)}  {call}  {'→' if style.unicode else '->'} {shapes}"
    place = place_line(report, group.span.line, explained.inputs, style)
    cells = zip(*rows(explained), strict=True)
    columns = [
        Cells(title, list(column), right, rank, colour)
        for (title, right, rank, colour), column in zip(COLUMNS, cells, strict=True)
    ]
    told = f"{command(net, explained.parts[0].path)} tells how the numbers of a part come about"
    parts = [
        f"{wrapped(heading, style)}\n{place}",
        printed(fitted(columns, style)[0], style),
    ]
    return "\n\n".join([*parts, faint(wrapped(told, style), style)]) + "\n"


def command(net: str, path: str) -> str:
    """What to type for a layer of a network that was asked for as `net`."""
    from shlex import quote

    return f"cnncalc explain {quote(safe(net))} {quote(safe(path))}"


def rows(explained: GroupExplanation) -> list[tuple[str, ...]]:
    """A row for each part, and their sum; parameters that several parts share are taken off it."""
    whole = explained.group
    found = [
        (
            safe(part.path.removeprefix(f"{whole.group.path}.")), safe(part.kind), f"{part.params:,}",
            percent(part.params, whole.params), f"{part.macs:,}", percent(part.macs, whole.macs),
        )
        for part in explained.parts
    ]  # fmt: skip
    if explained.twice:
        found.append(("(shared)", "", f"{-explained.twice:,}", "", "", ""))
    return [*found, ("sum", "", f"{whole.params:,}", "", f"{whole.macs:,}", "")]
