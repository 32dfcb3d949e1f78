"""Autograd: the storages that PyTorch keeps from the forward pass until the backward pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..dtype import BITS
from ..engine.liveness import Key
from ..named_tuple import NamedTuple
from ..network import Network, Node
from .saved_tensors import VIEWS, SavedTensors, precision, saved_tensors

HALF_BYTES, FLOAT_BYTES, INDEX_BYTES, MASK_BYTES = 2, 4, 8, 1


class TrainingSetup(NamedTuple):
    """How a network is trained: the batch, and whether with automatic mixed precision.

    On a CPU, a dropout keeps its factors in the type of the values, on a GPU a mask of bytes.
    """

    batch: int = 1
    amp: bool = False
    cpu: bool = False


class Storage(NamedTuple):
    """Memory that layers keep: its bytes for the batch, and the layers, the first one first."""

    bytes: int
    layers: tuple[int, ...]


class KeptForBackward(NamedTuple):
    """What is kept until the backward pass.

    `values` are the storages of inputs and outputs of layers that are kept, by the layer that made
    them (input k is -1 - k), and `own` the bytes that a layer keeps beyond these.  `not_known` are
    layers of which nothing is counted, because it is not known what is kept.
    """

    values: Mapping[Key, Storage]
    own: Mapping[int, int]
    not_known: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(one.bytes for one in self.values.values()) + sum(self.own.values())

    def by_layer(self) -> dict[int, int]:
        """The bytes of each layer; a storage counts for the first layer that keeps it."""
        found = dict(self.own)
        for storage in self.values.values():
            first = storage.layers[0]
            found[first] = found.get(first, 0) + storage.bytes
        return found


def kept_for_backward(network: Network, setup: TrainingSetup) -> KeptForBackward:
    """What PyTorch keeps of a network in training, each storage once."""
    return ForwardPass(network, setup).result()


class ForwardPass:
    """A walk through the layers in file order, which notes the storage and type of each value.

    `width_of` are bytes per element, `bytes_of` those of the storage for the batch, and
    `with_gradient` are the values that depend on a trained weight.
    """

    def __init__(self, network: Network, setup: TrainingSetup) -> None:
        self.network, self.setup = network, setup
        self.width = BITS[network.types.activations] // 8
        self.origins: dict[Key, Key] = {}
        self.width_of: dict[Key, int] = {}
        self.bytes_of: dict[Key, int] = {}
        self.with_gradient: set[Key] = set()
        self.savers: dict[Key, list[int]] = {}
        self.own: dict[int, int] = {}
        self.not_known: list[int] = []
        for index, shape in enumerate(network.inputs.values(), 1):
            self.add_value((-index, 0), shape.elements, self.width)
        for step, node in enumerate(network.nodes):
            self.visit(step, node)

    def result(self) -> KeptForBackward:
        values = {
            key: Storage(self.bytes_of[key], tuple(layers)) for key, layers in self.savers.items()
        }
        return KeptForBackward(values, self.own, tuple(self.not_known))

    def add_value(self, key: Key, elements: int, width: int) -> None:
        self.width_of[key] = width
        self.bytes_of[key] = elements * width * self.setup.batch

    def visit(self, step: int, node: Node) -> None:
        inputs = [(value.node, value.part or 0) for value in node.inputs]
        width = self.type_of(node, inputs)
        for part, shape in enumerate(node.shapes):
            key = (step, part)
            if node.layer.kind in VIEWS:
                self.origins[key] = self.origin(inputs[0])
                self.width_of[key] = self.width_of[inputs[0]]
            else:
                self.add_value(key, shape.elements, width)
        trains = node.trainable and bool(node.layer.weights(*node.input_shapes))
        if not trains and self.with_gradient.isdisjoint(inputs):
            return
        self.with_gradient.update((step, part) for part in range(len(node.shapes)))
        self.keep(step, node, inputs, trains)

    def origin(self, key: Key) -> Key:
        """The value whose storage a value has."""
        return self.origins.get(key, key)

    def type_of(self, node: Node, inputs: Sequence[Key]) -> int:
        """The bytes of an element of the output of a layer."""
        if not self.setup.amp:
            return BITS[node.dtype.activations] // 8
        found = precision(node.layer)
        if found != "widest":
            return HALF_BYTES if found == "half" else FLOAT_BYTES
        return max([self.width_of[key] for key in inputs], default=self.width)

    def keep(self, step: int, node: Node, inputs: Sequence[Key], trains: bool) -> None:
        """Note what a layer keeps whose output has a gradient."""
        saved = saved_tensors(node.layer, node.input_shapes)
        if saved is None:
            self.not_known.append(step)
            return
        width = self.type_of(node, inputs)
        own = self.own_bytes(saved, width) + self.weight_copies(node, inputs)
        for position in self.kept_inputs(saved, inputs, trains):
            if self.width_of[inputs[position]] == width or node.layer.kind == "bn":
                self.save(inputs[position], step)
            else:  # a copy in the type of the layer
                elements = node.input_shapes[position].elements
                own += elements * width * self.setup.batch
        if saved.output:
            self.save((step, 0), step)
        if own:
            self.own[step] = own

    def kept_inputs(
        self, saved: SavedTensors, inputs: Sequence[Key], trains: bool
    ) -> Iterator[int]:
        """The positions of the inputs that a layer keeps."""
        yield from saved.inputs
        if trains:
            yield from saved.for_weights
        for position in saved.for_others:
            others = {*inputs[:position], *inputs[position + 1 :]}
            if not self.with_gradient.isdisjoint(others):
                yield position

    def save(self, key: Key, step: int) -> None:
        savers = self.savers.setdefault(self.origin(key), [])
        if step not in savers:
            savers.append(step)

    def own_bytes(self, saved: SavedTensors, width: int) -> int:
        """The bytes of the tensors that no other layer sees."""
        batch = self.setup.batch
        mask = width if self.setup.cpu else MASK_BYTES
        per_sample = saved.values * width + saved.floats * FLOAT_BYTES
        per_sample += saved.indices * INDEX_BYTES + saved.mask * mask
        return per_sample * batch + saved.statistics * FLOAT_BYTES

    def weight_copies(self, node: Node, inputs: Sequence[Key]) -> int:
        """The copy of a weight in 16 bits that mixed precision keeps; biases are not kept."""
        if not self.setup.amp or precision(node.layer) != "half":
            return 0
        weight = node.layer.weights(*node.input_shapes).get("weight")
        is_needed = node.layer.kind != "linear" or not self.with_gradient.isdisjoint(inputs)
        return weight.elements * HALF_BYTES if weight and is_needed else 0
