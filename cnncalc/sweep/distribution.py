"""The numbers of a column, of which statistics are exact and memory grows little."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from math import fsum
from operator import mul

from ..named_tuple import NamedTuple
from .numpy_extra import has_numpy

FEW = 65_536
"""The numbers that are kept one by one before equal ones are counted."""


class Statistics(NamedTuple):
    """The mean, and the values that a tenth, half and nine tenths of the numbers do not exceed."""

    mean: float
    p10: float
    p50: float
    p90: float


class NumberColumn:
    """Numbers as they come, as floats: integers are exact up to 2^53.

    A number takes eight bytes.  With numpy, equal ones are counted from time to time, so that many
    of them take sixteen bytes for each different value.
    """

    def __init__(self) -> None:
        self.new = array("d")
        self.values = array("d")  # different ones, in order
        self.counts = array("d")

    def add(self, numbers: array[float]) -> None:
        self.new.extend(numbers)
        # The counted ones are sorted again, which must not happen too often.
        if len(self.new) > max(FEW, len(self.values) // 2) and has_numpy():
            self.count()

    def count(self) -> None:
        """Count the new numbers with the others."""
        import numpy as np

        ones = np.ones(len(self.new))
        values = np.concatenate([self.values, self.new])
        found, places = np.unique(values, return_inverse=True)
        counts = np.bincount(places, weights=np.concatenate([self.counts, ones]))
        self.new = array("d")
        self.values, self.counts = array("d", found.tobytes()), array("d", counts.tobytes())

    def statistics(self) -> Statistics | None:
        """The statistics of the numbers; None if there are none."""
        if self.values:
            self.count()
            values, counts = self.values, self.counts
        else:
            values, counts = array("d", sorted(self.new)), array("d", [1]) * len(self.new)
        if not values:
            return None
        ends = array("d", accumulate(counts))
        ranks = [-(-int(ends[-1]) * tenths // 10) for tenths in (1, 5, 9)]
        p10, p50, p90 = [values[bisect_left(ends, rank)] for rank in ranks]
        return Statistics(sum_of(values, counts) / int(ends[-1]), p10, p50, p90)


def sum_of(values: array[float], counts: array[float]) -> float:
    """The sum of values that are there so many times; that of integers is exact."""
    if all(map(float.is_integer, values)):
        whole: int = sum(map(mul, map(int, values), map(int, counts)))
        return whole
    return fsum(map(mul, values, counts))


def statistics_of(numbers: Iterable[float]) -> Statistics | None:
    """The statistics of some numbers; None if there are none.

    >>> statistics_of([4, 1, 2, 3, 5])
    Statistics(mean=3.0, p10=1.0, p50=3.0, p90=5.0)
    """
    column = NumberColumn()
    column.add(array("d", numbers))
    return column.statistics()
