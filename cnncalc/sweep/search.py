"""The largest networks within limits, and which limits exclude the larger ones."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from math import inf

from ..named_tuple import NamedTuple
from .job import Row, RowNumber
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


class LimitSearch:
    """Takes rows one by one, each variant once, and keeps the largest ones within the limits.

    Of equally large ones, those that make more use of the limits come first.  `names` are those of
    the values of a point, `columns` those of the numbers of a row; what to maximize is one of both.
    `unknown` is how many rows have no such number, and are not considered.
    """

    def __init__(
        self,
        limits: Sequence[SearchLimit],
        maximized: str,
        columns: Sequence[str],
        count: int,
        names: Sequence[str] = (),
    ) -> None:
        self.limits = [(columns.index(limit.number), limit) for limit in limits]
        self.maximized = maximized
        self.names = names
        self.position = columns.index(maximized) if maximized in columns else None
        self.count = count
        self.within = FirstRows(lambda row: (-self.size(row), -self.use(row)), max(count, LEADERS))
        self.beyond = FirstRows(lambda row: (max(self.shares(row)),), LEADERS)
        self.largest = -inf
        self.unknown = 0
        self.excluded = ExcludedSizes()

    def size(self, row: Row) -> float:
        """The number to maximize; minus infinity if it is not known."""
        if self.position is None:
            number = number_in(row, self.names.index(self.maximized), self.maximized)
        else:
            number = row.numbers[self.position]
        return -inf if number is None else number

    def use(self, row: Row) -> float:
        """How much of the limits a variant uses, in total."""
        return sum(self.shares(row))

    def shares(self, row: Row) -> list[float]:
        """The numbers of a row as multiples of their limits."""
        return [share(row.numbers[place], limit) for place, limit in self.limits]

    def add(self, row: Row) -> None:
        shares = self.shares(row)
        size = self.size(row)
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

    @property
    def leaders(self) -> list[Row]:
        """The best rows so far: the largest ones within the limits, else the nearest ones."""
        return (self.within.rows or self.beyond.rows)[:LEADERS]

    def result(self) -> SearchResult:
        larger, counts = self.excluded.larger(self.largest, len(self.limits))
        obstacles = {
            limit.number: number for (_, limit), number in zip(self.limits, counts, strict=True)
        }
        best, nearest = self.within.rows[: self.count], self.beyond.rows[:1]
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
