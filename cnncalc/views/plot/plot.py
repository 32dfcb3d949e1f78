"""What a plot shows, whatever it is drawn in: points on two axes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log10
from typing import Literal

from ...named_tuple import NamedTuple
from ..values import Kind

LOGARITHMIC_FROM = 30
"""The ratio of the largest to the smallest number from which an axis is logarithmic."""


class PlotAxis(NamedTuple):
    """One axis: its title, the kind of its numbers, and the smallest and the largest one."""

    title: str
    kind: Kind
    low: float
    high: float
    is_logarithmic: bool

    def share(self, value: float) -> float:
        """Where a number is, from 0 at the low end to 1 at the high one.

        >>> PlotAxis("MACs", "count", 1, 100, True).share(10)
        0.5
        """
        low, high, value = map(self.scaled, (self.low, self.high, value))
        return (value - low) / (high - low)

    def widened(self, share: float) -> PlotAxis:
        """The axis with a margin at both ends, a share of its length.

        >>> axis = PlotAxis("MACs", "count", 1, 100, True).widened(0.5)
        >>> axis.low, axis.high
        (0.1, 1000.0)
        """
        low, high = self.scaled(self.low), self.scaled(self.high)
        margin = share * (high - low)
        ends = low - margin, high + margin
        low, high = (10**end for end in ends) if self.is_logarithmic else ends
        return self._replace(low=low, high=high)

    def scaled(self, value: float) -> float:
        return log10(value) if self.is_logarithmic else value


class PlotPoint(NamedTuple):
    """A point, what it is called, and whether it is on the front."""

    x: float
    y: float
    name: str = ""
    is_front: bool = False


class Plot(NamedTuple):
    """Points on two axes; those of a distribution are the corners of its steps, from left to right.

    `front` says what the points on the front have in common, `stairs` are the corners of the line
    through them.  `is_labelled`: the names of points are next to them, where there is space.
    """

    x: PlotAxis
    y: PlotAxis
    points: tuple[PlotPoint, ...]
    is_distribution: bool = False
    front: str = ""
    stairs: tuple[PlotPoint, ...] = ()
    is_labelled: bool = False


def axis_of(title: str, kind: Kind, values: Sequence[float]) -> PlotAxis:
    """The axis of some numbers; one that has a single number is widened around it."""
    low, high = min(values), max(values)
    is_logarithmic = low > 0 and high / low >= LOGARITHMIC_FROM
    if low == high:
        low, high = (low - abs(low) / 2, high + abs(high) / 2) if low else (-1, 1)
    return PlotAxis(title, kind, low, high, is_logarithmic)


def scatter(
    x: tuple[str, Kind], y: tuple[str, Kind], points: Sequence[PlotPoint], front: str = ""
) -> Plot:
    """A plot of points; `x` and `y` are the titles and kinds of their numbers."""
    across = axis_of(*x, [point.x for point in points])
    up = axis_of(*y, [point.y for point in points])
    return Plot(across, up, tuple(points), front=front)


def distribution(title: str, kind: Kind, values: Sequence[float]) -> Plot:
    """The empirical distribution of some numbers: the share of them that is at most x.

    >>> [(point.x, point.y) for point in distribution("MACs", "count", [3, 1, 3, 4]).points]
    [(1, 0.0), (1, 0.25), (3, 0.25), (3, 0.75), (4, 0.75), (4, 1.0)]
    """
    ordered = sorted(values)
    corners, reached = [], 0.0
    for index, value in enumerate(ordered, 1):
        if index < len(ordered) and ordered[index] == value:
            continue
        share = index / len(ordered)
        corners += [PlotPoint(value, reached), PlotPoint(value, share)]
        reached = share
    up = PlotAxis("share of the variants", "share", 0, 1, False)
    return Plot(axis_of(title, kind, ordered), up, tuple(corners), is_distribution=True)


def stairs(points: Sequence[PlotPoint], direction: Literal["min", "max"]) -> tuple[PlotPoint, ...]:
    """The corners of the line through the front of two axes, from the best x on.

    Up to each point on it, y is that of the one before: no point is beyond the line.

    >>> front = [PlotPoint(x, y, is_front=True) for x, y in ((1, 1), (3, 4))]
    >>> [(corner.x, corner.y) for corner in stairs(front, "min")]
    [(1, 1), (3, 1), (3, 4)]
    """
    front = sorted([point for point in points if point.is_front], key=lambda point: point.x)
    if direction == "max":
        front.reverse()
    corners = front[:1]
    for before, after in pairwise(front):
        corners += [PlotPoint(after.x, before.y), after]
    return tuple(corners)
