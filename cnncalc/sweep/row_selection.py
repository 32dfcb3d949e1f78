"""What is made of the rows of a sweep: which are kept, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from ..named_tuple import NamedTuple
from .errors import InvalidSweep
from .evaluation import evaluated
from .job import Row, RowChunk, RowNumber
from .objectives import Objective
from .reducers import AllRows, FirstRows, FrontOfTwo, FrontRows, Reducer


class RowSelection(NamedTuple):
    """The rows to keep of those whose values are `columns`: a front, the first `top`, or all."""

    columns: tuple[str, ...]
    objectives: tuple[Objective, ...] = ()
    sort: Objective | None = None
    top: int | None = None

    @property
    def is_small(self) -> bool:
        """Whether the rows that are kept are few, however many there are."""
        return bool(self.objectives or self.top)

    def reducer(self) -> Reducer:
        """Takes rows one by one, and keeps those that may be among the result."""
        if self.objectives:
            return (FrontOfTwo if len(self.objectives) == 2 else FrontRows)(self.costs)
        if self.sort and self.top:
            return FirstRows(self.rank, self.top)
        return AllRows()

    def in_order(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows that a reducer kept in the order of `sort`, the first `top` of them."""
        return sorted(rows, key=self.rank)[: self.top] if self.sort else rows

    def finish(self, chunk: RowChunk) -> RowChunk:
        """A RowFinish: a chunk without the rows that others of it exclude."""
        kept = self.reducer()
        rows = tuple(filter(kept.add, chunk.rows))
        return chunk._replace(rows=rows, finished=chunk.kept - len(rows))

    def costs(self, row: Row) -> tuple[float, ...]:
        """What a front makes small."""
        return tuple([self.cost(row, one) for one in self.objectives])

    def rank(self, row: Row) -> tuple[float, ...]:
        """What the first rows make small."""
        assert self.sort is not None
        return (self.cost(row, self.sort),)

    def cost(self, row: Row, objective: Objective) -> float:
        """What an objective makes small: a number or its negative, infinity if it is unknown."""
        number = number_in(row, self.columns.index(objective.name), objective.name)
        return inf if number is None else objective.cost(number)


def number_in(row: Row, column: int, name: str) -> RowNumber:
    """The number in a column, None if it has none.  Raises InvalidSweep for another value."""
    place = column - len(row.point)
    if place >= 0:
        return row.numbers[place]
    number = evaluated(row.point[column])
    if isinstance(number, bool) or not isinstance(number, int | float | None):
        raise InvalidSweep(f"{name} is {row.point[column]}, not a number")
    return number
