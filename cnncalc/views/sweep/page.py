"""The rows of a sweep as an HTML page: a plot in which rows are selected, and their table."""

from __future__ import annotations

from typing import Any

from ...sweep.errors import InvalidSweep
from ..grid.grid import Grid
from ..plot.plot import Plot, PlotPoint
from ..report.page import SWEEP_MODULES, page_files, report_page
from ..values import Cell, Stated, machine

MAX_PAGE_ROWS = 20_000


def sweep_page(grid: Grid, plot: Plot) -> str:
    """The page of the rows of a grid, whose points are in the plot.

    Raises InvalidSweep for a distribution, or for more rows than a page can show.
    """
    if plot.is_distribution:
        raise InvalidSweep("a page has two axes: --plot X,Y, or --format svg for a distribution")
    if len(grid.rows) > MAX_PAGE_ROWS:
        raise InvalidSweep(f"{len(grid.rows):,} rows are too many for a page: add --sample N")
    file = grid.remark.keys.get("file") if grid.remark else None
    title = f"{plot.y.title} over {plot.x.title}"
    title = f"{file}: {title}" if file else title
    return report_page(title, page_object(grid, plot, title), page_files(), SWEEP_MODULES, ())


def page_object(grid: Grid, plot: Plot, title: str) -> dict[str, Any]:
    """The data of the page; `values` are the numbers of rows, `x` and `y` the columns drawn."""
    names: dict[tuple[float | None, ...], PlotPoint] = {
        (point.x, point.y): point for point in plot.points
    }
    values = [[number_of(cell) for cell in row] for row in grid.rows]
    titles = [column.title for column in grid.columns]
    x, y = titles.index(plot.x.title), titles.index(plot.y.title)
    drawn = [names.get((row[x], row[y])) for row in values]
    return {
        "title": title,
        "front_text": plot.front,
        "columns": [
            {"title": column.title, "kind": column.kind, "number": is_numeric(values, index)}
            for index, column in enumerate(grid.columns)
        ],
        "rows": grid.texts(exact=False),
        "exact": [[machine(cell) for cell in row] for row in grid.rows],
        "values": values,
        "names": [point.name if point else "" for point in drawn],
        "front": [bool(point and point.is_front) for point in drawn],
        "labelled": plot.is_labelled,
        "x": x,
        "y": y,
    }


def is_numeric(values: list[list[float | None]], index: int) -> bool:
    return any(row[index] is not None for row in values)


def number_of(cell: Cell) -> float | None:
    """The number of a cell; None for text, and for what is not known."""
    value = cell.value if isinstance(cell, Stated) else cell
    return value if isinstance(value, int | float) else None
