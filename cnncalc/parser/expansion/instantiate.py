"""Making a layer for what enters it."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from typing import NamedTuple

from ...datum import Value as Datum
from ...datum import show
from ...layers import layer_class
from ...layers.layer import Layer
from ...limits import MAX_AXES, MAX_VALUE
from ...problem import Refusal
from ...shape import Shape


class Instance(NamedTuple):
    """A layer made for what enters, with what it gives: the same for every like call."""

    layer: Layer
    shape: Shape
    outputs: tuple[Shape, ...]


def instantiate(kind: str, given: dict[str, Datum], shapes: tuple[Shape, ...]) -> Instance:
    """Make a layer for what enters it.  Raises Refusal where it cannot take it."""
    layer = layer_class(kind).create(given, shapes)
    shape = layer.output(*shapes)
    if min(shape) < 1:
        if hasattr(layer, "kernel"):
            raise Refusal(
                f"{kind} leaves nothing of {shapes[0]}: its kernel of {'x'.join(map(str, layer.kernel))} "
                "is larger than the padded input",
                argument="kernel",
            )
        raise Refusal(
            f"{kind} leaves nothing of {' and '.join(map(str, shapes))}: it would come to {show(tuple(shape))}"
        )
    return Instance(layer, bounded(shape), layer.outputs(*shapes))


def bounded(shape: Shape) -> Shape:
    """Refuse a value that nobody could compute, and whose numbers could not be printed."""
    if len(shape) > MAX_AXES:
        raise Refusal(f"a value has at most {MAX_AXES} axes, found {len(shape)}", rule="limit")
    if shape.elements > MAX_VALUE:
        raise Refusal(f"a value has at most 10^15 elements, found {shape}", rule="limit")
    return shape
