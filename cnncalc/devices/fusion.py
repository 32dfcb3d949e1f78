"""Operators: the passes over memory in which the layers of a network run.

Fused, they are the fewest: an operation on each element belongs to the operator that makes its last
input, and layers that only move or repeat elements are free.  What a runtime moves layer by layer
is not less.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..dtype import packed_bytes
from ..engine.analysis import CountedLayer, CountedNetwork
from ..engine.liveness import Key, inference_steps
from ..layers import FAMILIES
from ..named_tuple import NamedTuple
from .saved_tensors import VIEWS

MOVING = frozenset(
    (
        *FAMILIES["rearrange"],
        *FAMILIES["shuffle"],
        *FAMILIES["resize"],
        *FAMILIES["regularization"],
        *("weight", "constant", "gather", "expand", "concat"),
    )
)
"""Kinds that whoever makes their input or reads their output can do on the way."""

ELEMENTWISE = frozenset(
    (*FAMILIES["activation"], *FAMILIES["normalization"], *FAMILIES["join"], "scale")
)
"""Kinds that are done in the operator before them; norms by statistics that it adds up."""


FREE = VIEWS | frozenset((*FAMILIES["regularization"], "weight", "constant"))
"""Kinds that take no time at inference even if each layer is an operator."""


class FusedOperator(NamedTuple):
    """Layers that run as one operator, with their MACs for the batch.

    `value_bytes` are those of the inputs, read once each, and of the outputs that others read,
    written once; `weight_bytes` those of the weights, read once.
    """

    layers: tuple[int, ...]
    macs: int
    value_bytes: int
    weight_bytes: int

    @property
    def bytes(self) -> int:
        return self.value_bytes + self.weight_bytes


def fused_operators(counted: CountedNetwork) -> list[FusedOperator]:
    """The operators of a network at inference, in the order of their first layers."""
    return list(OperatorGrouping(counted, MOVING, ELEMENTWISE).operators())


def layer_operators(counted: CountedNetwork) -> list[FusedOperator]:
    """The layers of a network at inference, each as an operator of its own."""
    return list(OperatorGrouping(counted, FREE, frozenset()).operators())


class OperatorGrouping:
    """The operator of each layer, and the values that each operator reads and makes.

    Layers of the kinds in `free` belong to no operator, those in `joined` to the one before them.
    `origins` has the values that a value consists of after moving; `reads` the elements of each
    that an operator reads.
    """

    def __init__(
        self, counted: CountedNetwork, free: frozenset[str], joined: frozenset[str]
    ) -> None:
        self.counted, self.free, self.joined = counted, free, joined
        self.layers: list[list[int]] = []
        self.owner: dict[Key, int] = {}
        self.elements: dict[Key, int] = {}
        self.origins: dict[Key, tuple[Key, ...]] = {}
        self.reads: list[dict[Key, int]] = []
        self.read_outside: set[Key] = set()
        network = counted.network
        for index, shape in enumerate(network.inputs.values(), 1):
            self.elements[-index, 0] = shape.elements
        for step in inference_steps(network):
            self.visit(step)
        for name, value in network.outputs.items():
            if name not in network.training_outputs:
                self.read_outside.update(self.origins_of((value.node, value.part or 0)))

    def origins_of(self, key: Key) -> tuple[Key, ...]:
        return self.origins.get(key, (key,))

    def visit(self, step: int) -> None:
        node = self.counted.network.nodes[step]
        inputs = [(value.node, value.part or 0) for value in node.inputs]
        if node.layer.kind in self.free:
            found = [origin for key in inputs for origin in self.origins_of(key)]
            for part in range(len(node.shapes)):
                self.origins[step, part] = tuple(dict.fromkeys(found))
            return
        operator = self.operator_of(node.layer.kind, inputs)
        self.layers[operator].append(step)
        for key, shape in zip(inputs, node.input_shapes, strict=True):
            self.read(operator, key, shape.elements)
        for part, shape in enumerate(node.shapes):
            self.owner[step, part] = operator
            self.elements[step, part] = shape.elements

    def operator_of(self, kind: str, inputs: list[Key]) -> int:
        """The operator that a layer belongs to: that of its last input, or a new one."""
        if kind in self.joined:
            made = [origin for key in inputs for origin in self.origins_of(key)]
            owners = [self.owner[key] for key in made if key in self.owner]
            if owners:
                return max(owners)
        self.layers.append([])
        self.reads.append({})
        return len(self.layers) - 1

    def read(self, operator: int, key: Key, elements: int) -> None:
        """Note that an operator reads a value; of a part, only that is read."""
        for origin in self.origins_of(key):
            if self.owner.get(origin) == operator:
                continue
            self.read_outside.add(origin)
            size = min(elements, self.elements[origin])
            self.reads[operator][origin] = max(size, self.reads[operator].get(origin, 0))

    def operators(self) -> Iterator[FusedOperator]:
        batch = self.counted.batch
        written = [0] * len(self.layers)
        for key in self.read_outside:
            if key in self.owner:
                written[self.owner[key]] += self.bytes_of(key, self.elements[key])
        for steps, reads, outputs in zip(self.layers, self.reads, written, strict=True):
            layers = [self.counted.layers[step] for step in steps]
            inputs = sum(self.bytes_of(key, elements) for key, elements in reads.items())
            weights = sum(map(weights_read, layers))
            macs = sum(layer.macs for layer in layers)
            yield FusedOperator(tuple(steps), macs, (inputs + outputs) * batch, weights)

    def bytes_of(self, key: Key, elements: int) -> int:
        """The bytes of some elements of a value."""
        network = self.counted.network
        types = network.nodes[key[0]].dtype if key[0] >= 0 else network.types
        return packed_bytes(elements, types.activations)


def weights_read(layer: CountedLayer) -> int:
    """The bytes of the weights that a layer reads; those of a norm can be folded into others."""
    node = layer.node
    return 0 if node.layer.category == "norm" else packed_bytes(layer.params, node.dtype.weights)
