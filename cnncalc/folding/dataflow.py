"""The values in one module: what makes each, and which item each must pass through."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import accumulate

from ..layers import JOINS
from ..named_tuple import NamedTuple
from ..sketch import Sketch, SketchValue
from .dominators import Dominators
from .scopes import Leaf, ModuleScope

Item = Leaf | ModuleScope
ItemPlace = int
"""Where a value comes from: the number of an item, or -1 - k for input k of the module."""

START = -1_000_000
"""The place before all inputs."""


class UnwrittenBranch(NamedTuple):
    """The items up to one of several operands, by its number, in their order.

    `layers` has the number of layers up to each item; `known` are the items as a set.
    """

    number: int
    items: list[ItemPlace]
    layers: list[int]
    known: frozenset[ItemPlace]

    @property
    def rank(self) -> tuple[int, int]:
        """Larger for more layers, and for the first of several of one length."""
        return (self.layers[-1] if self.layers else 0), -self.number

    def layers_up_to(self, place: ItemPlace) -> int:
        """The layers of the items up to a place."""
        count = bisect_right(self.items, place)
        return self.layers[count - 1] if count else 0


NO_BRANCH = UnwrittenBranch(0, [], [], frozenset())


class Dataflow:
    """The items of a module as a graph.

    The dominator of an item is the last place that every value on its way to the item passes:
    a chain of steps can go from there to the item, with branches in between.
    """

    def __init__(self, sketch: Sketch, scope: ModuleScope, inputs: tuple[SketchValue, ...]) -> None:
        self.sketch = sketch
        self.items = scope.items
        self.inputs = inputs
        self.makers: dict[tuple[int, int | None], ItemPlace] = {}
        for place, value in enumerate(inputs):
            self.makers[value.key] = -1 - place
        for number, item in enumerate(self.items):
            for key in self.keys_of(item):
                self.makers.setdefault(key, number)
        self.dominators = self.found_dominators()

    def keys_of(self, item: Item) -> Iterator[tuple[int, int | None]]:
        """The keys of the values that an item makes."""
        if isinstance(item, Leaf):
            yield (item.layer, None)
            for part in range(len(self.sketch.layers[item.layer].parts)):
                yield (item.layer, part)
        else:
            yield from (value.key for value in item.outputs)

    def inputs_of(self, item: Item) -> tuple[SketchValue, ...]:
        """The values that an item reads."""
        return self.sketch.layers[item.layer].values if isinstance(item, Leaf) else item.inputs

    def place(self, value: SketchValue) -> ItemPlace:
        return self.makers[value.key]

    def is_part(self, value: SketchValue) -> bool:
        """True for a value that is not the only one of its item."""
        return self.part(value) is not None

    def part(self, value: SketchValue) -> int | None:
        """The number of a value among several of its item; None if it is the only one."""
        place = self.place(value)
        item = self.items[place] if place >= 0 else None
        if not isinstance(item, ModuleScope):
            return value.part if item is not None else None
        keys = [output.key for output in item.outputs]
        return keys.index(value.key) if len(keys) > 1 else None

    def has_parts(self, place: ItemPlace) -> bool:
        """True for an item with several values."""
        item = self.items[place] if place >= 0 else None
        if isinstance(item, ModuleScope):
            return len(item.outputs) > 1
        return item is not None and bool(self.sketch.layers[item.layer].parts)

    def unread(self, outputs: Iterable[SketchValue]) -> list[ItemPlace]:
        """The items with layers that are run, but on which no output depends: the last ones."""
        read: set[ItemPlace] = set()
        for value in outputs:
            self.add_ancestors(self.place(value), read)
        found: list[ItemPlace] = []
        for place in reversed(range(len(self.items))):
            if place not in read:
                found.append(place)
                self.add_ancestors(place, read)
        return found[::-1]

    def found_dominators(self) -> dict[ItemPlace, ItemPlace]:
        """The dominators of the inputs and of the items that depend on one."""
        found = Dominators(START)
        for place in range(len(self.inputs)):
            found.add(-1 - place, ())
        for number, item in enumerate(self.items):
            places = [self.place(value) for value in self.inputs_of(item)]
            known = [place for place in places if place in found.above]
            if known:
                found.add(number, known)
        return found.above

    def ancestors(self, place: ItemPlace) -> set[ItemPlace]:
        """The items that an item depends on, itself included."""
        found: set[ItemPlace] = set()
        self.add_ancestors(place, found)
        return found

    def add_ancestors(self, place: ItemPlace, known: set[ItemPlace]) -> None:
        """Add the ancestors of an item to a set that has those of each item in it."""
        waiting = [place]
        while waiting:
            next_place = waiting.pop()
            if next_place < 0 or next_place in known:
                continue
            known.add(next_place)
            waiting += [self.place(value) for value in self.inputs_of(self.items[next_place])]

    # Sizes of branches

    def is_written(self, place: ItemPlace, written: Container[ItemPlace]) -> bool:
        """True for an input, and for an item that is written."""
        return place < 0 or place in written

    def unwritten(
        self, place: ItemPlace, written: Container[ItemPlace], known: Container[ItemPlace] = ()
    ) -> tuple[list[ItemPlace], ItemPlace]:
        """The items up to one that are not written yet, but for those that are known.

        The second value is the last known item that they need; START if they need none.
        """
        found: dict[ItemPlace, None] = {}
        last_known = START
        waiting = [place]
        while waiting:
            next_place = waiting.pop()
            if next_place < 0 or next_place in found or next_place in written:
                continue
            if next_place in known:
                last_known = max(last_known, next_place)
                continue
            found[next_place] = None
            waiting += [self.place(value) for value in self.inputs_of(self.items[next_place])]
        return list(found), last_known

    def longest_branch(
        self, places: Sequence[ItemPlace], written: Container[ItemPlace]
    ) -> tuple[int, list[ItemPlace]]:
        """The place with most layers up to it that are not written, by its number, and its items.

        No items if all are written.  Of a branch that shares items with the longest one so far,
        the others are counted first: it is gone through only if it can be longer with all that the
        longest one has up to where they meet, so that joins of many branches take little time.
        """
        longest = NO_BRANCH
        numbers = [n for n, place in enumerate(places) if not self.is_written(place, written)]
        for number in sorted(numbers, key=lambda n: (-places[n], n)):
            own, meeting = self.unwritten(places[number], written, longest.known)
            most = self.layers_of(own) + longest.layers_up_to(meeting)
            if (most, -number) > longest.rank:
                items = sorted(self.unwritten(places[number], written)[0])
                layers = list(accumulate(map(self.layers_in, items)))
                found = UnwrittenBranch(number, items, layers, frozenset(items))
                longest = found if found.rank > longest.rank else longest
        return longest.number, longest.items

    def layers_of(self, items: Iterable[ItemPlace]) -> int:
        return sum(map(self.layers_in, items))

    def layers_in(self, place: ItemPlace) -> int:
        """The number of steps of an item; a group has several."""
        item = self.items[place]
        if isinstance(item, ModuleScope) and item.role == "group":
            return len(item.items)
        return 1

    def is_forking_join(self, place: ItemPlace) -> bool:
        """True for a join of several values, of which more than one depends on the input."""
        item = self.items[place]
        if not isinstance(item, Leaf) or self.sketch.layers[item.layer].kind not in JOINS:
            return False
        values = self.inputs_of(item)
        if len({value.key for value in values}) < 2:
            return False
        return not all(self.is_stored(self.place(value)) for value in values[1:])

    def is_stored(self, place: ItemPlace) -> bool:
        """True for a learned tensor or a constant."""
        item = self.items[place] if place >= 0 else None
        return isinstance(item, Leaf) and not self.sketch.layers[item.layer].inputs
