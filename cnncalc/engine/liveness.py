"""Activation memory: which values are live at the same time when the layers run in file order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import prod

from ..datum import largest_sum, total
from ..dtype import packed_bytes
from ..named_tuple import NamedTuple, make
from ..network import Network, Node, distinct
from ..shape import Shape

Key = tuple[int, int]
"""A node and the index of its output; 0 for a node with one output."""

Reading = tuple[Key, int]
"""A value, and a step that reads it."""


class Lifetime(NamedTuple):
    """The steps in which a value is live: from `first` to `last`, inclusive.

    Step k is the node k; the inputs of the network are live from step -1 on.  `node` is -1 - k for
    input k, as in Value.
    """

    node: int
    part: int
    first: int
    last: int


class SizedLifetime(NamedTuple):
    """The lifetime of a value of so many bytes per sample."""

    node: int
    part: int
    bytes: int
    first: int
    last: int


def lifetimes(network: Network) -> list[SizedLifetime]:
    """The lifetime of every value at inference, the inputs first."""
    values = lives(network, readings(network))
    sizes = zip(values, bytes_of(network, values), strict=True)
    return [SizedLifetime(node, part, size, *steps) for (node, part, *steps), size in sizes]


def lives(network: Network, reads: Sequence[Reading]) -> list[Lifetime]:
    """The steps in which each value is live at inference, the inputs first.

    `reads` are the readings.  A value lives from the step that makes it to its last reader,
    inclusive; an input lives from the start, an output of the network to the end.  A layer whose
    output is its input, unchanged or reshaped, makes no new value.
    """
    steps, nodes = inference_steps(network), network.nodes
    end = len(nodes) - 1
    last_reader = dict(reads)
    start = steps[0] if steps else end
    found = []
    for number in range(-1, -1 - len(network.inputs), -1):
        found.append(Lifetime(number, 0, -1, min(last_reader.get((number, 0), start), end)))
    for index in steps:
        node = nodes[index]
        if not makes_value(node):
            continue
        for part in range(len(node.outputs) or 1):
            last = last_reader.get((index, part), index)
            found.append(make(Lifetime, (index, part, index, end if last > end else last)))
    return found


def shapes_of(network: Network, values: Iterable[Key]) -> list[Shape]:
    inputs, nodes = list(network.inputs.values()), network.nodes
    return [
        inputs[-1 - node] if node < 0 else (nodes[node].outputs or (nodes[node].shape,))[part]
        for node, part in values
    ]


def bytes_of(network: Network, values: Sequence[Lifetime]) -> list[int]:
    """The bytes of each value of one sample."""
    nodes, dtype = network.nodes, network.types.activations
    shapes = shapes_of(network, [(node, part) for node, part, _, _ in values])
    dtypes = [dtype if node < 0 else nodes[node].dtype.activations for node, _, _, _ in values]
    return list(map(packed_bytes, map(prod, shapes), dtypes))


def inference_steps(network: Network) -> list[int]:
    return [index for index, node in enumerate(network.nodes) if not node.training_only]


def readings(network: Network) -> list[Reading]:
    """Each value that a step reads at inference; the outputs are read after the last step.

    Reading an alias reads its value.
    """
    origins: dict[Key, Key] = {}
    found: list[Reading] = []
    for index, node in enumerate(network.nodes):
        if node.training_only:
            continue
        for number, part, _ in distinct(node.inputs):
            key = (number, part or 0)
            found.append((origins.get(key, key), index))
        if not makes_value(node):
            number, part, _ = node.inputs[0]
            key = (number, part or 0)
            origins[(index, 0)] = origins.get(key, key)
    for name, (number, part, _) in network.outputs.items():
        if name not in network.training_outputs:
            key = (number, part or 0)
            found.append((origins.get(key, key), len(network.nodes)))
    return found


def new_values(
    network: Network, reads: Sequence[Reading], is_in_place: Sequence[bool]
) -> list[Key]:
    """The inputs and the values at inference that do not overwrite another one.

    A layer that can work in place overwrites its input, if nothing else reads that.
    """
    nodes = network.nodes
    reads = [
        (key, step) for key, step in reads if step == len(nodes) or not nodes[step].layer.is_alias
    ]
    readers = Counter([key for key, _ in reads])
    overwriting = {
        step for key, step in reads if readers[key] == 1 and step < len(nodes) and is_in_place[step]
    }
    found = [(number, 0) for number in range(-1, -1 - len(network.inputs), -1)]
    for step in inference_steps(network):
        node = nodes[step]
        if step not in overwriting and makes_value(node):
            found += [(step, part) for part in range(len(node.outputs) or 1)]
    return found


def elements_of(network: Network, values: Sequence[Key]) -> int:
    """The elements of values of one sample."""
    return total(list(map(prod, shapes_of(network, values))))


def makes_value(node: Node) -> bool:
    """Whether the output of a layer is not its input, unchanged or reshaped."""
    return not (node.layer.is_alias and node.inputs)


def live_bytes(network: Network, values: Sequence[Lifetime]) -> list[int | None]:
    """The bytes of one sample that are live at each node at inference.

    None for a node that exists only in training.
    """
    live = sums_over_lifetimes(network, values, bytes_of(network, values))
    pairs = zip(network.nodes, live, strict=True)
    return [None if node.training_only else size for node, size in pairs]


def peak_bytes(network: Network, values: Sequence[Lifetime]) -> int:
    """The most bytes of one sample that are live at a node at inference; 0 if there is none."""
    if all(node.training_only for node in network.nodes):
        return 0
    # The inputs come before the first step.  At a step that exists only in training, at most what
    # is live at the step before it is.
    sizes = zip(values, bytes_of(network, values), strict=True)
    present = [(size, first + 1, last + 2) for (_, _, first, last), size in sizes]
    return largest_sum(present, len(network.nodes) + 1)


def live_counts(network: Network) -> list[int]:
    """The number of values that are live at each node at inference."""
    values = lives(network, readings(network))
    return sums_over_lifetimes(network, values, [1] * len(values))


def sums_over_lifetimes(
    network: Network, values: Sequence[Lifetime], amounts: Sequence[int]
) -> list[int]:
    """The sum at each node of the amounts of the values that are live there."""
    # The change at step k is at k + 1: the inputs come before the first step.
    changes = [0] * (len(network.nodes) + 2)
    for (_, _, first, last), amount in zip(values, amounts, strict=True):
        changes[first + 1] += amount
        changes[last + 2] -= amount
    return list(accumulate(changes))[1:-1]


class LiveValues:
    """The values that are live at one step after another."""

    def __init__(self, network: Network) -> None:
        self.lifetimes = lifetimes(network)  # in the order in which they begin
        self.restart()

    def restart(self) -> None:
        self.step, self.begun = -1, 0
        self.live: list[SizedLifetime] = []

    def at(self, step: int) -> list[SizedLifetime]:
        """The values live at a step, oldest first; fastest if called in the order of the steps."""
        if step < self.step:
            self.restart()
        self.step = step
        while self.begun < len(self.lifetimes) and self.lifetimes[self.begun].first <= step:
            self.live.append(self.lifetimes[self.begun])
            self.begun += 1
        self.live = [value for value in self.live if value.last >= step]
        return self.live
