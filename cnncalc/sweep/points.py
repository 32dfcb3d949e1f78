"""Points that a table states, one row each, for `--from`."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from .errors import InvalidSweep
from .space import SpacePoint


def parse_points(text: str, path: str) -> tuple[SpacePoint, ...]:
    """The rows of a CSV text whose first line names the axes.  Raises InvalidSweep.

    >>> parse_points("width,depth\\n0.5,3\\n1,4\\n", "points.csv")
    ({'width': '0.5', 'depth': '3'}, {'width': '1', 'depth': '4'})
    """
    lines = csv.reader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        names = [name.strip() for name in next(lines, [])]
        points = tuple(points_of(names, lines, path))
    except csv.Error as error:
        raise InvalidSweep(f"{path}, line {lines.line_num}: {error}") from None
    if not points:
        raise InvalidSweep(f"{path} has no rows: the first line names axes, the others have values")
    return points


def points_of(names: list[str], lines: Iterator[list[str]], path: str) -> Iterator[SpacePoint]:
    if len(set(names)) < len(names) or not all(names):
        raise InvalidSweep(f"{path}: the first line must name each axis once")
    for number, cells in enumerate(lines, 2):
        if not any(cells):
            continue
        if len(cells) != len(names):
            message = f"expected {len(names)} values, found {len(cells)}"
            raise InvalidSweep(f"{path}, row {number}: {message}")
        yield {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
