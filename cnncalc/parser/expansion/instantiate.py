"""Making a layer for what enters it."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from typing import NamedTuple

from ...layers import layer_class
from ...layers.layer import Layer
from ...layers.parameter import LARGEST, show
from ...layers.parameter import Value as Datum
from ...problem import Refusal
from ...shape import Shape

MOST_AXES = 16


class Made(NamedTuple):
    """A layer made for what enters, with what it gives: the same for every like call."""

    layer: Layer
    shape: Shape
    pieces: tuple[Shape, ...]


def make(kind: str, given: dict[str, Datum], shapes: tuple[Shape, ...]) -> Made:
    """Make a layer for what enters it.  Raises Refusal where it cannot take it."""
    layer = layer_class(kind).make(given, shapes)
    shape = layer.output(*shapes)
    if min(shape) < 1:
        if hasattr(layer, "kernel"):
            raise Refusal(
                f"{kind} leaves nothing of {shapes[0]}: its kernel of {'x'.join(map(str, layer.kernel))} "
                "is larger than the padded input",
                argument="kernel",
            )
        raise Refusal(f"{kind} leaves nothing of {' and '.join(map(str, shapes))}: it would come to {show(tuple(shape))}")
    return Made(layer, bounded(shape), layer.pieces(*shapes))


def bounded(shape: Shape) -> Shape:
    """Refuse a value that nobody could compute, and whose numbers could not be printed."""
    if len(shape) > MOST_AXES:
        raise Refusal(f"a value has at most {MOST_AXES} axes, found {len(shape)}", rule="limit")
    if shape.elements > LARGEST:
        raise Refusal(f"a value has at most 10^15 elements, found {shape}", rule="limit")
    return shape
