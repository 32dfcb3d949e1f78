"""Activation memory: which values are live at the same time when the layers run in file order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import prod

from ..datum import largest_sum, total
from ..dtype import packed_bytes
from ..named_tuple import NamedTuple, make
from ..network import Network, Node, distinct

Key = tuple[int, int]
"""A node and the index of its output; 0 for a node with one output."""

Reading = tuple[Key, int]
"""A value, and a step that reads it."""


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


def lifetimes(network: Network, reads: Sequence[Reading] | None = None) -> Iterator[Lifetime]:
    """The lifetime of every value at inference, the inputs first; `reads` are the readings.

    A value lives from the step that makes it to its last reader, inclusive; an input lives from the
    start, an output of the network to the end.  A layer whose output is its input, unchanged or
    reshaped, makes no new value.
    """
    steps, nodes = inference_steps(network), network.nodes
    end = len(nodes) - 1
    last_reader = dict(readings(network) if reads is None else reads)
    start = steps[0] if steps else end
    for index, shape in enumerate(network.inputs.values(), 1):
        size = packed_bytes(shape.elements, network.types.activations)
        yield Lifetime(-index, 0, size, -1, min(last_reader.get((-index, 0), start), end))
    for index in steps:
        node = nodes[index]
        if not makes_value(node):
            continue
        dtype = node.dtype.activations
        for part, shape in enumerate(node.outputs or (node.shape,)):
            last = last_reader.get((index, part), index)
            size = packed_bytes(prod(shape), dtype)
            yield make(Lifetime, (index, part, size, index, end if last > end else last))


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


def activation_elements(network: Network, reads: Sequence[Reading]) -> int:
    """The elements of the inputs and of all values of one sample at inference.

    A layer that can work in place overwrites its input, if nothing else reads that.
    """
    nodes, steps = network.nodes, inference_steps(network)
    reads = [
        (key, step) for key, step in reads if step == len(nodes) or not nodes[step].layer.is_alias
    ]
    readers = Counter([key for key, _ in reads])
    in_place = {
        step
        for key, step in reads
        if readers[key] == 1 and step < len(nodes) and overwrites(nodes[step])
    }
    shapes = list(network.inputs.values())
    for step in steps:
        node = nodes[step]
        if step not in in_place and makes_value(node):
            shapes += node.outputs or (node.shape,)
    return total(list(map(prod, shapes)))


def makes_value(node: Node) -> bool:
    """Whether the output of a layer is not its input, unchanged or reshaped."""
    return not (node.layer.is_alias and node.inputs)


def overwrites(node: Node) -> bool:
    """Whether a layer can overwrite its input."""
    return node.layer.is_in_place(*node.input_shapes)


def live_bytes(network: Network, reads: Sequence[Reading]) -> list[int | None]:
    """The bytes of one sample that are live at each node at inference.

    None for a node that exists only in training.
    """
    values = list(lifetimes(network, reads))
    live = sums_over_lifetimes(network, values, [value.bytes for value in values])
    pairs = zip(network.nodes, live, strict=True)
    return [None if node.training_only else size for node, size in pairs]


def peak_bytes(network: Network, reads: Sequence[Reading]) -> int:
    """The most bytes of one sample that are live at a node at inference; 0 if there is none."""
    if all(node.training_only for node in network.nodes):
        return 0
    # The inputs come before the first step.  At a step that exists only in training, at most what
    # is live at the step before it is.
    present = [(size, first + 1, last + 2) for _, _, size, first, last in lifetimes(network, reads)]
    return largest_sum(present, len(network.nodes) + 1)


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
