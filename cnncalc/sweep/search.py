"""The largest networks within limits, and which limits exclude the larger ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf

from ..named_tuple import NamedTuple
from .axis_values import Interval
from .job import Row, RowNumber
from .reducers import FirstRows
from .space import SpacePoint
from .subject import AxisValues

STEPS = 8
"""The steps in which an interval is searched."""
REFINEMENTS = 8
"""How often it is searched again around the best value, each time in half of the range."""


class SearchLimit(NamedTuple):
    """The most that a number may be; `key` is what the command line calls it."""

    key: str
    number: str
    most: float


class SearchResult(NamedTuple):
    """The variants within all limits that have the largest numbers, the largest first.

    `larger` is how many variants with a larger number were excluded, and `obstacles` how many of
    them each limit excludes.  `nearest` is the variant that exceeds the limits least, if none is
    within them.
    """

    best: tuple[Row, ...]
    nearest: Row | None
    larger: int
    obstacles: Mapping[str, int]


class LimitSearch:
    """Takes rows one by one, and keeps the largest ones within the limits.

    Of equally large ones, those that make more use of the limits come first.  `columns` are the
    names of the numbers of a row.
    """

    def __init__(
        self, limits: Sequence[SearchLimit], maximized: str, columns: Sequence[str], count: int
    ) -> None:
        self.limits = [(limit.number, columns.index(limit.number), limit) for limit in limits]
        self.position = columns.index(maximized)
        self.within = FirstRows(lambda row: (-self.size(row), -self.use(row)), count)
        self.largest = -1.0
        self.nearest: tuple[float, Row] | None = None
        self.excluded: list[tuple[float, tuple[str, ...]]] = []
        self.seen: set[tuple[str, ...]] = set()

    def size(self, row: Row) -> float:
        """The number to maximize."""
        return row.numbers[self.position] or 0

    def use(self, row: Row) -> float:
        """How much of the limits a variant uses, on average."""
        return sum([share(row.numbers[place], limit) for _, place, limit in self.limits])

    def add(self, row: Row) -> None:
        if row.point in self.seen:  # a refinement tries the ends of a range again
            return
        self.seen.add(row.point)
        shares = {name: share(row.numbers[place], limit) for name, place, limit in self.limits}
        exceeded = tuple([name for name, found in shares.items() if found > 1])
        if not exceeded:
            self.within.add(row)
            self.largest = max(self.largest, self.size(row))
            return
        if self.size(row) > self.largest:
            self.excluded.append((self.size(row), exceeded))
        excess = max(shares.values())
        if excess < (self.nearest[0] if self.nearest else inf):
            self.nearest = excess, row

    def result(self) -> SearchResult:
        larger = [names for size, names in self.excluded if size > self.largest]
        obstacles = {name: sum(name in names for names in larger) for name, _, _ in self.limits}
        best = tuple(self.within.rows)
        nearest = self.nearest[1] if self.nearest and not best else None
        return SearchResult(best, nearest, len(larger), obstacles)


def share(number: RowNumber, limit: SearchLimit) -> float:
    """A number as a multiple of its limit; infinite if it is not known."""
    if number is None:
        return inf
    return number / limit.most if limit.most else float(number > 0) * 2


def searched_axes(axes: Iterable[tuple[str, AxisValues]]) -> dict[str, tuple[str, ...]]:
    """The values to try first: those of an interval from end to end."""
    return {
        name: steps_of(values) if isinstance(values, Interval) else values for name, values in axes
    }


def refined_axes(
    axes: Iterable[tuple[str, AxisValues]], best: SpacePoint, times: int
) -> dict[str, tuple[str, ...]]:
    """The values to try near a point: the others are kept, and intervals are halved `times`."""
    return {
        name: around(values, float(best[name]), times)
        if isinstance(values, Interval)
        else (best[name],)
        for name, values in axes
    }


def around(interval: Interval, middle: float, times: int) -> tuple[str, ...]:
    """Values of the part of an interval around a number.

    >>> around(Interval(0.0, 16.0), 15.0, times=2)
    ('13', '13.375', '13.75', '14.125', '14.5', '14.875', '15.25', '15.625', '16')
    """
    half = (interval.high - interval.low) / 2 ** (times + 1)
    low, high = max(interval.low, middle - half), min(interval.high, middle + half)
    return steps_of(Interval(low, high))


def steps_of(interval: Interval) -> tuple[str, ...]:
    """Values of an interval at equal distances, with both ends."""
    return tuple([interval.at(step / STEPS) for step in range(STEPS + 1)])
