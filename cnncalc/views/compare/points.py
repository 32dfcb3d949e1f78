"""Compared networks as points of a plot, and which of them are on a front."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from ...sweep.objectives import Objective
from ...sweep.reducers import front_positions
from ..grid.compare import CompareColumn, NamedAnalysis, number_in
from ..plot.plot import Plot, PlotPoint, distribution, scatter, stairs

MARGIN = 0.05
"""The space around the points, for their names, as a share of the axes."""


def front_of(
    networks: Sequence[NamedAnalysis],
    columns: Sequence[CompareColumn],
    objectives: Sequence[Objective],
) -> set[int]:
    """The positions of the networks that no other one dominates; `columns` are the objectives'."""
    costs = []
    for network in networks:
        numbers = [number_in(column.value(network)) for column in columns]
        pairs = zip(objectives, numbers, strict=True)
        costs.append(tuple([inf if n is None else one.cost(n) for one, n in pairs]))
    return front_positions(costs)


def compare_plot(
    networks: Sequence[NamedAnalysis],
    axes: Sequence[CompareColumn],
    front: set[int],
    objectives: Sequence[Objective],
) -> Plot:
    """Two columns of the networks that have both as points, or the distribution of one.

    `front` are the positions of those on the front of the objectives.
    """
    titles = [(axis.column.title, axis.column.kind) for axis in axes]
    found = [[number_in(axis.value(network)) for axis in axes] for network in networks]
    if len(axes) == 1:
        return distribution(*titles[0], [row[0] for row in found if row[0] is not None])
    labels = short_names([network.name for network in networks])
    points = [
        PlotPoint(x, y, labels[index], index in front)
        for index, (x, y) in enumerate(found)
        if x is not None and y is not None
    ]
    names = [axis.name for axis in axes]
    shown = {axis.name: axis.column.title for axis in axes}
    listed = ", ".join(f"{one.direction} {shown.get(one.name, one.name)}" for one in objectives)
    plot = scatter(titles[0], titles[1], points, f"the front: {listed}")
    corners = stairs(points, objectives[0].direction) if is_plane(names, objectives) else ()
    across, up = plot.x.widened(MARGIN), plot.y.widened(MARGIN)
    return plot._replace(x=across, y=up, is_labelled=True, stairs=corners)


def is_plane(names: Sequence[str], objectives: Sequence[Objective]) -> bool:
    """Whether the objectives are those of the two axes, in this order."""
    return [one.name for one in objectives] == list(names)


def short_names(names: Sequence[str]) -> list[str]:
    """Names without the folder and the file, where these are the same for all or not needed.

    >>> short_names(["nets/a.yaml@small", "resnet50"]), short_names(["a.yaml@x", "b.yaml@x"])
    (['small', 'resnet50'], ['a.yaml@x', 'b.yaml@x'])
    """
    ends = [name.rpartition("@")[2].rpartition("/")[2] for name in names]
    return ends if len(set(ends)) == len(set(names)) else list(names)
