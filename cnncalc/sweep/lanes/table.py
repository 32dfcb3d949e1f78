"""The numbers of one calculation for many variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .arithmetic import SAFE
from .number import Lanes
from .questions import Disagreement, NotVectorized, TooManyNumbers

MAX_BYTES = 128 * 1024**2
"""The memory of the numbers of one calculation."""

SAMPLE_SIZE = 48
"""How many of its numbers tell whether lanes may be equal to others."""

MULTIPLIER = 0x9E3779B97F4A7C15
"""An odd number whose multiples have well mixed bits (2^64 divided by the golden ratio)."""


def sample_of(count: int) -> Any:
    """Some variants of so many, the same ones each time."""
    chosen = range(1, SAMPLE_SIZE + 1)
    return np.array([index * MULTIPLIER % 2**64 % count for index in chosen])


class NumberTable:
    """The numbers of a calculation for `count` variants, which equal numbers share.

    `results` are those of operators by their marks, types and operands, lanes by their identity:
    all are kept until the calculation ends, so that no two have the same one.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.results: dict[tuple[object, ...], Any] = {}
        self.known: dict[object, list[Any]] = {}
        self.left = MAX_BYTES // (8 * count)  # how many numbers there may be
        self.sample = sample_of(count)

    def clear(self) -> None:
        """Forget all numbers, which refer to the table: nothing else would free them in time."""
        self.results.clear()
        self.known.clear()

    def of_values(self, values: Sequence[Any]) -> Any:
        """A value for each variant as lanes; the value itself if all are equal.

        Raises Disagreement if they have several types.
        """
        kind = type(values[0])
        if kind is tuple:
            return self.of_lists(values)
        is_of_kind = [type(value) is kind for value in values]
        if not all(is_of_kind):
            raise Disagreement(np.array(is_of_kind))
        if kind is int:
            return self.number(np.array(values, dtype=object))
        if kind is float:
            return self.number(np.array(values))
        if any(value != values[0] for value in values):
            raise NotVectorized
        return values[0]

    def of_lists(self, lists: Sequence[Any]) -> tuple[Any, ...]:
        """Lists of one length as a list of lanes.  Raises Disagreement if they have several."""
        lengths = [len(one) if type(one) is tuple else -1 for one in lists]
        if any(length != lengths[0] for length in lengths):
            raise Disagreement(np.array(lengths))
        return tuple([self.of_values(column) for column in zip(*lists, strict=True)])

    def number(self, array: Any, low: Any = None, high: Any = None) -> Any:
        """An array as a number; bounds that are not given are calculated."""
        if array.dtype.kind == "O":
            return self.integers(array)
        if low is None:
            low, high = array.min().item(), array.max().item()
        bits = array.view(np.int64)  # tells 0.0 from -0.0
        first = bits[0]
        if first == bits[-1] and (bits == first).all():
            return array[0].item()
        key = (array.dtype.kind, bits[self.sample].tobytes())
        same = self.known.setdefault(key, [])
        for number in same:
            if (number.array.view(np.int64) == bits).all():
                number.low, number.high = max(low, number.low), min(high, number.high)
                return number
        return self.added(same, array, low, high)

    def integers(self, array: Any) -> Any:
        """An array of Python's integers as a number."""
        values = array.tolist()
        low, high = min(values), max(values)
        if low > -SAFE and high < SAFE:
            return self.number(array.astype(np.int64), low, high)
        if low == high:
            return values[0]
        same = self.known.setdefault(tuple(values), [])
        return same[0] if same else self.added(same, array, low, high)

    def added(self, same: list[Any], array: Any, low: Any, high: Any) -> Any:
        """A new number.  Raises TooManyNumbers."""
        self.left -= 1
        if self.left < 0:
            raise TooManyNumbers
        same.append(Lanes(array, low, high, self))
        return same[-1]
