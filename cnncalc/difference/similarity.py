"""The similarity of two items, as the gain of aligning them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..network import GROUPINGS
from .sequence import Effort
from .tree import TreeItem

EQUAL = 1000  # the gain of two equal layers with arguments and the same name


KnownSimilarities = dict[tuple[int, int], int]
"""Similarities by the contents of two groups: many groups of a network are equal."""


def gain(x: TreeItem, y: TreeItem, known: KnownSimilarities, effort: Effort) -> int:
    """The gain of aligning two items; 0 if they must not be aligned."""
    if (x.node is None) != (y.node is None) or x.is_repeat != y.is_repeat:
        return 0
    return layer_gain(x, y) if x.node is not None else group_gain(x, y, known, effort)


def coarse_gain(x: TreeItem, y: TreeItem) -> int:
    """The gain of two groups with different contents by their names alone."""
    is_same = x.given and y.given and x.name == y.name and x.is_repeat == y.is_repeat
    return 400 if is_same and x.node is None and y.node is None else 0


def layer_gain(x: TreeItem, y: TreeItem) -> int:
    assert x.node is not None and y.node is not None
    named = x.given and y.given and x.name == y.name
    plain = not x.node.layer.fields
    if x.content == y.content:
        if named:
            return EQUAL
        if x.given and y.given:
            return 450 if plain else 600
        return 700 if plain else 900
    if x.kind == y.kind:
        return (650 if named else 150 if x.given and y.given else 300) + 150 * agreement(
            x.node.layer, y.node.layer
        ) // 100
    if named:
        return 450
    related = type(x.node.layer).__module__ == type(y.node.layer).__module__
    return 120 if related and not x.given and not y.given else 0


def agreement(x: Any, y: Any) -> int:
    """The share of equal arguments, in percent."""
    before, after = x.__dict__, y.__dict__
    equal = sum(bool(before[name] == after.get(name)) for name in before)
    return 100 * equal // max(1, len(before))


def group_gain(x: TreeItem, y: TreeItem, known: KnownSimilarities, effort: Effort) -> int:
    """The gain of two groups: by their contents, and as much by a name that the file gives."""
    named = x.given and y.given and x.name == y.name
    weight = 4 + min(16, min(x.size, y.size)).bit_length()
    if x.content == y.content:
        return (EQUAL if named else 700 if x.given and y.given else 900) * weight // 4
    block = x.kind == y.kind and x.kind not in GROUPINGS
    if not named and not block and (is_in(x, y) or is_in(y, x)):
        return 0  # one was added around the other
    similar = known.get((x.content, y.content))
    if similar is None:
        effort.spend(len(x.bag))
        similar = known[x.content, y.content] = similarity(x, y)
    if not named and similar < 50:
        return 0
    return (5 * similar + (400 if named else 200 if x.kind == y.kind else 50)) * weight // 4


def is_in(x: TreeItem, y: TreeItem) -> bool:
    """True if a group contains an item equal to the given one, or with the same name."""
    return any(
        item.content == x.content or (x.given and item.given and item.name == x.name)
        for item in y.items
    )


def similarity(x: TreeItem, y: TreeItem) -> int:
    """The share of layers that two groups have in common, in percent."""
    sizes = x.size, y.size
    return (overlap(x.bag, y.bag, sizes) + overlap(x.kinds, y.kinds, sizes)) // 2


def overlap(before: Counter[Any], after: Counter[Any], sizes: tuple[int, int]) -> int:
    """The mean of the shares of the smaller group and of both together, in percent."""
    shared = sum([min(number, after[sign]) for sign, number in before.items() if sign in after])
    return (100 * shared // max(1, min(sizes)) + 200 * shared // max(1, sum(sizes))) // 2


class BagOfOthers:
    """The signatures of the layers of some items, with counts; `work` is what making it costs."""

    def __init__(self, items: Iterable[TreeItem]) -> None:
        self.all: Counter[int] = Counter()
        self.work = 0
        for item in items:
            self.all.update(item.bag)
            self.work += len(item.bag)
        self.distinctive = with_arguments(self.all) or self.all
        self.total = self.distinctive.total()

    def holds_most_of(self, bag: Counter[int]) -> bool:
        """True if one bag contains half of the other; layers without arguments count only alone."""
        own = with_arguments(bag) or bag
        shared = sum([min(number, self.distinctive[sign]) for sign, number in own.items()])
        return 2 * shared >= min(own.total(), self.total) > 0


def with_arguments(bag: Counter[int]) -> Counter[int]:
    """The bag without layers that have no arguments, whose signatures are negative."""
    return Counter({sign: number for sign, number in bag.items() if sign >= 0})
