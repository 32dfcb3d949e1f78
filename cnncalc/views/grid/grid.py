"""Rows of one kind, such as one row per network, in every format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...documents.networks import Networks
from ...escape import markdown, safe
from ...named_tuple import NamedTuple
from ...quantities import folded
from ..csv import csv_line
from ..latex import LatexColumn, LatexTable, document
from ..latex import table as latex_table
from ..layout import Cells, faint, fitted, printed, wrapped
from ..markdown import table
from ..order import sorted_positions
from ..style import Style
from ..values import Cell, Kind, Proportion, Ratio, Stated, human, machine


class GridColumn(NamedTuple):
    """A column.  `rank` and `least` are as in `layout.Cells`."""

    name: str
    title: str
    kind: Kind = "text"
    rank: int = 1
    least: int = 0
    right: bool = False
    color: str = ""

    @property
    def is_right(self) -> bool:
        return self.right or self.kind != "text"


class Remark(NamedTuple):
    """A remark on all rows: its text, and the keys that it adds to the JSON document."""

    text: str
    keys: Mapping[str, Any]


class Grid(NamedTuple):
    """Rows of cells under columns.

    `best` are the positions (row, column) of the best cells of their columns, `title` what the
    rows are, for a caption.  If its columns are those that the user named, `is_chosen`, LaTeX has
    all of them.
    """

    columns: tuple[GridColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    best: frozenset[tuple[int, int]] = frozenset()
    remark: Remark | None = None
    title: str = ""
    is_chosen: bool = False

    def position_of(self, name: str) -> int | None:
        """The position of the column with a name or a title; None if there is none."""
        keys = [{folded(column.name), folded(column.title)} for column in self.columns]
        return next((index for index, key in enumerate(keys) if folded(name) in key), None)

    def sorted_by(self, position: int, backwards: bool) -> Grid:
        """The rows in the order of a column: numbers from the largest, texts from a to z."""
        column, cells = self.columns[position], [row[position] for row in self.rows]
        numbers = column.kind != "text"
        order = sorted_positions(cells, numbers, column.is_right and not numbers, backwards)
        order.sort(key=lambda place: cells[place] is None)  # what is not known comes last
        places = {before: after for after, before in enumerate(order)}
        best = frozenset([(places[row], index) for row, index in self.best])
        return self._replace(rows=tuple([self.rows[index] for index in order]), best=best)

    def selected(self, names: Sequence[str]) -> Grid:
        """The columns with these names, in this order."""
        known = [column.name for column in self.columns]
        kept = [known.index(name) for name in names]
        rows = [tuple([row[place] for place in kept]) for row in self.rows]
        best = [(row, kept.index(place)) for row, place in self.best if place in kept]
        columns = tuple([self.columns[place] for place in kept])
        return self._replace(columns=columns, rows=tuple(rows), best=frozenset(best))

    def texts(self, exact: bool) -> list[list[str]]:
        """The cells for people."""
        return [
            [
                safe(human(column.kind, cell, exact))
                for column, cell in zip(self.columns, row, strict=True)
            ]
            for row in self.rows
        ]


def grid_table(grid: Grid, style: Style) -> str:
    """Aligned columns; a star marks the best cell of a column."""
    texts = grid.texts(style.exact)
    columns = [cells_of(grid, position, texts) for position in range(len(grid.columns))]
    kept, dropped = fitted(columns, style)
    lines = [printed(kept, style)]
    if dropped:
        lines.append(faint(wrapped(f"(too narrow for: {', '.join(dropped)})", style), style))
    if grid.remark:
        lines += [wrapped(line, style) for line in grid.remark.text.splitlines()]
    return "\n".join(lines) + "\n"


def cells_of(grid: Grid, position: int, texts: Sequence[Sequence[str]]) -> Cells:
    """One column; if a cell has a star, the others leave room for one."""
    column = grid.columns[position]
    marked = any(other == position for _, other in grid.best)
    stars = [star(grid, row, position) if marked else "" for row in range(len(texts))]
    cells = [text[position] + mark for text, mark in zip(texts, stars, strict=True)]
    return Cells(column.title, cells, column.is_right, column.rank, column.color, column.least)


def star(grid: Grid, row: int, position: int) -> str:
    return "*" if (row, position) in grid.best else " "


def grid_json(grid: Grid, schema: str, key: str) -> str:
    names = [column.name for column in grid.columns]
    rows = [map(json_value, row) for row in grid.rows]
    networks = [dict(zip(names, row, strict=True)) for row in rows]
    facts = grid.remark.keys if grid.remark else {}
    return Networks(schema, networks, facts, key).to_json()


def json_value(cell: Cell) -> Any:
    if isinstance(cell, Stated):
        return cell.value
    return float(cell) if isinstance(cell, Ratio | Proportion) else cell


def grid_csv(grid: Grid) -> str:
    """Exact values, under the names of the columns."""
    lines = [[column.name for column in grid.columns]]
    lines += [[machine(cell) for cell in row] for row in grid.rows]
    return "".join(map(csv_line, lines))


def grid_markdown(grid: Grid, exact: bool) -> str:
    cells = emphasized(grid, exact, markdown, "**{}**")
    titles = [markdown(column.title) for column in grid.columns]
    remark = f"\n\n{markdown(grid.remark.text)}" if grid.remark and grid.remark.text else ""
    return table(titles, alignments(grid, ""), cells) + f"{remark}\n"


def grid_latex(grid: Grid, exact: bool, label: str) -> str:
    """A table with a caption; the remark is a comment."""
    texts = grid.texts(exact)
    columns = [
        LatexColumn(
            column.title,
            [line[position] for line in texts],
            column.is_right,
            column.kind == "text",
            column.rank,
        )
        for position, column in enumerate(grid.columns)
    ]
    found = LatexTable(columns, grid.title, label, bold=grid.best, is_chosen=grid.is_chosen)
    lines = grid.remark.text.splitlines() if grid.remark else []
    return document("".join(f"% {line}\n" for line in lines) + latex_table(found))


def emphasized(grid: Grid, exact: bool, escape: Callable[[str], str], best: str) -> list[list[str]]:
    """The cells as text of a format, the best of a column emphasized in its way."""
    return [
        [
            best.format(escape(text)) if (row, column) in grid.best else escape(text)
            for column, text in enumerate(line)
        ]
        for row, line in enumerate(grid.texts(exact))
    ]


def alignments(grid: Grid, left: str) -> Sequence[str]:
    return ["r" if column.is_right else left for column in grid.columns]
