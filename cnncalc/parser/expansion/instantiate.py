"""Layers for given inputs."""

from __future__ import annotations

from ...datum import Datum, show
from ...layers import layer_class
from ...layers.layer import Layer
from ...limits import MAX_AXES, MAX_VALUE
from ...named_tuple import NamedTuple
from ...problem import Refusal
from ...shape import Shape

FEW_TENSORS = 16
"""The learned tensors of an ordinary layer, at most: of two recurrent layers in two directions."""


class Instance(NamedTuple):
    """A layer for given input shapes, with its output shape (its output shapes, if several).

    `size` is what it costs beyond an ordinary layer: the number of its learned tensors, if they
    are many.
    """

    layer: Layer
    shape: Shape
    outputs: tuple[Shape, ...]
    size: int


def instantiate(kind: str, given: dict[str, Datum], shapes: tuple[Shape, ...]) -> Instance:
    """Make a layer with these arguments for these input shapes.

    Raises Refusal if the layer cannot have them.
    """
    layer = layer_class(kind).create(given, shapes)
    shape = layer.output(*shapes)
    if any(axis < 1 for axis in shape):
        raise empty_output(layer, shapes, shape)
    outputs = tuple(map(bounded, layer.outputs(*shapes)))
    tensors = len(layer.weights(*shapes)) if layer.has_many_weights else 0
    size = tensors if tensors > FEW_TENSORS else 0
    return Instance(layer, bounded(shape), outputs, size)


def empty_output(layer: Layer, shapes: tuple[Shape, ...], shape: Shape) -> Refusal:
    """The reason that the output of a layer is empty."""
    kind = layer.kind
    if hasattr(layer, "kernel"):
        kernel = "x".join(map(str, layer.kernel))
        message = f"the {kernel} kernel of {kind} is larger than its padded input {shapes[0]}"
        return Refusal(message, argument="kernel")
    inputs = " and ".join(map(str, shapes))
    return Refusal(f"the output of {kind} for {inputs} is empty: {show(tuple(shape))}")


def bounded(shape: Shape) -> Shape:
    """The shape itself.  Raises Refusal if a value of it is larger than MAX_VALUE elements."""
    if len(shape) > MAX_AXES:
        raise Refusal(f"a value has at most {MAX_AXES} axes, found {len(shape)}", rule="limit")
    if shape.elements > MAX_VALUE:
        raise Refusal(f"a value has at most 10^15 elements, found {shape}", rule="limit")
    return shape
