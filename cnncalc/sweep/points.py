"""Points that a table states, one row each, for `--from`."""

from __future__ import annotations

from .csv_table import parse_table
from .space import SpacePoint


def parse_points(text: str, path: str) -> tuple[SpacePoint, ...]:
    """The rows of a CSV text whose first line names the axes.  Raises InvalidSweep.

    >>> parse_points("width,depth\\n0.5,3\\n1,4\\n", "points.csv")
    ({'width': '0.5', 'depth': '3'}, {'width': '1', 'depth': '4'})
    """
    return tuple([row.cells for row in parse_table(text, path)])
