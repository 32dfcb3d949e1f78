"""What is kept of a stream of rows: all of them, the first ones in an order, or a Pareto front."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import chain
from math import inf
from operator import le
from typing import Protocol

from .job import Row

RowKey = Callable[[Row], tuple[float, ...]]


class Reducer(Protocol):
    """Takes rows one by one."""

    def add(self, row: Row) -> bool:
        """Take a row; returns whether it is kept so far."""

    @property
    def rows(self) -> Sequence[Row]:
        """What is kept."""


class AllRows:
    """Every row."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def add(self, row: Row) -> bool:
        self.rows.append(row)
        return True


class FirstRows:
    """The `count` rows with the smallest keys, in their order; of equal ones, the earlier."""

    def __init__(self, key: RowKey, count: int) -> None:
        self.key = key
        self.count = count
        self.heap: list[tuple[tuple[float, ...], int, Row]] = []

    def add(self, row: Row) -> bool:
        entry = (tuple([-part for part in self.key(row)]), -row.number, row)
        if len(self.heap) < self.count:
            heapq.heappush(self.heap, entry)
            return True
        return heapq.heappushpop(self.heap, entry) is not entry

    @property
    def rows(self) -> list[Row]:
        return [row for _, _, row in sorted(self.heap, reverse=True)]


class FrontRows:
    """The rows that no other row dominates: better in one of the costs and not worse in any.

    Of rows that are equal in all costs, each is kept; one with an infinite cost is not.
    """

    def __init__(self, costs: Callable[[Row], tuple[float, ...]]) -> None:
        self.costs = costs
        self.front: list[tuple[tuple[float, ...], Row]] = []

    def add(self, row: Row) -> bool:
        costs = self.costs(row)
        if inf in costs:
            return False
        for index, (other, _) in enumerate(self.front):
            if dominates(other, costs):
                # The one that dominates is tried first for the next rows, which are similar.
                self.front[0], self.front[index] = self.front[index], self.front[0]
                return False
        self.front = [entry for entry in self.front if not dominates(costs, entry[0])]
        self.front.append((costs, row))
        return True

    @property
    def rows(self) -> list[Row]:
        """From the lowest first cost on."""
        return [row for _, row in sorted(self.front, key=lambda entry: (entry[0], entry[1].number))]


class FrontOfTwo:
    """FrontRows for two costs: of a large front, only what is next to a row is looked at."""

    def __init__(self, costs: Callable[[Row], tuple[float, ...]]) -> None:
        self.costs = costs
        self.firsts: list[float] = []  # from the lowest on
        self.seconds: list[float] = []  # from the highest on
        self.found: list[list[Row]] = []  # those that are equal in both costs

    def add(self, row: Row) -> bool:
        first, second = self.costs(row)
        if inf in (first, second):
            return False
        end = bisect_right(self.firsts, first)  # none that costs less in both is after it
        if end and self.seconds[end - 1] <= second:
            is_equal = (self.firsts[end - 1], self.seconds[end - 1]) == (first, second)
            if is_equal:
                self.found[end - 1].append(row)
            return is_equal
        start = end - bool(end and self.firsts[end - 1] == first)
        while end < len(self.firsts) and self.seconds[end] >= second:
            end += 1
        self.firsts[start:end] = [first]
        self.seconds[start:end] = [second]
        self.found[start:end] = [[row]]
        return True

    @property
    def rows(self) -> list[Row]:
        """From the lowest first cost on."""
        return list(chain.from_iterable(self.found))


def front_positions(costs: Sequence[tuple[float, ...]]) -> set[int]:
    """The positions of the costs that no other ones dominate; infinite ones are not on the front.

    >>> sorted(front_positions([(1, 3), (2, 2), (3, 3), (1, 3)]))
    [0, 1, 3]
    """
    front = FrontRows(lambda row: costs[row.number])
    for number in range(len(costs)):
        front.add(Row(number, (), ()))
    return {row.number for row in front.rows}


def dominates(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether costs are nowhere higher than others, and somewhere lower.

    >>> dominates((1, 2), (1, 3)), dominates((1, 2), (1, 2)), dominates((1, 4), (2, 3))
    (True, False, False)
    """
    return one != other and all(map(le, one, other))
