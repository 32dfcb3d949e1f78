"""A group as a table of its parts, which add up to its numbers."""

from __future__ import annotations

from collections.abc import Collection

from ...engine.analysis import Analysis
from ...escape import safe
from ...explain import GroupExplanation
from ...quantities import QUANTITIES
from ..layout import Cells, bold, faint, fitted, printed, wrapped
from ..show.cells import SHARED
from ..style import Style
from ..text import percent
from .text import location_line

COLUMNS: tuple[tuple[str, bool, int, str, str], ...] = (
    ("part", False, 9, "bold", ""),
    ("type", False, 1, "", ""),
    ("params", True, 8, "", "params"),
    ("share", True, 4, "magenta", "params"),
    ("MACs", True, 7, "", "macs"),
    ("share", True, 3, "blue", "macs"),
)
"""Title, whether it is aligned right, rank, color, and the number that it is about."""
GROUP_NUMBERS = ("params", "macs")
"""The numbers that the table of a group has."""


def group_text(
    explained: GroupExplanation,
    analysis: Analysis,
    net: str,
    numbers: Collection[str],
    style: Style,
) -> str:
    """A group: its heading, one row per part, and their sum."""
    group = explained.group.group
    shapes = " + ".join(str(value.shape) for value in group.outputs)
    call = safe(group.call(named=True))
    heading = f"{bold(safe(group.path), style)}  {call}  {'→' if style.unicode else '->'} {shapes}"
    location = location_line(analysis, group.span.line, explained.inputs, style)
    cells = zip(*part_rows(explained), strict=True)
    columns = [
        Cells(title, list(column), right, rank, color, name=f"share of {QUANTITIES[number].title}")
        if title == "share"
        else Cells(title, list(column), right, rank, color)
        for (title, right, rank, color, number), column in zip(COLUMNS, cells, strict=True)
        if not number or number in numbers
    ]
    texts = [f"{wrapped(heading, style)}\n{location}", fitted_table(columns, style)]
    if explained.parts:
        path = explained.parts[0].path
        hint = f"Run {command(net, path)} to see where the numbers of a part come from."
        texts.append(faint(wrapped(hint, style), style))
    return "\n\n".join(texts) + "\n"


def fitted_table(columns: list[Cells], style: Style) -> str:
    """The columns that fit, and the names of the others."""
    kept, dropped = fitted(columns, style)
    if not dropped:
        return printed(kept, style)
    names = ", ".join(dropped)
    return f"{printed(kept, style)}\n{faint(wrapped(f'(too narrow for: {names})', style), style)}"


def command(net: str, path: str) -> str:
    """The command that explains a layer; `net` is the network as the user named it."""
    from shlex import quote

    return f"cnncalc explain {quote(safe(net))} {quote(safe(path))}"


def part_rows(explained: GroupExplanation) -> list[tuple[str, ...]]:
    """A row for each part, and their sum, less the parameters that several parts share."""
    whole = explained.group
    shares = [percent(part.added_params, whole.params) for part in explained.parts]
    rows = [
        (
            safe(part.path.removeprefix(f"{whole.group.path}.")),
            safe(part.kind),
            f"{part.params:,}",
            percent(part.added_params, whole.params)
            if part.added_params or not part.params
            else SHARED,
            f"{part.macs:,}",
            percent(part.macs, whole.macs),
        )
        for part, share in zip(explained.parts, shares, strict=True)
    ]
    if explained.counted_twice:
        rows.append(("(shared)", "", f"{-explained.counted_twice:,}", "", "", ""))
    return [*rows, ("sum", "", f"{whole.params:,}", "", f"{whole.macs:,}", "")]
