"""Sums of the first numbers of a list that changes."""

from __future__ import annotations


class PrefixSums:
    """Numbers, all 0 at first.  Changing one and adding up the first ones take log n additions.

    Source: Fenwick, A New Data Structure for Cumulative Frequency Tables, Software: Practice and
    Experience 24 (1994).

    >>> sums = PrefixSums(4)
    >>> sums.add(1, 10)
    >>> sums.add(3, 5)
    >>> [sums.before(end) for end in range(5)]
    [0, 0, 10, 10, 15]
    """

    def __init__(self, length: int) -> None:
        self.sums = [0] * (length + 1)

    def add(self, index: int, amount: int) -> None:
        """Add an amount to the number at an index."""
        index += 1
        while amount and index < len(self.sums):
            self.sums[index] += amount
            index += index & -index

    def before(self, end: int) -> int:
        """The sum of the numbers before an index."""
        found = 0
        while end:
            found += self.sums[end]
            end &= end - 1
        return found
