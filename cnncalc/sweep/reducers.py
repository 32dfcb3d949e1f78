"""What is kept of a stream of rows: all of them, the first ones in an order, or a Pareto front."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from math import inf
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


def dominates(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether costs are nowhere higher than others, and somewhere lower.

    >>> dominates((1, 2), (1, 3)), dominates((1, 2), (1, 2)), dominates((1, 4), (2, 3))
    (True, False, False)
    """
    pairs = list(zip(one, other, strict=True))
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)
