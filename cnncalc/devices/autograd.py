"""Autograd: the storages that PyTorch keeps from the forward pass until the backward pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..dtype import BITS
from ..engine.calculation import trained_weights
from ..engine.liveness import Key
from ..named_tuple import NamedTuple
from ..network import Network, Node
from .saved_tensors import STORED, SavedTensors, converts, is_view, precision, saved_tensors
from .sequence_tensors import SequenceSetup, copied_weights, has_wide_state, inner_tensors

HALF_BYTES, FLOAT_BYTES, INDEX_BYTES, MASK_BYTES = 2, 4, 8, 1

WEIGHT_COPY = "copy of the weight in 16 bits"
"""What mixed precision keeps of a convolution or a linear layer in addition."""


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


class KeptTensor(NamedTuple):
    """A tensor that a layer keeps: what it is, and its elements for one of so many samples.

    Each element has `width` bytes.  `origin` is the value whose storage it is; None for a tensor
    that no other layer sees.
    """

    what: str
    elements: int
    width: int
    samples: int
    origin: Key | None = None

    @property
    def bytes(self) -> int:
        return self.elements * self.width * self.samples


class KeptForBackward(NamedTuple):
    """What is kept until the backward pass.

    `values` are the storages of inputs and outputs of layers that are kept, by the layer that made
    them (input k is -1 - k), and `tensors` what each layer keeps.  `not_known` are layers of which
    nothing is counted, because it is not known what is kept.
    """

    values: Mapping[Key, Storage]
    tensors: Mapping[int, Sequence[KeptTensor]]
    not_known: tuple[int, ...]

    @property
    def total(self) -> int:
        stored = sum(one.bytes for one in self.values.values())
        return stored + sum(self.own_bytes().values())

    @property
    def weight_copies(self) -> int:
        """The bytes of the copies of weights that mixed precision keeps."""
        tensors = (tensor for kept in self.tensors.values() for tensor in kept)
        return sum(tensor.bytes for tensor in tensors if tensor.what == WEIGHT_COPY)

    def own_bytes(self) -> dict[int, int]:
        """The bytes of each layer that no other one sees."""
        found = {
            step: sum(one.bytes for one in kept if one.origin is None)
            for step, kept in self.tensors.items()
        }
        return {step: size for step, size in found.items() if size}

    def by_layer(self) -> dict[int, int]:
        """The bytes of each layer; a storage counts for the first layer that keeps it."""
        found = self.own_bytes()
        for storage in self.values.values():
            first = storage.layers[0]
            found[first] = found.get(first, 0) + storage.bytes
        return found


def kept_for_backward(network: Network, setup: TrainingSetup) -> KeptForBackward:
    """What PyTorch keeps of a network in training, each storage once."""
    return ForwardPass(network, setup).result()


class ForwardPass:
    """A walk through the layers in file order, which notes the storage and type of each value.

    Of each value, `width_of` are the bytes per element, `count_of` the samples, which is 1 if it
    depends on weights alone, and `bytes_of` the bytes of the storage for these.  `with_gradient`
    are the values that depend on a trained weight, `stored` those that are stored with the weights,
    and `copied` the shared weights that have a copy in 16 bits.
    """

    def __init__(self, network: Network, setup: TrainingSetup) -> None:
        self.network, self.setup = network, setup
        self.width = BITS[network.types.activations] // 8
        self.origins: dict[Key, Key] = {}
        self.width_of: dict[Key, int] = {}
        self.count_of: dict[Key, int] = {}
        self.bytes_of: dict[Key, int] = {}
        self.with_gradient: set[Key] = set()
        self.stored: set[Key] = set()
        self.copied: set[str | None] = set()
        self.trained = trained_weights(network)
        self.savers: dict[Key, list[int]] = {}
        self.tensors: dict[int, list[KeptTensor]] = {}
        self.not_known: list[int] = []
        for index, shape in enumerate(network.inputs.values(), 1):
            self.add_value((-index, 0), shape.elements, self.width, setup.batch)
        for step, node in enumerate(network.nodes):
            self.visit(step, node)

    def result(self) -> KeptForBackward:
        values = {
            key: Storage(self.bytes_of[key], tuple(layers)) for key, layers in self.savers.items()
        }
        return KeptForBackward(values, self.tensors, tuple(self.not_known))

    def add_value(self, key: Key, elements: int, width: int, count: int) -> None:
        self.width_of[key], self.count_of[key] = width, count
        self.bytes_of[key] = elements * width * count

    def visit(self, step: int, node: Node) -> None:
        inputs = [(value.node, value.part or 0) for value in node.inputs]
        is_stored = node.layer.kind in STORED
        width, count = self.output_type(node, inputs), 1 if is_stored else self.samples(inputs)
        for part, shape in enumerate(node.shapes):
            key = (step, part)
            self.add_value(key, shape.elements, width, count)
            if is_view(node.layer):
                self.origins[key] = self.origin(inputs[0])
                self.width_of[key] = self.width_of[inputs[0]]
        if is_stored:
            self.stored.add((step, 0))
        trains = self.trains(node)
        if not trains and self.with_gradient.isdisjoint(inputs):
            return
        self.with_gradient.update((step, part) for part in range(len(node.shapes)))
        self.keep(step, node, trains)

    def trains(self, node: Node) -> bool:
        """Whether a layer has weights that are trained, there or in a layer that shares them."""
        is_trained = node.weight_key in self.trained if node.weight_key else node.trainable
        return is_trained and bool(node.layer.weights(*node.input_shapes))

    def samples(self, keys: Sequence[Key]) -> int:
        """The samples of a value that is calculated from some values."""
        return max([self.count_of[key] for key in keys], default=1)

    def origin(self, key: Key) -> Key:
        """The value whose storage a value has."""
        return self.origins.get(key, key)

    def output_type(self, node: Node, inputs: Sequence[Key]) -> int:
        """The bytes of an element of the output of a layer."""
        is_wide = self.setup.amp and has_wide_state(node.layer)
        return self.widest(inputs) if is_wide else self.type_of(node, inputs)

    def type_of(self, node: Node, inputs: Sequence[Key]) -> int:
        """The bytes of an element of the type in which a layer is calculated."""
        if not self.setup.amp:
            return BITS[node.dtype.activations] // 8
        found = precision(node.layer)
        if found != "widest":
            return HALF_BYTES if found == "half" else FLOAT_BYTES
        return self.widest(inputs)

    def widest(self, keys: Sequence[Key]) -> int:
        """The bytes of an element of the widest of some values."""
        return max([self.width_of[key] for key in keys], default=self.width)

    def keep(self, step: int, node: Node, trains: bool) -> None:
        """Note what a layer keeps whose output has a gradient."""
        saved = saved_tensors(node.layer, node.input_shapes)
        if saved is None:
            self.not_known.append(step)
            return
        self.tensors[step] = list(self.kept_tensors(step, node, saved, trains))
        for tensor in self.tensors[step]:
            if tensor.origin is not None:
                savers = self.savers.setdefault(tensor.origin, [])
                if step not in savers:
                    savers.append(step)

    def kept_tensors(
        self, step: int, node: Node, saved: SavedTensors, trains: bool
    ) -> Iterator[KeptTensor]:
        """What a layer keeps; nothing of what is stored anyway."""
        inputs = [(value.node, value.part or 0) for value in node.inputs]
        converted = converts(node.layer)
        width = self.type_of(node, inputs) if converted else self.widest(inputs)
        for position in self.kept_inputs(saved, inputs, trains):
            key, name = inputs[position], input_name(position, len(inputs))
            if not converted or self.width_of[key] == width:
                yield from self.stored_value(key, name)
            else:
                elements = node.input_shapes[position].elements
                copy = f"copy of the {name} in {8 * width} bits"
                yield KeptTensor(copy, elements, width, self.count_of[key])
        if saved.output:
            yield from self.stored_value((step, 0), "output")
        yield from self.own_tensors(saved, width, self.samples(inputs))
        yield from self.inner_tensors(node, inputs, trains)
        yield from self.weight_copy(node, inputs, trains)

    def stored_value(self, key: Key, name: str) -> Iterator[KeptTensor]:
        """The storage of a value, of which the value may be a part."""
        origin = self.origin(key)
        if origin not in self.stored:
            width, count = self.width_of[origin], self.count_of[origin]
            yield KeptTensor(name, self.bytes_of[origin] // (width * count), width, count, origin)

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

    def own_tensors(self, saved: SavedTensors, width: int, count: int) -> Iterator[KeptTensor]:
        """The tensors that no other layer sees, for `count` samples."""
        mask = width if self.setup.cpu else MASK_BYTES
        of_samples = (
            (saved.values, width, "values"),
            (saved.floats, FLOAT_BYTES, "values in 32 bits"),
            (saved.indices, INDEX_BYTES, "indices"),
            (saved.mask, mask, "mask"),
        )
        for elements, size, what in of_samples:
            if elements:
                yield KeptTensor(what, elements, size, count)
        if saved.statistics:
            yield KeptTensor("statistics", saved.statistics, FLOAT_BYTES, 1)

    def inner_tensors(
        self, node: Node, inputs: Sequence[Key], trains: bool
    ) -> Iterator[KeptTensor]:
        """What attention and recurrent layers keep of the steps that they consist of."""
        narrow = self.type_of(node, inputs)
        width = self.widest(inputs) if self.setup.amp else narrow
        setup = SequenceSetup(trains, self.samples(inputs), width, narrow)
        for one in inner_tensors(node.layer, node.input_shapes, setup):
            yield KeptTensor(*one)

    def weight_copy(self, node: Node, inputs: Sequence[Key], trains: bool) -> Iterator[KeptTensor]:
        """The copy of a weight in 16 bits that mixed precision keeps; biases are not kept.

        Layers that train the same weight have one copy.
        """
        if not self.setup.amp or precision(node.layer) != "half":
            return
        have_gradients = [key in self.with_gradient for key in inputs]
        elements = copied_weights(node.layer, node.input_shapes, have_gradients, trains)
        key = node.weight_key if trains else None
        if elements and (key is None or key not in self.copied):
            yield KeptTensor(WEIGHT_COPY, elements, HALF_BYTES, 1)
            self.copied.add(key)


def input_name(position: int, inputs: int) -> str:
    return "input" if inputs == 1 else f"input {position + 1}"
