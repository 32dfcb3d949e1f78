"""A network as a tree of items: layers, groups, and repeated steps with their iterations.

An item has two signatures, integers that are equal for equal items of both networks: `content`
identifies types, arguments and structure, but not names and shapes; `key` also identifies the name
that the file gives.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from ..layers.layer import Layer
from ..network import Group, Network, Node

WITH_WEIGHTS = ("conv", "dense", "recurrent", "attention")
ITERATION = re.compile(r"(.*?)\.(\d+)(?:\.|$)")


class Signatures:
    """Numbers for values: equal for equal values, negative for layers without arguments."""

    def __init__(self) -> None:
        self.numbers: dict[object, int] = {}
        # By identity: equal layers of a network are one object, and hashing is slow.
        self.layers: dict[int, tuple[Layer, int]] = {}

    def of(self, value: object) -> int:
        return self.numbers.setdefault(value, len(self.numbers))

    def of_layer(self, layer: Layer) -> int:
        found = self.layers.get(id(layer))
        if found is None:
            number = self.of((layer.kind, layer))
            found = self.layers[id(layer)] = layer, number if layer.fields else -1 - number
        return found[1]

    def of_calculation(self, node: Node) -> int:
        """The number of a layer, equal for arguments with which it calculates the same."""
        return self.of_layer(node.layer.canonical(*node.input_shapes))


class TreeItem:
    """A layer (`node`), a group (`group`), or neither: the network, a repeat, or an iteration.

    It contains the nodes from `start` to before `end`.  `given`: the name is in the file, not an
    automatic name or an iteration number, which depend on the steps before.
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
        self.content = self.key = 0
        self.contents: tuple[int, ...] = ()  # of every layer of the network
        self.types: tuple[str, ...] = ()  # of every layer of the network
        self.weighted: Sequence[int] = ()  # the number of layers with weights before each

    @property
    def has_weights(self) -> bool:
        """True if one of its layers is of a type with weights."""
        return self.weighted[self.end] > self.weighted[self.start]

    @property
    def size(self) -> int:
        return self.end - self.start

    @cached_property
    def bag(self) -> Counter[int]:
        """The signatures of its layers, with counts."""
        return Counter(self.contents[self.start : self.end])

    @cached_property
    def kinds(self) -> Counter[str]:
        """The types of its layers, with counts."""
        return Counter(self.types[self.start : self.end])

    @property
    def is_repeated(self) -> bool:
        """True for a step that the file repeats, not for one made an iteration to compare it."""
        return self.is_repeat and self.items[0].path != self.path

    def within(self) -> Iterator[TreeItem]:
        """This item and all items inside it, the outer before the inner, in file order."""
        waiting = [self]
        while waiting:
            item = waiting.pop()
            yield item
            waiting.extend(reversed(item.items))


def tree(network: Network, signatures: Signatures, *, is_flat: bool = False) -> TreeItem:
    """The whole network as one item; `is_flat`: as layers without groups and names."""
    root = nested(network)
    waiting = [] if is_flat else [root]
    while waiting:
        item = waiting.pop()
        item.items = with_repeats(item)
        waiting += [inner for inner in item.items if inner.items]
    if is_flat:
        contents = tuple([signatures.of_calculation(node) for node in network.nodes])
    else:
        contents = tuple([signatures.of_layer(node.layer) for node in network.nodes])
    types = tuple([node.layer.kind for node in network.nodes])
    weighted = [0, *accumulate(node.layer.category in WITH_WEIGHTS for node in network.nodes)]
    everything = list(root.within())
    for item in everything:
        for inner in item.items:
            inner.parent = item
            name_in(item, inner)
            inner.given = inner.given and not is_flat
    for item in reversed(everything):
        item.contents, item.types, item.weighted = contents, types, weighted
        sign(item, signatures)
    return root


def nested(network: Network) -> TreeItem:
    """The layers inside their groups."""
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


def with_repeats(parent: TreeItem) -> list[TreeItem]:
    """The items of a group, with the iterations of each repeated step in one item.

    An iteration of a join consists of several items, since its operands are before it.
    """
    found: list[TreeItem] = []
    if parent.is_repeat:
        return parent.items
    for item in parent.items:
        name = relative(item.path, parent.path)
        match = ITERATION.match(name) if "." in name else None
        if match is None or item.path == parent.path:
            found.append(item)
            continue
        before = item.path[: len(item.path) - len(name)]
        path, iteration_path = before + match[1], before + name[: match.end(2)]
        if not (found and found[-1].is_repeat and found[-1].path == path):
            found.append(repeat_at(path, item))
        add_to_repeat(found[-1], iteration_path, item)
    return found


def repeat_at(path: str, first: TreeItem) -> TreeItem:
    repeat = TreeItem(path, "", first.start, first.end)
    repeat.is_repeat = True
    return repeat


def add_to_repeat(repeat: TreeItem, path: str, item: TreeItem) -> None:
    """Add an item to its iteration; the only item of an iteration is the iteration."""
    repeat.end = item.end
    last = repeat.items[-1] if repeat.items else None
    if last is not None and last.path == path and last.node is None and last.group is None:
        last.items.append(item)
        last.end = item.end
    elif item.path == path:
        repeat.items.append(item)
    else:
        several = TreeItem(path, "", item.start, item.end)
        several.items.append(item)
        repeat.items.append(several)


def relative(path: str, around: str) -> str:
    return path[len(around) + 1 :] if around and path.startswith(around + ".") else path


def name_in(parent: TreeItem, item: TreeItem) -> None:
    """Set the name of an item relative to its parent, and whether the file gives it."""
    item.name = "" if item.path == parent.path else relative(item.path, parent.path)
    if parent.is_repeat or not item.name:
        return
    last = item.name.rpartition(".")[2]
    first = item.items[0] if item.is_repeat else item
    kind = first.kind or first.items[-1].kind
    if kind == "branch" and item.is_repeat:  # a branch of a join, which names it
        kind = last.rstrip("0123456789")
    item.given = not (last.startswith(kind) and last[len(kind) :].isdigit())


def sign(item: TreeItem, signatures: Signatures) -> None:
    """Set the signatures of an item; those of its contents must be set."""
    if item.node is not None:
        item.content = item.contents[item.start]
    else:
        item.content = signatures.of(
            (item.is_repeat, tuple([inner.content for inner in item.items]))
        )
    item.key = signatures.of(("key", item.name if item.given else "", item.content))
