"""A comparison in a terminal that is too narrow for its tables: lines instead of columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..layout import cut_to, painter, wrapped
from ..style import Style
from .rows import DiffRow, number_text
from .totals import UNCHANGED, ClassChange, TotalRow

COLORS = {"+": "green", "-": "red", "c": "yellow"}


def totals_lines(rows: Sequence[TotalRow], style: Style) -> str:
    """The totals: what is unchanged in one line, a change below its title."""
    return "\n".join([line for row in rows for line in total_lines(row, style)])


def total_lines(row: TotalRow, style: Style) -> Iterator[str]:
    if row.change == UNCHANGED:
        yield wrapped(f"{row.title}  {row.before}  {UNCHANGED}", style)
        return
    arrow = "→" if style.unicode else "->"
    relative = row.relative.replace(" ", "")  # stays in one line
    change = "  ".join(text for text in (row.change, relative) if text)
    line = indented(f"{row.before} {arrow} {row.after}  {change}", 2, style)
    yield row.title
    yield painter(COLORS.get(row.change[0], ""))(line, style)


def class_lines(rows: Sequence[ClassChange], style: Style) -> str:
    """The classes of layers: the changes of one below its name."""
    lines = []
    arrow = "→" if style.unicode else "->"
    for row in rows:
        if row.is_unchanged:
            lines.append(f"{row.name}  {UNCHANGED}")
            continue
        lines.append(row.name)
        for title, (before, after, change) in (("params", row.params), ("MACs", row.macs)):
            if change != UNCHANGED:
                lines.append(indented(f"{title} {before} {arrow} {after}  {change}", 2, style))
    return "\n".join(lines)


def change_lines(row: DiffRow, label: str, style: Style) -> list[str]:
    """A changed layer: its label, what changed, and its numbers."""
    numbers = [
        f"{title} {text}"
        for title, name in (("params", "params"), ("MACs", "macs"))
        if (text := number_text(row, name, style.exact))
    ]
    texts = [text for text in (row.text, ", ".join(numbers)) if text]
    lines = "\n".join(indented(text, 4, style) for text in texts)
    width = style.width or 80
    return [cut_to(label.rstrip(), width, style), *(lines.split("\n") if lines else [])]


def indented(text: str, by: int, style: Style) -> str:
    """A text with an indent, wrapped at the width of the terminal."""
    narrow = style._replace(width=None if style.width is None else style.width - by)
    return "\n".join(" " * by + line for line in wrapped(text, narrow, 0).split("\n"))
