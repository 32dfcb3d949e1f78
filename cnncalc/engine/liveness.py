"""Activation memory: which values are live at the same time when the layers run in file order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import prod

from ..datum import largest_sum, total
from ..dtype import packed_bytes
from ..named_tuple import NamedTuple
from ..network import Network, Node, distinct

Key = tuple[int, int]
"""A node and the index of its output; 0 for a node with one output."""


class Lifetime(NamedTuple):
    """The lifetime of a value of so many bytes per sample: from step `first` to `last`, inclusive.

    Step k is the node k; the inputs of the network are live from step -1 on.  `node` is -1 - k for
    input k, as in Value.
    """

    node: int
    part: int
    bytes: int
    first: int
    last: int


def lifetimes(network: Network) -> Iterator[Lifetime]:
    """The lifetime of every value at inference, the inputs first.

    A value lives from the step that makes it to its last reader, inclusive; an input lives from the
    start, an output of the network to the end.  A layer whose output is its input, unchanged or
    reshaped, makes no new value.
    """
    steps = inference_steps(network)
    end = len(network.nodes) - 1
    last_reader = {key: min(step, end) for key, step in readings(network, steps)}
    start = steps[0] if steps else end
    for index, shape in enumerate(network.inputs.values(), 1):
        size = packed_bytes(shape.elements, network.types.activations)
        yield Lifetime(-index, 0, size, -1, last_reader.get((-index, 0), start))
    nodes = network.nodes
    for index in steps:
        node = nodes[index]
        if node.layer.is_alias and not makes_value(node):
            continue
        for part, shape in enumerate(node.outputs or (node.shape,)):
            last = last_reader.get((index, part), index)
            size = packed_bytes(prod(shape), node.dtype.activations)
            yield Lifetime(index, part, size, index, last)


def inference_steps(network: Network) -> list[int]:
    return [index for index, node in enumerate(network.nodes) if not node.training_only]


def readings(network: Network, steps: list[int]) -> Iterator[tuple[Key, int]]:
    """Each value that a step reads, and the step; the outputs are read after the last step.

    Reading an alias reads its value.
    """
    origins: dict[Key, Key] = {}
    nodes = network.nodes
    for index in steps:
        node = nodes[index]
        for number, part, _ in distinct(node.inputs):
            key = (number, part or 0)
            yield origins.get(key, key), index
        if node.layer.is_alias and not makes_value(node):
            number, part, _ = node.inputs[0]
            key = (number, part or 0)
            origins[(index, 0)] = origins.get(key, key)
    for name, (number, part, _) in network.outputs.items():
        if name not in network.training_outputs:
            key = (number, part or 0)
            yield origins.get(key, key), len(nodes)


def activation_elements(network: Network) -> int:
    """The elements of the inputs and of all values of one sample at inference.

    A layer that can work in place overwrites its input, if nothing else reads that.
    """
    nodes, steps = network.nodes, inference_steps(network)
    reads = [
        (key, step)
        for key, step in readings(network, steps)
        if step == len(nodes) or not nodes[step].layer.is_alias
    ]
    readers = Counter([key for key, _ in reads])
    in_place = {
        step
        for key, step in reads
        if readers[key] == 1 and step < len(nodes) and overwrites(nodes[step])
    }
    makers = [nodes[step] for step in steps if step not in in_place]
    shapes = [shape for node in makers if makes_value(node) for shape in node.shapes]
    return total([prod(shape) for shape in (*network.inputs.values(), *shapes)])


def makes_value(node: Node) -> bool:
    """Whether the output of a layer is not its input, unchanged or reshaped."""
    return not (node.layer.is_alias and node.inputs)


def overwrites(node: Node) -> bool:
    """Whether a layer can overwrite its input."""
    return node.layer.is_in_place(*node.input_shapes)


def live_bytes(network: Network) -> list[int | None]:
    """The bytes of one sample that are live at each node at inference.

    None for a node that exists only in training.
    """
    values = list(lifetimes(network))
    live = sums_over_lifetimes(network, values, [value.bytes for value in values])
    pairs = zip(network.nodes, live, strict=True)
    return [None if node.training_only else size for node, size in pairs]


def peak_bytes(network: Network) -> int:
    """The most bytes of one sample that are live at a node at inference; 0 if there is none."""
    if not inference_steps(network):
        return 0
    steps = range(len(network.nodes) + 2)
    added: list[list[int]] = [[] for _ in steps]
    removed: list[list[int]] = [[] for _ in steps]
    for _, _, size, first, last in lifetimes(network):
        added[first + 1].append(size)
        removed[last + 2].append(size)
    # At a step that exists only in training, at most what is live at the step before it is.
    return largest_sum(added, removed)


def live_counts(network: Network) -> list[int]:
    """The number of values that are live at each node at inference."""
    values = list(lifetimes(network))
    return sums_over_lifetimes(network, values, [1] * len(values))


def sums_over_lifetimes(
    network: Network, values: Sequence[Lifetime], amounts: Sequence[int]
) -> list[int]:
    """The sum at each node of the amounts of the values that are live there."""
    # The change at step k is at k + 1: the inputs come before the first step.
    changes = [0] * (len(network.nodes) + 2)
    for (_, _, _, first, last), amount in zip(values, amounts, strict=True):
        changes[first + 1] += amount
        changes[last + 2] -= amount
    return list(accumulate(changes))[1:-1]


class LiveValues:
    """The values that are live at one step after another."""

    def __init__(self, network: Network) -> None:
        self.lifetimes = list(lifetimes(network))  # in the order in which they begin
        self.restart()

    def restart(self) -> None:
        self.step, self.begun = -1, 0
        self.live: list[Lifetime] = []

    def at(self, step: int) -> list[Lifetime]:
        """The values live at a step, oldest first; fastest if called in the order of the steps."""
        if step < self.step:
            self.restart()
        self.step = step
        while self.begun < len(self.lifetimes) and self.lifetimes[self.begun].first <= step:
            self.live.append(self.lifetimes[self.begun])
            self.begun += 1
        self.live = [value for value in self.live if value.last >= step]
        return self.live
