"""Layers that move elements, as late as possible.

A reshape or a permute before a layer for which the order of positions does not matter may as well
be after it.  So the layers of two networks that state this in different places become equal: the
moves are where a layer depends on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..engine.analysis import Analysis, LayerAnalysis
from ..importers.compositions import MOVING, Composition, moves, whole
from ..layers import layer_class
from ..layers.layer import Layer
from ..network import Node, Value
from ..shape import Shape
from .moved_values import MovedAxes, MovedValue
from .passages import Passage, passage_of

MOVED_KINDS = MOVING | {"channel_shuffle"}
"""The kinds of layers whose output has the elements of their input."""

PlaceKey = tuple[int, int | None]
"""A layer and the part of its output."""


def with_late_moves(analysis: Analysis) -> Analysis:
    """An analysis with a reshape, a permute and a reshape, at most, where they are needed."""
    late = LateMoves(analysis)
    for index in range(len(analysis.layers)):
        late.add(index)
    return late.result()


class LateMoves:
    """The layers so far, and what each value of the network is of theirs."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.layers: list[LayerAnalysis] = []
        self.places: dict[PlaceKey, MovedValue] = {}
        self.made: dict[tuple[PlaceKey, MovedAxes, bool], Value] = {}

    def moved(self, value: Value) -> MovedValue:
        """What a value of the network is."""
        if value.node < 0:
            return MovedValue(value, whole(value.shape).axes)
        return self.places[value.node, value.part]

    def add(self, index: int) -> None:
        node = self.analysis.network.nodes[index]
        inputs = [self.moved(value) for value in node.inputs]
        layer = node.layer.canonical(*node.input_shapes)
        if layer.kind in MOVED_KINDS:
            found = after(node._replace(layer=layer), inputs[0].axes)
            if found is not None:
                self.places[index, None] = MovedValue(inputs[0].value, found, index)
                return
        self.place(index, passage_of(node, inputs), inputs)

    def place(self, index: int, passage: Passage, inputs: Sequence[MovedValue]) -> None:
        """Add a layer after the moves that it needs."""
        layer = self.analysis.layers[index]
        node = layer.node
        move = max((value.move for value in inputs if value.move is not None), default=None)
        values = [self.read(value, node.training_only, move) for value in passage.inputs]
        shapes = tuple([value.shape for value in values])
        outputs = passage.layer.outputs(*shapes)
        node = node._replace(
            layer=passage.layer,
            inputs=tuple(values),
            input_shapes=shapes,
            shape=passage.layer.output(*shapes),
            outputs=outputs,
        )
        self.layers.append(layer._replace(node=node))
        for part, axes in enumerate(passage.axes):
            number = part if outputs else None
            value = Value(len(self.layers) - 1, number, outputs[part] if outputs else node.shape)
            found = MovedValue(value, axes, move)
            is_first = move is None and not found.is_plain
            self.places[index, number] = found._replace(move=index) if is_first else found

    def read(self, moved: MovedValue, is_training: bool, move: int | None = None) -> Value:
        """The value with these axes, after layers that move it if need be.

        They are in place of its last move, or of another one for the layer that reads it.
        """
        value = moved.value
        if moved.is_plain:
            return value
        key = (value.node, value.part), moved.axes, is_training
        if key not in self.made:
            known = [index for index in (moved.move, move) if index is not None]
            origin = self.analysis.layers[max(known)]
            for node in moved_nodes(origin.node, moved, len(self.layers)):
                self.layers.append(moving(origin, node._replace(training_only=is_training)))
                value = Value(len(self.layers) - 1, None, node.shape)
            self.made[key] = value
        return self.made[key]

    def result(self) -> Analysis:
        network = self.analysis.network
        outputs = {
            name: self.read(self.moved(value), name in network.training_outputs)
            for name, value in network.outputs.items()
        }
        nodes = tuple([layer.node for layer in self.layers])
        network = network._replace(nodes=nodes, groups=(), outputs=outputs)
        return self.analysis._replace(network=network, layers=tuple(self.layers), groups=())


def moving(origin: LayerAnalysis, node: Node) -> LayerAnalysis:
    """The analysis of a layer that moves elements, in place of another one or after it."""
    free = origin._replace(weights={}, params=0, buffers=0, macs=0, flops=0, weight_bytes=0)
    return free._replace(node=node._replace(outputs=(), shared=None, weight_key=None))


def after(node: Node, axes: MovedAxes) -> MovedAxes | None:
    """The axes after a layer that moves; None if they are not parts of those before it."""
    composition = Composition(axes, ())
    if node.layer.kind == "permute":
        return composition.permuted(node.layer.arguments()["order"]).axes
    if node.layer.kind == "channel_shuffle":
        groups = node.layer.arguments()["groups"]
        split = (groups, node.shape[0] // groups, *node.shape[1:])
        swapped = (1, 0, *range(2, len(split)))
        parts = composition.reshaped(split)
        found = parts and parts.permuted(swapped).reshaped(node.shape)
    else:
        found = composition.reshaped(node.shape)
    return found and found.axes


def moved_nodes(node: Node, moved: MovedValue, number: int) -> Iterator[Node]:
    """The layers that move a value, of which the first has a number."""
    value = moved.value
    groups = shuffled_groups(moved)
    if groups:
        layer = layer_class("channel_shuffle")(groups=groups)
        shape = value.shape
        yield node._replace(layer=layer, inputs=(value,), input_shapes=(shape,), shape=shape)
        return
    for kind, argument, sizes in moves(value.shape, moved.axes):
        shape = Shape(sizes)
        is_permute = kind == "permute"
        layer = layer_class("permute")(order=argument) if is_permute else to(shape, value)
        yield node._replace(layer=layer, inputs=(value,), input_shapes=(value.shape,), shape=shape)
        value = Value(number, None, shape)
        number += 1


def shuffled_groups(moved: MovedValue) -> int:
    """The number of groups if the channels alone are moved, as `channel_shuffle` does; else 0."""
    plain = moved.plain.axes
    if len(moved.axes) != len(plain) or moved.axes[1:] != plain[1:] or len(moved.axes[0]) != 2:
        return 0
    inner, groups = moved.axes[0]
    is_swapped = (inner.stride, groups.stride) == (1, inner.size)
    is_whole = inner.axis == groups.axis == 0 and inner.size * groups.size == moved.shape[0]
    return groups.size if is_swapped and is_whole else 0


def to(shape: Shape, value: Value) -> Layer:
    """The layer for other sizes that files have most."""
    if len(shape) == 1:
        return layer_class("flatten")()
    if len(shape) == 2 and len(value.shape) in (3, 4) and shape[0] == value.shape[0]:
        return layer_class("tokens")()
    return layer_class("reshape")(shape=tuple(shape))
