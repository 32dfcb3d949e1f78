"""Activation memory: which values are live_elements at once when the layers run in file order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..network import Network, Value

Key = tuple[int, int]  # a node and its part; the only value of a node is part 0


class Lifetime(NamedTuple):
    """A value of so many elements, live_elements from one step to another, both included.  Before the first step is -1."""

    node: int  # -1 - k for input k, as in Value
    part: int
    elements: int
    first: int
    last: int


def lifetimes(network: Network) -> Iterator[Lifetime]:
    """The life of every value at inference, the inputs first.

    A value lives from the step that makes it to its last reader, both included; the inputs from the start; outputs to
    the end.  What a layer puts out unchanged, or under another shape, is no new value.
    """
    roots: dict[Key, Key] = {}

    def root(value: Value) -> Key:
        key = (value.node, value.part or 0)
        return roots.get(key, key)

    last_reader: dict[Key, int] = {}
    steps = [index for index, node in enumerate(network.nodes) if not node.training_only]
    for index in steps:
        node = network.nodes[index]
        for value in node.inputs:
            last_reader[root(value)] = index
        if node.layer.is_alias and node.inputs:
            roots[(index, 0)] = root(node.inputs[0])
    end = len(network.nodes) - 1
    for name, value in network.outputs.items():
        if name not in network.training_outputs:
            last_reader[root(value)] = end
    start = steps[0] if steps else end
    for index, shape in enumerate(network.inputs.values(), 1):
        yield Lifetime(-index, 0, shape.elements, -1, last_reader.get((-index, 0), start))
    for index in steps:
        node = network.nodes[index]
        if not (node.layer.is_alias and node.inputs):
            for part, shape in enumerate(node.shapes):
                yield Lifetime(
                    index, part, shape.elements, index, last_reader.get((index, part), index)
                )


def live_elements(network: Network) -> list[int | None]:
    """How many elements of one sample are live_elements at each node at inference; None where it is there for training only."""
    changes = [0] * (len(network.nodes) + 2)  # of step k at k + 1: the inputs come before the first
    for _, _, elements, first, last in lifetimes(network):
        changes[first + 1] += elements
        changes[last + 2] -= elements
    found: list[int | None] = []
    now = changes[0]
    for node, change in zip(network.nodes, changes[1:], strict=False):
        now += change
        found.append(None if node.training_only else now)
    return found


class LiveValues:
    """The values that are live_elements at one step after another."""

    def __init__(self, network: Network) -> None:
        self.lives = list(lifetimes(network))  # in the order in which they begin
        self.restart()

    def restart(self) -> None:
        self.step, self.begun = -1, 0
        self.live_elements: list[Lifetime] = []

    def at(self, step: int) -> list[Lifetime]:
        """Those of a step, the oldest first; quickest where steps are asked for in their order."""
        if step < self.step:
            self.restart()
        self.step = step
        while self.begun < len(self.lives) and self.lives[self.begun].first <= step:
            self.live_elements.append(self.lives[self.begun])
            self.begun += 1
        self.live_elements = [value for value in self.live_elements if value.last >= step]
        return self.live_elements
