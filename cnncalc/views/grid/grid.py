"""Rows of like things, a network a row, in every format."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..csv import csv_line
from ..latex import HEAD, tabular
from ..latex import escaped as latex_escaped
from ..layout import Cells, Style, faint, fitted, printed, wrapped
from ..markdown import escaped as markdown_escaped
from ..markdown import table
from ..show.columns import Cell, Kind, human, machine
from ..text import safe


class GridColumn(NamedTuple):
    """A column.  `rank` and `least` are as in `layout.Cells`."""

    name: str
    title: str
    kind: Kind = "text"
    rank: int = 1
    least: int = 0
    right: bool = False
    colour: str = ""

    @property
    def is_right(self) -> bool:
        return self.right or self.kind != "text"


class About(NamedTuple):
    """What there is to know of all rows: in words, and as keys of the JSON document."""

    text: str
    keys: Mapping[str, Any]


class Grid(NamedTuple):
    """Rows of cells under fields.  `best` are the places (row, column) of the best of their columns."""

    fields: tuple[GridColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    best: frozenset[tuple[int, int]] = frozenset()
    about: About | None = None

    def texts(self, exact: bool) -> list[list[str]]:
        return [
            [
                safe(human(field.kind, cell, exact))
                for field, cell in zip(self.fields, row, strict=True)
            ]
            for row in self.rows
        ]


def grid_text(grid: Grid, form: str, style: Style, schema: str) -> str:
    """A grid in one of the formats."""
    if form == "json":
        return grid_json(grid, schema)
    if form == "csv":
        lines = [
            [field.name for field in grid.fields],
            *([machine(cell) for cell in row] for row in grid.rows),
        ]
        return "".join(map(csv_line, lines))
    if form == "markdown":
        return grid_markdown(grid, style.exact)
    return grid_latex(grid, style.exact) if form == "latex" else grid_table(grid, style)


def grid_table(grid: Grid, style: Style) -> str:
    """Aligned columns; the best of a column has a star."""
    texts = grid.texts(style.exact)
    columns = []
    for place, field in enumerate(grid.fields):
        marked = any(column == place for _, column in grid.best)
        cells = [text[place] + star(grid, row, place, marked) for row, text in enumerate(texts)]
        columns.append(
            Cells(field.title, cells, field.is_right, field.rank, field.colour, field.least)
        )
    kept, dropped = fitted(columns, style)
    lines = [printed(kept, style)]
    if dropped:
        lines.append(faint(wrapped(f"(too narrow for: {', '.join(dropped)})", style), style))
    if grid.about:
        lines.append(wrapped(grid.about.text, style))
    return "\n".join(lines) + "\n"


def star(grid: Grid, row: int, column: int, marked: bool) -> str:
    """The mark of the best, or the room for one."""
    return ("*" if (row, column) in grid.best else " ") if marked else ""


def grid_json(grid: Grid, schema: str) -> str:
    names = [field.name for field in grid.fields]
    rows = ",\n".join(
        json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in grid.rows
    )
    head = json.dumps(
        {"schema": schema, **(grid.about.keys if grid.about else {})}, ensure_ascii=False
    )
    return f'{head[:-1]}, "networks": [\n{rows}\n]}}\n'


def grid_markdown(grid: Grid, exact: bool) -> str:
    cells = emphasised(grid, exact, markdown_escaped, "**{}**")
    about = f"\n\n{markdown_escaped(grid.about.text)}" if grid.about else ""
    return table([field.title for field in grid.fields], alignments(grid, ""), cells) + f"{about}\n"


def grid_latex(grid: Grid, exact: bool) -> str:
    cells = emphasised(grid, exact, latex_escaped, r"\textbf{{{}}}")
    titles = [latex_escaped(field.title) for field in grid.fields]
    about = f"% {grid.about.text}\n" if grid.about else ""
    return f"{HEAD}\n{about}{tabular(''.join(alignments(grid, 'l')), titles, cells)}\n"


def emphasised(grid: Grid, exact: bool, escape: Callable[[str], str], best: str) -> list[list[str]]:
    """The cells as text of a format, the best of a column in its way of saying so."""
    return [
        [
            best.format(escape(text)) if (row, column) in grid.best else escape(text)
            for column, text in enumerate(line)
        ]
        for row, line in enumerate(grid.texts(exact))
    ]


def alignments(grid: Grid, left: str) -> Sequence[str]:
    return ["r" if field.is_right else left for field in grid.fields]
