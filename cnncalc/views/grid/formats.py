"""The formats of `list`, `compare` and `devices`.  Each imports its view when it is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...named_tuple import NamedTuple
from ..style import Style
from .grid import Grid, grid_csv, grid_json, grid_latex, grid_markdown, grid_table

if TYPE_CHECKING:  # few commands draw
    from ..plot.plot import Plot


class GridRequest(NamedTuple):
    """A grid, how it is shown, and the name of its JSON document and of the list in it.

    Where a command has formats that draw its rows, `plot` is the drawing.
    """

    grid: Grid
    style: Style
    schema: str
    key: str = "networks"
    plot: Plot | None = None


def render(form: str, request: GridRequest) -> str:
    """A grid in a format."""
    return FORMATS[form](request)


def as_table(request: GridRequest) -> str:
    return grid_table(request.grid, request.style)


def as_json(request: GridRequest) -> str:
    return grid_json(request.grid, request.schema, request.key)


def as_csv(request: GridRequest) -> str:
    return grid_csv(request.grid)


def as_markdown(request: GridRequest) -> str:
    return grid_markdown(request.grid, request.style.exact)


def as_latex(request: GridRequest) -> str:
    return grid_latex(request.grid, request.style.exact, request.key)


FORMATS: dict[str, Callable[[GridRequest], str]] = {
    "table": as_table,
    "json": as_json,
    "csv": as_csv,
    "markdown": as_markdown,
    "latex": as_latex,
}
OPTION_FORMATS = {"--color": ("table",)}
"""The formats that an option applies to; an option that is not here applies to all."""
