"""Statistics of the variants of a sweep by the values of some axes."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from ..named_tuple import NamedTuple
from .job import RowChunk

GroupKey = tuple[str, ...]


class Statistics(NamedTuple):
    """The mean, and the values that a tenth, half and nine tenths of the numbers do not exceed."""

    mean: float
    p10: float
    p50: float
    p90: float


class VariantGroup:
    """The variants with some values of axes: how many are valid, and the numbers of those kept.

    A number takes eight bytes, and is exact up to 2^53.
    """

    def __init__(self, quantities: int) -> None:
        self.variants = 0
        self.kept = 0
        self.numbers = [array("d") for _ in range(quantities)]

    def statistics(self) -> list[Statistics | None]:
        """Those of each quantity; None if no variant that is kept has it."""
        return [statistics_of(numbers) for numbers in self.numbers]


class Groups:
    """The groups of a sweep by the axes at some positions of its points, in order of appearance."""

    def __init__(self, positions: Sequence[int], quantities: int) -> None:
        self.positions = positions
        self.quantities = quantities
        self.groups: dict[GroupKey, VariantGroup] = {}

    def add(self, chunk: RowChunk) -> None:
        for key, variants in chunk.groups.items():
            self.group(key).variants += variants
        for row in chunk.rows:
            group = self.group(tuple([row.point[position] for position in self.positions]))
            group.kept += 1
            for numbers, number in zip(group.numbers, row.numbers, strict=False):
                if number is not None:
                    numbers.append(number)

    def group(self, key: GroupKey) -> VariantGroup:
        found = self.groups.get(key)
        if found is None:
            found = self.groups[key] = VariantGroup(self.quantities)
        return found


def statistics_of(numbers: Sequence[float]) -> Statistics | None:
    """The statistics of some numbers; None if there are none.

    >>> statistics_of([4, 1, 2, 3, 5])
    Statistics(mean=3.0, p10=1, p50=3, p90=5)
    """
    ordered = sorted(numbers)
    if not ordered:
        return None
    p10, p50, p90 = (ordered[-(-len(ordered) * tenths // 10) - 1] for tenths in (1, 5, 9))
    return Statistics(sum(ordered) / len(ordered), p10, p50, p90)
