"""Layers that move elements, as late as possible, and zeros around an input as padding.

A reshape or a permute before a layer for which the order of positions does not matter may as well
be after it.  So the layers of two networks that state this in different places become equal: the
moves are where a layer depends on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..engine.analysis import Analysis, LayerAnalysis
from ..importers.compositions import MOVING, Composition, moves, whole
from ..importers.shuffling import SHUFFLES, shuffle_between, shuffled
from ..layers import layer_class
from ..layers.layer import Layer
from ..network import Node, Value
from ..shape import Shape
from .merged_padding import PADDED, amounts_of, before_pad, with_padding
from .moved_values import MovedAxes, MovedValue
from .passages import Passage, passage_of

MOVED_KINDS = MOVING | SHUFFLES.keys()
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
        window = node.layer if node.layer.kind in PADDED else layer
        if window.kind in PADDED:
            node, inputs = self.without_pads(node, window, inputs)
        self.place(index, passage_of(node, inputs), inputs)

    def without_pads(
        self, node: Node, window: Layer, inputs: Sequence[MovedValue]
    ) -> tuple[Node, list[MovedValue]]:
        """A node as a window with the padding of the pads before it, and its inputs without them.

        It is unchanged if there are none.
        """
        x, *others = inputs
        while (pad := self.source(x.value)) is not None and pad.layer.kind == "pad":
            amounts, before = amounts_of(pad, x), before_pad(pad, x)
            source = self.source(before.value)
            kind = "" if source is None else source.layer.kind
            padded = None if amounts is None else with_padding(window, before, amounts, kind)
            if padded is None:
                break
            x, window, shapes = before, padded, (before.shape, *node.input_shapes[1:])
            node = node._replace(layer=window, input_shapes=shapes)
        return node, [x, *others]

    def source(self, value: Value) -> Node | None:
        """The layer that a value is of; None for an input."""
        return self.layers[value.node].node if value.node >= 0 else None

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
    if node.layer.kind in SHUFFLES:
        [number] = node.layer.arguments().values()
        found = shuffled(composition, node.layer.kind, number)
    else:
        found = composition.reshaped(node.shape)
    return found and found.axes


def moved_nodes(node: Node, moved: MovedValue, number: int) -> Iterator[Node]:
    """The layers that move a value, of which the first has a number."""
    value = moved.value
    for layer, shape in moving_layers(value.shape, moved):
        yield node._replace(layer=layer, inputs=(value,), input_shapes=(value.shape,), shape=shape)
        value = Value(number, None, shape)
        number += 1


def moving_layers(x: Shape, moved: MovedValue) -> Iterator[tuple[Layer, Shape]]:
    """The layers from a shape to moved axes, with the shapes of their outputs."""
    steps = list(moves(x, moved.axes))
    shuffle = shuffle_between(x, moved.shape, moved.axes) if len(steps) > 1 else None
    if shuffle is not None:
        yield layer_class(shuffle.kind)(**shuffle.arguments), moved.shape
        return
    for kind, argument, sizes in steps:
        shape = Shape(sizes)
        is_permute = kind == "permute"
        yield layer_class("permute")(order=argument) if is_permute else to(shape, x), shape
        x = shape


def to(shape: Shape, x: Shape) -> Layer:
    """The layer for other sizes that files have most."""
    if len(shape) == 1:
        return layer_class("flatten")()
    if len(shape) == 2 and len(x) in (3, 4) and shape[0] == x[0]:
        return layer_class("tokens")()
    return layer_class("reshape")(shape=tuple(shape))
