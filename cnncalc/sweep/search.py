"""The largest networks within limits, and which limits exclude the larger ones."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from math import inf

from ..named_tuple import NamedTuple
from .job import Row, RowChunk, RowNumber
from .reducers import FirstRows
from .row_selection import number_in

LEADERS = 4
"""The variants whose neighbors are examined."""
PRUNING = 100_000
"""The excluded variants after which those that are no longer larger are dropped."""


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

    @property
    def binding(self) -> str | None:
        """The number whose limit excludes most of the larger variants; None if there are none."""
        return max(self.obstacles, key=self.obstacles.__getitem__) if self.larger else None


class SearchGoal(NamedTuple):
    """What a search looks for: the `top` largest variants within the limits.

    Of equally large ones, those that make more use of the limits come first.  `names` are those of
    the values of a point, `columns` those of the numbers of a row; what to maximize is one of both.
    """

    limits: tuple[SearchLimit, ...]
    maximized: str
    columns: tuple[str, ...]
    top: int
    names: tuple[str, ...] = ()

    def size(self, row: Row) -> float:
        """The number to maximize; minus infinity if it is not known."""
        if self.maximized in self.columns:
            number = row.numbers[self.columns.index(self.maximized)]
        else:
            number = number_in(row, self.names.index(self.maximized), self.maximized)
        return -inf if number is None else number

    def shares(self, row: Row) -> list[float]:
        """The numbers of a row as multiples of their limits."""
        return [share(row.numbers[self.columns.index(one.number)], one) for one in self.limits]

    def rank(self, row: Row) -> tuple[float, ...]:
        """What the first ones within the limits make small."""
        return (-self.size(row), -sum(self.shares(row)))

    def excess(self, row: Row) -> tuple[float, ...]:
        """What the first ones beyond the limits make small."""
        return (max(self.shares(row)),)

    def finish(self, chunk: RowChunk) -> RowChunk:
        """A RowFinish: a chunk with a search of its rows in their place."""
        search = LimitSearch(self)
        for row in chunk.rows:
            search.add(row)
        return chunk._replace(rows=(), finished=chunk.kept, search=search)


class LimitSearch:
    """Takes rows one by one, each variant once, and keeps the largest ones within the limits.

    `unknown` is how many rows have no number to maximize, and are not considered.
    """

    def __init__(self, goal: SearchGoal) -> None:
        self.goal = goal
        self.within = FirstRows(goal.rank, max(goal.top, LEADERS))
        self.beyond = FirstRows(goal.excess, LEADERS)
        self.largest = -inf
        self.unknown = 0
        self.excluded = ExcludedSizes()

    def add(self, row: Row) -> None:
        shares = self.goal.shares(row)
        size = self.goal.size(row)
        if size == -inf:
            self.unknown += 1
            return
        if max(shares) <= 1:
            self.within.add(row)
            self.largest = max(self.largest, size)
            return
        if size > self.largest:
            self.excluded.add(size, [found > 1 for found in shares], self.largest)
        if min(max(shares), inf) < inf:
            self.beyond.add(row)

    def merge(self, other: LimitSearch) -> None:
        """Take all rows of another search for the same."""
        for row in other.within.rows:
            self.within.add(row)
        for row in other.beyond.rows:
            self.beyond.add(row)
        self.largest = max(self.largest, other.largest)
        self.unknown += other.unknown
        self.excluded.merge(other.excluded, self.largest)

    @property
    def leaders(self) -> list[Row]:
        """The best rows so far: the largest ones within the limits, else the nearest ones."""
        return (self.within.rows or self.beyond.rows)[:LEADERS]

    def result(self) -> SearchResult:
        limits = self.goal.limits
        larger, counts = self.excluded.larger(self.largest, len(limits))
        obstacles = {limit.number: number for limit, number in zip(limits, counts, strict=True)}
        best, nearest = self.within.rows[: self.goal.top], self.beyond.rows[:1]
        return SearchResult(
            tuple(best), nearest[0] if nearest and not best else None, larger, obstacles
        )


class ExcludedSizes:
    """The sizes of variants that exceed limits, and which ones: sixteen bytes for each."""

    def __init__(self) -> None:
        self.sizes = array("d")
        self.masks = array("Q")
        self.enough = PRUNING

    def add(self, size: float, exceeded: Sequence[bool], largest: float) -> None:
        """Take a variant that is larger than the largest one within the limits."""
        self.sizes.append(size)
        self.masks.append(sum(1 << place for place, one in enumerate(exceeded) if one))
        if len(self.sizes) > self.enough:
            self.prune(largest)

    def merge(self, other: ExcludedSizes, largest: float) -> None:
        """Take what another one has."""
        self.sizes += other.sizes
        self.masks += other.masks
        if len(self.sizes) > self.enough:
            self.prune(largest)

    def prune(self, largest: float) -> None:
        """Drop what is no longer larger."""
        kept = [place for place, size in enumerate(self.sizes) if size > largest]
        self.sizes = array("d", [self.sizes[place] for place in kept])
        self.masks = array("Q", [self.masks[place] for place in kept])
        self.enough = PRUNING + 2 * len(kept)

    def larger(self, largest: float, limits: int) -> tuple[int, list[int]]:
        """How many are larger than that, and how many of these exceed each limit."""
        self.prune(largest)
        counts = [sum(mask >> place & 1 for mask in self.masks) for place in range(limits)]
        return len(self.masks), counts


def share(number: RowNumber, limit: SearchLimit) -> float:
    """A number as a multiple of its limit; infinite if it is not known."""
    if number is None:
        return inf
    return number / limit.most if limit.most else float(number > 0) * 2
