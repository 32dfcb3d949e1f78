"""The numbers of many columns, of which statistics are exact and memory is bounded."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from math import fsum
from tempfile import TemporaryFile
from typing import IO, Any

from ..named_tuple import NamedTuple
from .errors import InvalidSweep
from .numpy_extra import has_numpy

MOST_IN_MEMORY = 4_000_000
"""The numbers of all columns that are in memory before they are written to a temporary file."""


class Statistics(NamedTuple):
    """The mean, and the values that a tenth, half and nine tenths of the numbers do not exceed."""

    mean: float
    p10: float
    p50: float
    p90: float


class NumberColumn:
    """The numbers of one column; they are floats, so that integers are exact up to 2^53.

    `parts` are the positions in the file of a store, and how many numbers there are at each.
    """

    def __init__(self) -> None:
        self.new = array("d")
        self.parts: list[tuple[int, int]] = []


class NumberStore:
    """Columns of numbers, eight bytes each: a file has them when they are many."""

    def __init__(self) -> None:
        self.columns: list[NumberColumn] = []
        self.in_memory = 0
        self.file: IO[bytes] | None = None

    def column(self) -> NumberColumn:
        """A new column."""
        self.columns.append(NumberColumn())
        return self.columns[-1]

    def add(self, column: NumberColumn, numbers: array[float]) -> None:
        column.new.extend(numbers)
        self.in_memory += len(numbers)
        if self.in_memory > MOST_IN_MEMORY:
            self.move_to_file()

    def move_to_file(self) -> None:
        """Write what is in memory to a temporary file.  Raises InvalidSweep if that fails."""
        try:
            if self.file is None:
                self.file = TemporaryFile()  # noqa: SIM115 - it is open as long as the store
            for column in self.columns:
                self.write(column, self.file)
            self.file.flush()
        except OSError as error:
            raise InvalidSweep(f"no temporary file for numbers of --per: {error}") from None
        self.in_memory = 0

    def write(self, column: NumberColumn, file: IO[bytes]) -> None:
        if column.new:
            column.parts.append((file.tell(), len(column.new)))
            column.new.tofile(file)
            column.new = array("d")

    def statistics(self, column: NumberColumn) -> Statistics | None:
        """The statistics of a column; None if it has no numbers."""
        numbers = array("d", column.new)
        if self.file is not None:
            end = self.file.tell()
            for start, count in column.parts:
                self.file.seek(start)
                numbers.fromfile(self.file, count)
            self.file.seek(end)
        return statistics_of(numbers)


def statistics_of(numbers: Iterable[float]) -> Statistics | None:
    """The statistics of some numbers; None if there are none.

    >>> statistics_of([4, 1, 2, 3, 5])
    Statistics(mean=3.0, p10=1.0, p50=3.0, p90=5.0)
    """
    ordered = in_order(array("d", numbers))
    count = len(ordered)
    if not count:
        return None
    p10, p50, p90 = [float(ordered[-(-count * tenths // 10) - 1]) for tenths in (1, 5, 9)]
    return Statistics(fsum(ordered) / count, p10, p50, p90)


def in_order(numbers: array[float]) -> Sequence[float]:
    """The numbers from the smallest to the largest; an array of numpy takes less memory."""
    if not has_numpy():
        return sorted(numbers)
    import numpy as np

    found: Any = np.sort(numbers)
    return found  # type: ignore[no-any-return]
