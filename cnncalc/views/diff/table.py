"""A comparison as text that fits the terminal: totals, classes, changes, and other declarations."""

from __future__ import annotations

from collections.abc import Sequence

from ...difference.comparison import Comparison
from ...named_tuple import NamedTuple
from ..layout import Cells, bold, cut_to, faint, fitted, padded, paint, printed, width_of, wrapped
from ..style import Style
from .declarations import declaration_lines
from .narrow import change_lines, class_lines, totals_lines
from .rows import DiffRow, diff_rows, number_text
from .totals import TotalRow, class_changes, heading, names, shares_sentence, totals
from .verdict import variant_line, verdict

COLORS = {"+": "green", "-": "red", "~": "yellow", ">": "cyan", ".": "dim"}
MIN_TEXT = 24  # columns of the text of a change; with less, the numbers have lines of their own


def diff_table(
    family: Sequence[Comparison], style: Style, depth: int | None = None, consequences: bool = False
) -> str:
    """The output of `cnncalc diff`: the first variant in full, each other one in a line."""
    first, *others = family
    variants = "".join(wrapped(variant_line(other), style) + "\n" for other in others)
    return table(first, style, depth, consequences) + variants


def table(comparison: Comparison, style: Style, depth: int | None, consequences: bool) -> str:
    arrow = "→" if style.unicode else "->"
    title = f"{heading(comparison.before)} {arrow} {heading(comparison.after)}"
    head = f"{bold(wrapped(title, style), style)}\n{wrapped(verdict(comparison), style)}"
    if comparison.is_empty:
        return f"{head}\n"
    lines = [f"{section}: {text}" for section, text in declaration_lines(comparison)]
    parts = [
        head,
        totals_text(comparison, style),
        *class_parts(comparison, style),
        rows_text(diff_rows(comparison, depth, consequences), style),
        "\n".join(wrapped(line, style) for line in lines),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def totals_text(comparison: Comparison, style: Style) -> str:
    """The totals; with shorter numbers if that keeps all columns, or else as lines."""
    rows = totals(comparison, style.exact)
    kept, missing = fitted(totals_columns(comparison, rows, 24, style), style)
    if missing and not style.exact:
        rows = totals(comparison, style.exact, brief=True)
        kept, missing = fitted(totals_columns(comparison, rows, 12, style), style)
    if {*missing} - {"percent"}:
        return totals_lines(rows, style)
    return colored(kept, [color_of(row) for row in rows], style)


def totals_columns(
    comparison: Comparison, rows: Sequence[TotalRow], max_name: int, style: Style
) -> list[Cells]:
    before, after = (cut_to(name, max_name, style) for name in names(comparison))
    titles, earlier, later, change, relative = (list(cells) for cells in zip(*rows, strict=True))
    return [
        Cells("", titles, False, 9, "bold"),
        Cells(before, earlier, True, 6, ""),
        Cells(after if after != before else f"{after} ", later, True, 7, ""),
        Cells("change", change, True, 8, ""),
        Cells(" ", relative, True, 5, "", name="percent"),
    ]


def color_of(row: TotalRow) -> str:
    return {"+": "green", "-": "red", "c": "yellow"}.get(row.change[0], "")


def class_parts(comparison: Comparison, style: Style) -> list[str]:
    """The classes of layers, if one of them changed."""
    rows = class_changes(comparison, style.exact)
    if all(row.is_unchanged for row in rows):
        return []
    columns = [
        Cells("class", [row.name for row in rows], False, 9, "bold"),
        *class_columns("params", [row.params for row in rows], rank=1),
        *class_columns("MACs", [row.macs for row in rows], rank=0),
    ]
    kept, missing = fitted(columns, style)
    table = class_lines(rows, style) if missing else printed(kept, style)
    return [table, wrapped(shares_sentence(comparison), style)]


def class_columns(title: str, cells: Sequence[tuple[str, str, str]], rank: int) -> list[Cells]:
    before, after, change = (list(texts) for texts in zip(*cells, strict=True))
    return [
        Cells(title, before, True, 2 + rank, "", name=f"{title} before"),
        Cells("now", after, True, 4 + rank, "", name=f"{title} now"),
        Cells("change", change, True, 6 + rank, "", name=f"change of {title}"),
    ]


def colored(columns: Sequence[Cells], colors: Sequence[str], style: Style) -> str:
    """Aligned columns, the changes of each row in a color of their own."""
    if not style.color:
        return printed(columns, style)
    head = printed(columns, style._replace(color=False)).split("\n")[0]
    lines = [faint(head, style)]
    for index, color in enumerate(colors):
        cells = [
            padded(
                column.cells[index],
                column.width,
                column.right,
                color if position > 2 or len(columns) == 1 else "",
            )
            for position, column in enumerate(columns)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


# What changed


class RowWidths(NamedTuple):
    """The widths of a row: its label, its text, its numbers."""

    label: int
    text: int
    numbers: tuple[int, ...]


def rows_text(rows: Sequence[DiffRow], style: Style) -> str:
    """The rows; long texts are wrapped, the numbers are in the first line of a row."""
    if not rows:
        return ""
    labels = [f"{row.mark or ' '} {'  ' * row.level}{row.label}" for row in rows]
    columns = []
    for title, name in (("params", "params"), ("MACs", "macs")):
        cells = [number_text(row, name, style.exact) for row in rows]
        columns += [Cells(title, cells, True, 1, "")] if any(cells) else []
    widths = row_widths(labels, rows, columns, style)
    if widths.text < MIN_TEXT and columns and style.width is not None:
        pairs = zip(rows, labels, strict=True)
        return "\n".join(line for row, label in pairs for line in painted(row, label, style))
    head = row_line(widths, "  layer", "change", [column.title for column in columns])
    lines = [faint(head, style)]
    for index, (row, label) in enumerate(zip(rows, labels, strict=True)):
        first, *more = wrapped(row.text, style._replace(width=widths.text), 0).split("\n")
        numbers = [column.cells[index] for column in columns]
        texts = [row_line(widths, cut_to(label, widths.label, style), first, numbers)]
        texts += [" " * (widths.label + 2) + text for text in more]
        lines += [paint(text, COLORS.get(row.mark, "")) for text in texts] if style.color else texts
    return "\n".join(lines)


def painted(row: DiffRow, label: str, style: Style) -> list[str]:
    """A row as lines, in its color."""
    lines = change_lines(row, label, style)
    return [paint(line, COLORS.get(row.mark, "")) for line in lines] if style.color else lines


def row_widths(
    labels: Sequence[str], rows: Sequence[DiffRow], columns: Sequence[Cells], style: Style
) -> RowWidths:
    numbers = tuple([column.width for column in columns])
    label = max(map(width_of, labels))
    text = max(width_of(text) for text in ("change", *(row.text for row in rows)))
    if style.width is None:
        return RowWidths(label, text, numbers)
    left = style.width - sum(number + 2 for number in numbers)
    label = min(label, max(12, left // 2))
    return RowWidths(label, min(text, max(10, left - label - 2)), numbers)


def row_line(widths: RowWidths, label: str, text: str, cells: Sequence[str]) -> str:
    numbers = [padded(cell, width, True) for cell, width in zip(cells, widths.numbers, strict=True)]
    parts = padded(label, widths.label, False), padded(text, widths.text, False)
    return "  ".join([*parts, *numbers]).rstrip()
