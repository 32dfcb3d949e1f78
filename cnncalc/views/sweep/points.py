"""The rows of a sweep as points of a plot."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from ...quantities import QUANTITIES
from ...sweep.errors import InvalidSweep
from ...sweep.job import Row, stated
from ...sweep.manifest import Manifest
from ...sweep.objectives import Objective, usual_objectives
from ...sweep.row_selection import RowSelection
from ..plot.plot import Plot, PlotPoint, distribution, scatter
from ..values import Kind, kind_of

DrawnRow = tuple[Row, tuple[float, ...]]
"""A row with its numbers on the axes."""


def drawn_rows(manifest: Manifest, names: Sequence[str], rows: Sequence[Row]) -> list[DrawnRow]:
    """The rows that have all numbers.  Raises InvalidSweep for other values, or without any row."""
    if not rows:
        raise InvalidSweep("no variant is kept: there is nothing to plot")
    cost = manifest.selection.cost
    axes = [Objective("min", name) for name in names]
    found = [(row, tuple([cost(row, axis) for axis in axes])) for row in rows]
    drawn = [one for one in found if inf not in one[1]]
    if not drawn:
        raise InvalidSweep(f"no variant has {' and '.join(names)}: there is nothing to plot")
    return drawn


def sweep_plot(manifest: Manifest, names: Sequence[str], drawn: Sequence[DrawnRow]) -> Plot:
    """Two columns of rows as points, or the distribution of one.

    The rows on the front of `--pareto` are highlighted, or on that of the usual objectives.
    """
    if len(names) == 1:
        return distribution(*title_of(names[0]), [values[0] for _, values in drawn])
    objectives = manifest.objectives or usual_objectives(names[0], names[1])
    front = front_of(manifest.selection._replace(objectives=objectives), drawn)
    points = [
        PlotPoint(values[0], values[1], name_of(manifest, row), index in front)
        for index, (row, values) in enumerate(drawn)
    ]
    listed = ", ".join(f"{one.direction} {title_of(one.name)[0]}" for one in objectives)
    return scatter(title_of(names[0]), title_of(names[1]), points, f"the front: {listed}")


def name_of(manifest: Manifest, row: Row) -> str:
    return stated(dict(zip(manifest.names, row.point, strict=True)))


def front_of(selection: RowSelection, drawn: Sequence[DrawnRow]) -> set[int]:
    """The positions of the rows on the front of the objectives of a selection."""
    kept = selection.reducer()
    for row, _ in drawn:
        kept.add(row)
    numbers = {row.number for row in kept.rows}
    return {index for index, (row, _) in enumerate(drawn) if row.number in numbers}


def title_of(name: str) -> tuple[str, Kind]:
    """The title of a column and the kind of its numbers."""
    quantity = QUANTITIES.get(name)
    return (quantity.title, kind_of(quantity)) if quantity else (name, "count")
