"""`--sort` of `list`, `compare` and `devices`: rows in the order of a column."""

from __future__ import annotations

import click

from ..escape import safe
from ..views.grid.grid import Grid
from .options import sort_order


def sorted_grid(grid: Grid, sort: str | None) -> Grid:
    """The rows in the order of the column that `--sort` names.  Raises UsageError."""
    backwards, name = sort_order(sort)
    if name is None:
        return grid
    position = grid.position_of(name)
    if position is None:
        names = ", ".join(column.name for column in grid.columns)
        raise click.UsageError(f"--sort takes {names}; found {safe(name) or 'nothing'}")
    return grid.sorted_by(position, backwards)
