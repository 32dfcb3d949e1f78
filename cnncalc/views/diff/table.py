"""A Comparison as text that fits where it is printed: totals, classes, what changed, and what else the files say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...difference.comparison import Comparison
from ..layout import (
    Cells,
    Style,
    bold,
    cut_to,
    faint,
    fitted,
    padded,
    paint,
    printed,
    width_of,
    wrapped,
)
from .declarations import said
from .rows import DiffRow, diff_rows
from .totals import TotalRow, classes, heading, names, signed, split, totals
from .verdict import others_line, verdict

COLOURS = {"+": "green", "-": "red", "~": "yellow", ">": "cyan", ".": "dim"}
NARROWEST = 24  # of the words of a change, before the numbers beside them are left out


def diff_table(
    family: Sequence[Comparison], style: Style, depth: int | None = None, consequences: bool = False
) -> str:
    """Everything of `cnncalc diff`: the first variant of a file in full, the others in a line each."""
    first, *others = family
    return table(first, style, depth, consequences) + "".join(
        wrapped(others_line(other), style) + "\n" for other in others
    )


def table(difference: Comparison, style: Style, depth: int | None, consequences: bool) -> str:
    arrow = "→" if style.unicode else "->"
    parts = [
        bold(
            wrapped(f"{heading(difference.before)} {arrow} {heading(difference.after)}", style),
            style,
        )
    ]
    parts[0] += "\n" + wrapped(verdict(difference), style)
    if not difference.is_empty:
        parts.append(totals_text(difference, style))
        parts += class_parts(difference, style)
        parts.append(rows_text(diff_rows(difference, depth, consequences), style))
        parts.append(
            "\n".join(wrapped(f"{part}: {text}", style) for part, text in said(difference))
        )
    return "\n\n".join(part for part in parts if part) + "\n"


def totals_text(difference: Comparison, style: Style) -> str:
    """The totals, with all their columns where shorter numbers do it."""
    rows = totals(difference, style.exact)
    columns = totals_columns(difference, rows, 24, style)
    kept, missing = fitted(columns, style)
    if missing and not style.exact:
        rows = totals(difference, style.exact, brief=True)
        kept, _ = fitted(totals_columns(difference, rows, 12, style), style)
    return coloured(kept, [colour_of(row) for row in rows], style)


def totals_columns(
    difference: Comparison, rows: Sequence[TotalRow], widest: int, style: Style
) -> list[Cells]:
    before, after = (cut_to(name, widest, style) for name in names(difference))
    titles, earlier, later, change, relative = (list(cells) for cells in zip(*rows, strict=True))
    return [
        Cells("", titles, False, 9, "bold"),
        Cells(before, earlier, True, 6, ""),
        Cells(after if after != before else f"{after} ", later, True, 7, ""),
        Cells("change", change, True, 8, ""),
        Cells(" ", relative, True, 5, "", name="percent"),
    ]


def colour_of(row: TotalRow) -> str:
    return {"+": "green", "-": "red", "c": "yellow"}.get(row.change[0], "")


def class_parts(difference: Comparison, style: Style) -> list[str]:
    """The split by class, where that changed."""
    rows = classes(difference, style.exact)
    if all(row.params[2] == row.macs[2] == "=" for row in rows):
        return []
    columns = [Cells("class", [row.name for row in rows], False, 9, "bold")]
    for rank, (title, cells) in enumerate(
        (("MACs", [row.macs for row in rows]), ("params", [row.params for row in rows]))
    ):
        before, after, change = (list(texts) for texts in zip(*cells, strict=True))
        columns[1:1] = [
            Cells(title, before, True, 2 + rank, "", name=f"{title} before"),
            Cells("now", after, True, 4 + rank, "", name=f"{title} now"),
            Cells("change", change, True, 6 + rank, "", name=f"change of {title}"),
        ]
    kept, _ = fitted(columns, style)
    return [printed(kept, style), wrapped(split(difference), style)]


def coloured(columns: Sequence[Cells], colours: Sequence[str], style: Style) -> str:
    """Aligned columns whose rows have colours of their own."""
    if not style.colour:
        return printed(columns, style)
    widths = [column.width for column in columns]
    lines = printed(columns, style._replace(colour=False)).split("\n")[:1]
    for index, colour in enumerate(colours):
        cells = [
            padded(
                column.cells[index],
                width,
                column.right,
                colour if place > 2 or len(columns) == 1 else "",
            )
            for place, (column, width) in enumerate(zip(columns, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join([faint(lines[0], style), *lines[1:]])


# What changed


def rows_text(rows: Sequence[DiffRow], style: Style) -> str:
    """The rows; their words are broken into lines where they are long, their numbers stand in the first."""
    if not rows:
        return ""
    labels = [f"{row.mark or ' '} {'  ' * row.level}{row.label}" for row in rows]
    numbers = [
        [parenthesised(row, name, style.exact) for row in rows] for name in ("params", "macs")
    ]
    columns = [
        Cells(title, cells, True, 1, "")
        for title, cells in zip(("params", "MACs"), numbers, strict=True)
        if any(cells)
    ]
    ruler = ruled(labels, rows, columns, style)
    if ruler.words < NARROWEST and columns and style.width is not None:
        columns = columns[:1]
        ruler = ruled(labels, rows, columns, style)
    lines = [
        faint(line_of(ruler, "  layer", "change", [column.title for column in columns]), style)
    ]
    for index, row in enumerate(rows):
        first, *others = wrapped(row.text, style._replace(width=ruler.words), 0).split("\n")
        line = line_of(
            ruler,
            cut_to(labels[index], ruler.label, style),
            first,
            [column.cells[index] for column in columns],
        )
        found = [line, *(" " * (ruler.label + 2) + other for other in others)]
        lines += [
            paint(text, COLOURS.get(row.mark, "")) if style.colour else text for text in found
        ]
    return "\n".join(lines)


class Ruler(NamedTuple):
    """How wide what stands in a row is: its label, its words, its numbers."""

    label: int
    words: int
    numbers: tuple[int, ...]


def ruled(
    labels: Sequence[str], rows: Sequence[DiffRow], columns: Sequence[Cells], style: Style
) -> Ruler:
    numbers = tuple([column.width for column in columns])
    label = max(map(width_of, labels))
    longest = max(width_of(text) for text in ("change", *(row.text for row in rows)))
    if style.width is None:
        return Ruler(label, longest, numbers)
    left = style.width - sum(number + 2 for number in numbers)
    label = min(label, max(12, left // 2))
    return Ruler(label, min(longest, max(10, left - label - 2)), numbers)


def line_of(ruler: Ruler, label: str, text: str, cells: Sequence[str]) -> str:
    numbers = [padded(cell, width, True) for cell, width in zip(cells, ruler.numbers, strict=True)]
    return "  ".join(
        [padded(label, ruler.label, False), padded(text, ruler.words, False), *numbers]
    ).rstrip()


def parenthesised(row: DiffRow, name: str, exact: bool) -> str:
    """The change of a number; in brackets that of training, which the totals above leave out."""
    found = signed(getattr(row.delta, name), exact)
    return found or (
        f"({training})"
        if (training := signed(getattr(row.delta, f"training_{name}"), exact))
        else ""
    )
