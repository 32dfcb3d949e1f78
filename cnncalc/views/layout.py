"""Text for a terminal or a file: aligned columns that fit, wrapped lines, and colors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..named_tuple import NamedTuple
from .style import Style

MAX_WIDTH = 300
"""Columns of a cell: a longer one is not cut for that, but moves the cells to its right.

Otherwise one long path would pad every row of a table.
"""


class Cells(NamedTuple):
    """A printed column.  The column of lowest `rank` is dropped first.

    `least` is the minimal width of a text that is cut; a number is never cut, its `least` is 0.
    `name` identifies the column if its title is not unique.
    """

    title: str
    cells: list[str]
    right: bool
    rank: int
    color: str
    least: int = 0
    name: str = ""

    @property
    def width(self) -> int:
        return min(MAX_WIDTH, max(map(width_of, (self.title, *self.cells))))


def width_of(text: str) -> int:
    """The width of a text in columns of a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # knows wide characters

    return cell_len(text)


def width_together(columns: Sequence[Cells]) -> int:
    """The width of a table of the columns that are not empty."""
    return sum(column.width + 2 for column in columns if any(column.cells)) - 2


def fitted(columns: list[Cells], style: Style) -> tuple[list[Cells], list[str]]:
    """The columns that fit, and the names of the dropped ones; texts are shortened first."""
    columns = [column for column in columns if any(column.cells)]
    if style.width is None:
        return columns, []
    dropped: list[str] = []
    while True:
        excess = width_together(columns) - style.width
        if excess <= 0:
            return columns, dropped
        spare = [max(0, column.width - column.least) if column.least else 0 for column in columns]
        if excess <= sum(spare):
            return shortened(columns, excess, style), dropped
        if len(columns) == 1:
            return columns, dropped
        least = min(columns, key=lambda column: column.rank)
        columns = [column for column in columns if column is not least]
        if least.name or least.title.strip():
            dropped.append(least.name or least.title)


def shortened(columns: list[Cells], excess: int, style: Style) -> list[Cells]:
    """The columns with texts cut where that is allowed, the least important first."""
    cut = {}
    for column in sorted(
        (column for column in columns if column.least), key=lambda column: column.rank
    ):
        room = max(0, column.width - column.least)
        cut[column.title] = min(room, excess)
        excess -= cut[column.title]
    return [
        column._replace(
            cells=[cut_to(text, column.width - cut[column.title], style) for text in column.cells]
        )
        if cut.get(column.title)
        else column
        for column in columns
    ]


def cut_to(text: str, width: int, style: Style) -> str:
    if width_of(text) <= width:
        return text
    mark = "…" if style.unicode else ".."
    text = text[: 4 * max(0, width)]  # characters of no width may follow others
    while width_of(text + mark) > width and text:
        text = text[:-1]
    return text + mark


def printed(columns: Sequence[Cells], style: Style, headings: Sequence[bool] = ()) -> str:
    """Aligned columns with titles; headings among the rows are faint."""
    widths = [column.width for column in columns]
    lines = [faint(aligned([column.title for column in columns], columns, widths), style)]
    for index in range(len(columns[0].cells) if columns else 0):
        cells = [column.cells[index] for column in columns]
        if not style.color:
            lines.append(aligned(cells, columns, widths))
            continue
        quiet = bool(headings) and headings[index]
        colored = [
            padded(text, width, column.right, "dim" if quiet and position else column.color)
            for position, (text, column, width) in enumerate(
                zip(cells, columns, widths, strict=True)
            )
        ]
        lines.append("  ".join(colored).rstrip())
    return "\n".join(lines)


def aligned(cells: Sequence[str], columns: Sequence[Cells], widths: Sequence[int]) -> str:
    padded_cells = (
        padded(text, width, column.right)
        for text, column, width in zip(cells, columns, widths, strict=True)
    )
    return "  ".join(padded_cells).rstrip()


def padded(text: str, width: int, right: bool, color: str = "") -> str:
    space = " " * (width - width_of(text))
    return space + paint(text, color) if right else paint(text, color) + space


def wrapped(text: str, style: Style, indent: int = 2) -> str:
    """Wrap a text at the width of the terminal; further lines are indented."""
    if style.width is None or width_of(text) <= style.width:
        return text
    indent = indent if indent < style.width // 2 else 2
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width_of(longer) > style.width and line.strip():
            lines.append(line)
            longer = " " * indent + word
        line = longer
    return "\n".join([*lines, line])


EIGHTHS = " ▏▎▍▌▋▊▉█"
BAR = 8  # characters of a full bar


def bar(part: int, whole: int, style: Style) -> str:
    """A bar for a share, in eighths of a character; no share but 0 is empty."""
    if not part:
        return ""
    eighths = max(1, (16 * BAR * part + whole) // (2 * whole)) if whole else 0
    if not style.unicode:
        return "#" * max(1, eighths // 8)
    return "█" * (eighths // 8) + (EIGHTHS[eighths % 8] if eighths % 8 else "")


# Colors that are readable on dark and on light.
CODES = {
    "bold": "1",
    "dim": "2",
    "cyan": "36",
    "magenta": "35",
    "blue": "34",
    "green": "32",
    "yellow": "33",
    "red": "31",
}


def paint(text: str, color: str) -> str:
    return f"\x1b[{CODES[color]}m{text}\x1b[0m" if color and text.strip() else text


def painter(color: str) -> Callable[[str, Style], str]:
    return lambda text, style: (
        "\n".join(paint(line, color) for line in text.split("\n")) if style.color else text
    )


faint, bold = painter("dim"), painter("bold")
