"""A Network -> a tree of items: its layers, its groups, and the rounds of a repeated step as one item.

An item has two signatures, whole numbers that are equal for equal items of both networks: `like` says what it is (types,
arguments and structure, whatever the names and shapes), `key` what it is and how the file calls it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from ..layers.layer import Layer
from ..network import Group, Network, Node

ROUND = re.compile(r"(.*?)\.(\d+)(?:\.|$)")


class Signs:
    """Numbers for values: equal ones for equal values, below 0 for layers that have no arguments."""

    def __init__(self) -> None:
        self.numbers: dict[object, int] = {}
        self.layers: dict[
            int, int
        ] = {}  # by identity: like layers of a network are one, and hashing takes time

    def of(self, value: object) -> int:
        return self.numbers.setdefault(value, len(self.numbers))

    def of_layer(self, layer: Layer) -> int:
        found = self.layers.get(id(layer))
        if found is None:
            number = self.of((layer.kind, layer))
            found = self.layers[id(layer)] = number if layer.fields else -1 - number
        return found


class TreeItem:
    """A layer (`node`), a group (`group`), or what has neither: the whole network, rounds, or the steps of one round.

    It holds the nodes from `start` to before `end`.  `given` is whether the file gives the name: automatic names and
    the numbers of rounds change with what stands before them.
    """

    def __init__(
        self,
        path: str,
        kind: str,
        start: int,
        end: int,
        node: Node | None = None,
        group: Group | None = None,
    ) -> None:
        self.path = path
        self.kind = kind
        self.start = start
        self.end = end
        self.node = node
        self.group = group
        self.items: list[TreeItem] = []
        self.is_repeat = False
        self.parent: TreeItem | None = None
        self.name = ""
        self.given = False
        self.like = self.key = 0
        self.likes: tuple[int, ...] = ()  # of every layer of the network
        self.types: tuple[str, ...] = ()  # of every layer of the network

    @property
    def size(self) -> int:
        return self.end - self.start

    @cached_property
    def bag(self) -> Counter[int]:
        """What its layers are, and how often."""
        return Counter(self.likes[self.start : self.end])

    @cached_property
    def kinds(self) -> Counter[str]:
        """The types of its layers, and how often."""
        return Counter(self.types[self.start : self.end])

    @property
    def is_repeated(self) -> bool:
        """Whether it is a step that the file repeats, not one that was made a round to compare it with such a step."""
        return self.is_repeat and self.items[0].path != self.path

    def within(self) -> Iterator[TreeItem]:
        """It and all items inside it, the outer before the inner, in file order."""
        waiting = [self]
        while waiting:
            item = waiting.pop()
            yield item
            waiting.extend(reversed(item.items))


def tree(network: Network, signs: Signs) -> TreeItem:
    """The whole network as one item."""
    root = nested(network)
    waiting = [root]
    while waiting:
        item = waiting.pop()
        item.items = with_rounds(item)
        waiting += [inner for inner in item.items if inner.items]
    likes = tuple([signs.of_layer(node.layer) for node in network.nodes])
    types = tuple([node.layer.kind for node in network.nodes])
    everything = list(root.within())
    for item in everything:
        for inner in item.items:
            inner.parent = item
            name_in(item, inner)
    for item in reversed(everything):
        item.likes, item.types = likes, types
        sign(item, signs)
    return root


def nested(network: Network) -> TreeItem:
    """Layers in their groups."""
    starting: dict[int, list[Group]] = {}
    for group in network.groups:
        if group.start < group.end:
            starting.setdefault(group.start, []).append(group)
    around = [TreeItem("", "", 0, len(network.nodes))]
    for index, node in enumerate(network.nodes):
        while len(around) > 1 and around[-1].end <= index:
            around.pop()
        for group in starting.get(index, ()):  # the outer before the inner
            item = TreeItem(group.path, group.kind, group.start, group.end, group=group)
            around[-1].items.append(item)
            around.append(item)
        around[-1].items.append(TreeItem(node.path, node.layer.kind, index, index + 1, node))
    return around[0]


def with_rounds(parent: TreeItem) -> list[TreeItem]:
    """The items of a group, with the rounds of each repeated step put into one item.

    A repeated join, whose operands stand before it, is a round of several items.
    """
    found: list[TreeItem] = []
    if parent.is_repeat:
        return parent.items
    for item in parent.items:
        name = relative(item.path, parent.path)
        match = ROUND.match(name) if "." in name else None
        if match is None or item.path == parent.path:
            found.append(item)
            continue
        before = item.path[: len(item.path) - len(name)]
        path, round_path = before + match[1], before + name[: match.end(2)]
        if not (found and found[-1].is_repeat and found[-1].path == path):
            found.append(rounds_at(path, item))
        add_to_rounds(found[-1], round_path, item)
    return found


def rounds_at(path: str, first: TreeItem) -> TreeItem:
    rounds = TreeItem(path, "", first.start, first.end)
    rounds.is_repeat = True
    return rounds


def add_to_rounds(rounds: TreeItem, path: str, item: TreeItem) -> None:
    """Put an item into its round, which is the item itself where it is alone."""
    rounds.end = item.end
    last = rounds.items[-1] if rounds.items else None
    if last is not None and last.path == path and last.node is None and last.group is None:
        last.items.append(item)
        last.end = item.end
    elif item.path == path:
        rounds.items.append(item)
    else:
        several = TreeItem(path, "", item.start, item.end)
        several.items.append(item)
        rounds.items.append(several)


def relative(path: str, around: str) -> str:
    return path[len(around) + 1 :] if around and path.startswith(around + ".") else path


def name_in(parent: TreeItem, item: TreeItem) -> None:
    """Set the name of an item inside another, and whether the file gives it."""
    item.name = "" if item.path == parent.path else relative(item.path, parent.path)
    if parent.is_repeat or not item.name:
        return
    last = item.name.rpartition(".")[2]
    first = item.items[0] if item.is_repeat else item
    kind = first.kind or first.items[-1].kind
    if kind == "branch" and item.is_repeat:  # the bindings of a join, which names them
        kind = last.rstrip("0123456789")
    item.given = not (last.startswith(kind) and last[len(kind) :].isdigit())


def sign(item: TreeItem, signs: Signs) -> None:
    """Set the signatures of an item, whose inner ones have theirs."""
    if item.node is not None:
        item.like = item.likes[item.start]
    else:
        item.like = signs.of((item.is_repeat, tuple([inner.like for inner in item.items])))
    item.key = signs.of(("key", item.name if item.given else "", item.like))
