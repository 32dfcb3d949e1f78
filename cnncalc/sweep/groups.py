"""Statistics of the variants of a sweep by the values of some axes."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from ..named_tuple import NamedTuple
from .distribution import NumberStore, Statistics
from .job import GroupNumbers, Row, RowChunk

GroupKey = tuple[str, ...]


class VariantGroup:
    """The variants with some values of axes: how many are valid, and the numbers of those kept."""

    def __init__(self, store: NumberStore, quantities: int) -> None:
        self.store = store
        self.variants = 0
        self.kept = 0
        self.columns = [store.column() for _ in range(quantities)]

    def add(self, numbers: GroupNumbers) -> None:
        self.kept += numbers.rows
        for column, new in zip(self.columns, numbers.columns, strict=True):
            self.store.add(column, new)

    def statistics(self) -> list[Statistics | None]:
        """Those of each quantity; None if no variant that is kept has it."""
        return [self.store.statistics(column) for column in self.columns]


class GroupedRows(NamedTuple):
    """A RowFinish: the numbers of the first `quantities` columns of rows, by group.

    The groups are those of the axes at some `positions` of a point.
    """

    positions: tuple[int, ...]
    quantities: int

    def __call__(self, chunk: RowChunk) -> RowChunk:
        groups: dict[GroupKey, list[Row]] = {}
        for row in chunk.rows:
            key = tuple([row.point[position] for position in self.positions])
            groups.setdefault(key, []).append(row)
        numbers = {key: self.numbers(rows) for key, rows in groups.items()}
        return chunk._replace(rows=(), finished=chunk.kept, numbers=numbers)

    def numbers(self, rows: Sequence[Row]) -> GroupNumbers:
        columns = zip(*[row.numbers[: self.quantities] for row in rows], strict=True)
        known = [[number for number in column if number is not None] for column in columns]
        return GroupNumbers(len(rows), tuple([array("d", column) for column in known]))


class Groups:
    """The groups of a sweep by the axes at some positions of its points, in order of appearance."""

    def __init__(self, positions: Sequence[int], quantities: int) -> None:
        self.finish = GroupedRows(tuple(positions), quantities)
        self.store = NumberStore()
        self.groups: dict[GroupKey, VariantGroup] = {}

    def add(self, chunk: RowChunk) -> None:
        """Take a chunk, which may be finished."""
        for key, variants in chunk.groups.items():
            self.group(key).variants += variants
        for key, numbers in (self.finish(chunk) if chunk.rows else chunk).numbers.items():
            self.group(key).add(numbers)

    def group(self, key: GroupKey) -> VariantGroup:
        found = self.groups.get(key)
        if found is None:
            found = self.groups[key] = VariantGroup(self.store, self.finish.quantities)
        return found
