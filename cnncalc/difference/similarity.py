"""How alike two items are: how much is won by taking the one for the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..network import GROUPINGS
from .tree import TreeItem

EQUAL = 1000  # the gain of a layer that tells something and is called alike


Known = dict[tuple[int, int], int]
"""How similar groups are whose contents have these signatures: many groups of a network hold the same."""


def gain(x: TreeItem, y: TreeItem, known: Known) -> int:
    """The gain of aligning two items; 0 where they may not be aligned."""
    if (x.node is None) != (y.node is None) or x.is_repeat != y.is_repeat:
        return 0
    return layer_gain(x, y) if x.node is not None else group_gain(x, y, known)


def layer_gain(x: TreeItem, y: TreeItem) -> int:
    assert x.node is not None and y.node is not None
    named = x.given and y.given and x.name == y.name
    plain = not x.node.layer.fields
    if x.like == y.like:
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
    """How many of a hundred arguments are equal."""
    before, after = x.__dict__, y.__dict__
    equal = sum(bool(before[name] == after.get(name)) for name in before)
    return 100 * equal // max(1, len(before))


def group_gain(x: TreeItem, y: TreeItem, known: Known) -> int:
    """Groups are alike by what is in them; a name that the file gives counts as much."""
    named = x.given and y.given and x.name == y.name
    weight = 4 + min(16, min(x.size, y.size)).bit_length()
    if x.like == y.like:
        return (EQUAL if named else 700 if x.given and y.given else 900) * weight // 4
    block = x.kind == y.kind and x.kind not in GROUPINGS
    if not named and not block and (is_in(x, y) or is_in(y, x)):
        return 0  # the one was put around the other
    alike = known.get((x.like, y.like))
    if alike is None:
        alike = known[x.like, y.like] = similarity(x, y)
    if not named and alike < 50:
        return 0
    return (5 * alike + (400 if named else 200 if x.kind == y.kind else 50)) * weight // 4


def is_in(x: TreeItem, y: TreeItem) -> bool:
    """Whether a group holds what an item is, or what is called like it."""
    return any(
        item.like == x.like or (x.given and item.given and item.name == x.name) for item in y.items
    )


def similarity(x: TreeItem, y: TreeItem) -> int:
    """How many of a hundred layers are in both groups."""
    sizes = x.size, y.size
    return (overlap(x.bag, y.bag, sizes) + overlap(x.kinds, y.kinds, sizes)) // 2


def overlap(before: Counter[Any], after: Counter[Any], sizes: tuple[int, int]) -> int:
    """In percent, between what is shared of the smaller and of both together, for counts may differ."""
    shared = sum([min(number, after[sign]) for sign, number in before.items() if sign in after])
    return (100 * shared // max(1, min(sizes)) + 200 * shared // max(1, sum(sizes))) // 2


def bag_of(items: Iterable[TreeItem]) -> Counter[int]:
    """What the layers of some items are, and how often."""
    bag: Counter[int] = Counter()
    for item in items:
        bag.update(item.bag)
    return bag


def holds_most_of(bag: Counter[int], others: Counter[int]) -> bool:
    """Whether at least half of a group, or of what is beside it, is in the other: of what has arguments, if anything has."""
    own, theirs = label(bag) or bag, label(others) or others
    return 2 * sum((own & theirs).values()) >= min(own.total(), theirs.total()) > 0


def label(bag: Counter[int]) -> Counter[int]:
    """Without the layers that have no arguments, whose signatures are below 0."""
    return Counter({sign: number for sign, number in bag.items() if sign >= 0})
