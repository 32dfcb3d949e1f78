"""The dominator of each item of a graph: the last place that every way to the item passes."""

from __future__ import annotations

from collections.abc import Iterable


class Dominators:
    """The dominators of places, which are added in an order in which each follows its own.

    Besides its dominator (`above`), each place has one that is further up, so that the place where
    two meet is found in the logarithm of their depth.
    Source: Myers, An applicative random-access stack, Information Processing Letters 17, 1983.
    """

    def __init__(self, root: int) -> None:
        self.root = root
        self.above: dict[int, int] = {}
        self.depths = {root: 0}
        self.further = {root: root}

    def add(self, place: int, sources: Iterable[int]) -> None:
        """Add a place that reads these; without any, its dominator is the root."""
        above = self.meeting(sources)
        self.above[place] = above
        depths, further = self.depths, self.further
        depths[place] = depths[above] + 1
        next_place = further[above]
        last_place = further[next_place]
        is_even = depths[above] - depths[next_place] == depths[next_place] - depths[last_place]
        further[place] = last_place if is_even else above

    def meeting(self, places: Iterable[int]) -> int:
        """The last place that all of these pass, which may be one of them."""
        found: int | None = None
        for place in places:
            if found is None or found == place:
                found = place
            else:
                found = self.meeting_of_two(found, place)
        return self.root if found is None else found

    def meeting_of_two(self, first: int, second: int) -> int:
        depths, above, further = self.depths, self.above, self.further
        if depths[first] > depths[second]:
            first, second = second, first
        depth = depths[first]
        while depths[second] > depth:
            is_far = depths[further[second]] < depth
            second = above[second] if is_far else further[second]
        while first != second:
            if further[first] != further[second]:
                first, second = further[first], further[second]
            else:
                first, second = above[first], above[second]
        return first
