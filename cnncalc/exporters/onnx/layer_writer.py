"""Writes the nodes of one layer: what the functions of `layers` are given."""

from __future__ import annotations

from collections.abc import Sequence

from ...layers.layer import Layer
from ...network import Node
from ...onnx_format.messages import FROZEN
from ...problem import Error
from ...shape import Shape
from .graph import GraphWriter, NodeArgument, scope_of


class NoOperator(Error):
    """ONNX has no operators for a layer; the message says which property it lacks."""


class LayerWriter:
    """The nodes of one layer, in the scope of its path.

    `x` is the tensor of its first input, `inputs` are those of all.  `weights_path` is the path of
    its weights, which is that of the first layer that has them; `is_frozen` states that they are
    not trained.  `metadata` is written next to each node.
    """

    def __init__(
        self,
        graph: GraphWriter,
        node: Node,
        inputs: Sequence[str],
        weights_path: str,
        is_frozen: bool = False,
    ) -> None:
        self.graph = graph
        self.layer: Layer = node.layer
        self.shapes: tuple[Shape, ...] = node.input_shapes
        self.shape: Shape = node.shape
        self.outputs: tuple[Shape, ...] = node.outputs
        self.inputs = tuple(inputs)
        self.path = weights_path
        self.scope = scope_of(node.path)
        self.metadata = dict(FROZEN) if is_frozen else {}
        self.weight_shapes = node.layer.weights(*node.input_shapes)

    @property
    def x(self) -> str:
        return self.inputs[0]

    # Nodes

    def op(self, operator: str, *inputs: str, **attributes: NodeArgument) -> str:
        """A node with one output, whose name is returned.  An omitted input is ""."""
        return self.ops(operator, *inputs, count=1, **attributes)[0]

    def ops(
        self, operator: str, *inputs: str, count: int, **attributes: NodeArgument
    ) -> tuple[str, ...]:
        """A node with several outputs."""
        found = self.graph.node(operator, inputs, self.scope, (), count, attributes, self.metadata)
        if self.graph.batchless.issuperset(filter(None, inputs)):
            self.graph.batchless.update(found)
        return found

    def wholes(self, *numbers: int) -> str:
        """A constant vector of whole numbers."""
        return self.graph.wholes(numbers)

    def whole(self, number: int) -> str:
        """A constant whole number."""
        return self.graph.wholes(number)

    def number(self, value: float) -> str:
        """A constant number."""
        return self.graph.number(value)

    def filled(self, sizes: Sequence[int], value: float) -> str:
        """A constant tensor that is not learned."""
        return self.graph.filled(sizes, value, self.scope)

    # Weights

    def has(self, name: str) -> bool:
        return name in self.weight_shapes

    def weight(self, name: str, around: float = 0.0, sizes: Sequence[int] | None = None) -> str:
        """A learned tensor of the layer, with its own sizes or others."""
        wanted = self.weight_shapes[name] if sizes is None else sizes
        return self.graph.weight(f"{self.path}.{name}", wanted, 0.0, around)

    def own(self, name: str, sizes: Sequence[int], value: float = 0.0) -> str:
        """A tensor that is stored with the weights: a statistic of a norm, or a stack of weights.

        It is `value` everywhere if weights are zeros, and near it if they are random.
        """
        return self.graph.weight(f"{self.path}.{name}", sizes, value, value)

    def bias(self) -> tuple[str, ...]:
        """The bias as the last input of a node, if there is one."""
        return (self.weight("bias"),) if self.has("bias") else ()

    # Axes

    def is_batchless(self, name: str) -> bool:
        return name in self.graph.batchless

    def reshaped(self, x: str, *sizes: int) -> str:
        """Other axes after the batch."""
        return self.op("Reshape", x, self.wholes(0, *sizes))

    def per_channel(self, x: str, axes: int) -> str:
        """A vector of channels for values with so many axes after the batch."""
        if axes == 1:
            return x
        return self.op("Unsqueeze", x, self.wholes(*range(1, axes)))

    def per_rank(self, x: str, rank: int, axes: int) -> str:
        """A value with axes of size 1 at its end, so that it has so many after the batch."""
        if rank == axes:
            return x
        return self.op("Unsqueeze", x, self.wholes(*range(rank + 1, axes + 1)))

    def transposed(self, x: str, order: Sequence[int]) -> str:
        """The axes after the batch in another order."""
        if tuple(order) == tuple(range(len(order))):
            return x
        return self.op("Transpose", x, perm=(0, *(axis + 1 for axis in order)))
