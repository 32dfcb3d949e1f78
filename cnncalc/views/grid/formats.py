"""The formats of `cnncalc list` and `cnncalc compare`."""

from __future__ import annotations

from collections.abc import Callable

from ..style import Style
from .grid import Grid, grid_csv, grid_json, grid_latex, grid_markdown, grid_table

FORMATS: dict[str, Callable[[Grid, Style, str], str]] = {
    "table": lambda grid, style, schema: grid_table(grid, style),
    "json": lambda grid, style, schema: grid_json(grid, schema),
    "csv": lambda grid, style, schema: grid_csv(grid),
    "markdown": lambda grid, style, schema: grid_markdown(grid, style.exact),
    "latex": lambda grid, style, schema: grid_latex(grid, style.exact),
}


def render(form: str, grid: Grid, style: Style, schema: str) -> str:
    """A grid in a format; `schema` names its JSON document."""
    return FORMATS[form](grid, style, schema)
