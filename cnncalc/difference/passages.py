"""How a layer reads values whose elements are moved later, so that they need not be moved before.

Most layers work along some axes, and do the same at each position of the others, whose order does
not matter.  Operands of a join only have to be in one order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..importers.compositions import joined, size_of, whole
from ..layers import FAMILIES
from ..layers.field import Arguments
from ..layers.layer import Layer
from ..named_tuple import NamedTuple
from ..network import Node
from ..problem import Refusal
from ..shape import Shape
from .moved_values import (
    Layout,
    MovedAxes,
    MovedValue,
    axis_of,
    grouped,
    layout_along,
    place_of,
    relaid,
)

ALONG_AXES = frozenset(
    ("softmax", "log_softmax", "layernorm", "linear", "chunk", "slice", "select")
) | frozenset(FAMILIES["reduce"])
"""The kinds that work along their argument `axis`."""

ALONG_CHANNELS = frozenset(
    (
        *("bn", "groupnorm", "instancenorm", "rmsnorm", "grn", "lrn", "l2norm", "scale"),
        *("prelu", "glu", "squash", "global_avgpool", "global_maxpool"),
    )
)
"""The kinds that work along the channels, whatever the order of the positions."""

POINTWISE = frozenset(("dropout", "droppath"))
"""Kinds of layers that work on each element, apart from activation functions."""

RESTATED = frozenset(("linear", *FAMILIES["reduce"]))
"""The kinds that may state in several ways what becomes of the axes."""

RECURRENT = frozenset(FAMILIES["recurrent"])
"""The kinds that carry a state along one axis, and work on the channels."""

ELEMENTWISE = frozenset(("add", "sub", "mul", "div", "max"))


class Passage(NamedTuple):
    """A layer as it reads moved values: its inputs, and the axes of its outputs there."""

    layer: Layer
    inputs: tuple[MovedValue, ...]
    axes: tuple[MovedAxes, ...]


def passage_of(node: Node, inputs: Sequence[MovedValue]) -> Passage:
    """The passage of a layer, which has its inputs moved before it if their order matters."""
    is_moved = not all(value.is_plain for value in inputs)
    if is_moved or node.layer.kind in RESTATED:
        found = moved_passage(node, inputs)
        for passage in () if found is None else (found, with_positions(found)):
            if is_accepted(passage):
                return passage
    return Passage(node.layer, tuple(inputs), tuple([whole(shape).axes for shape in node.shapes]))


def with_positions(passage: Passage) -> Passage:
    """With series of one position in place of vectors."""
    inputs = [
        value.with_axes((*value.axes, ())) if len(value.axes) == 1 else value
        for value in passage.inputs
    ]
    return passage._replace(inputs=tuple(inputs))


def is_accepted(passage: Passage) -> bool:
    """Whether the layer takes such inputs."""
    shapes = tuple([value.shape for value in passage.inputs])
    try:
        passage.layer.check_inputs(shapes)
        passage.layer.check(*shapes)
        passage.layer.output(*shapes)
    except Refusal:
        return False
    return True


def moved_passage(node: Node, inputs: Sequence[MovedValue]) -> Passage | None:
    layer: Any = node.layer
    kind = layer.kind
    if kind in ELEMENTWISE:
        return element_wise(layer, node.shape, inputs)
    if kind == "concat":
        return in_sequence(layer, node.shape, inputs)
    if kind == "attention":
        return attention(layer.canonical(*node.input_shapes), inputs)
    if len(inputs) != 1:
        return None
    [x], [shape] = inputs, node.input_shapes
    canonical = layer.canonical(shape)
    if kind in POINTWISE or is_pointwise(canonical, shape):
        return Passage(canonical, (x.plain,), (x.axes,))
    if kind == "roll":
        return rolled(canonical, x)
    if kind == "crop":
        return cropped(layer, x)
    if kind == "pad":
        return padded(layer, x)
    if kind in RECURRENT:
        return along_time(layer, x)
    if kind == "linear" and layer.is_on_vector(shape):
        return on_vector(layer, x)
    if kind not in ALONG_AXES and kind not in ALONG_CHANNELS:
        return None
    axes = axes_of(layer)
    if not axes:
        return None
    is_single = not isinstance(getattr(layer, "axis", None), tuple)
    layout = layout_along(x, axes, is_single=is_single, is_first=kind in ALONG_CHANNELS)
    return None if layout is None else along(layer, node, axes, layout)


def is_pointwise(layer: Layer, x: Shape) -> bool:
    """Whether a layer has one function for all elements."""
    return layer.is_in_place(x) and sum(one.elements for one in layer.weights(x).values()) < 2


def axes_of(layer: Any) -> tuple[int, ...]:
    """The axes along which a layer works; empty if it works on each element in its own way."""
    if getattr(layer, "per_element", False):
        return ()
    axis = getattr(layer, "axis", None) or 0
    return axis if isinstance(axis, tuple) else (axis,)


# Layers of one input


def along(layer: Any, node: Node, axes: Sequence[int], layout: Layout) -> Passage:
    """A layer that works along some axes, along those of what it reads."""
    moved = layer.with_arguments(**arguments_along(layer, layout))
    [before] = node.input_shapes
    if len(node.shape) == len(before):
        found = [resized(layout, before, after) for after in node.shapes]
        return Passage(moved, (layout.read,), tuple(found))
    kept = tuple([part for axis, part in enumerate(layout.axes) if axis not in axes])
    if layer.kind == "select":
        kept = without_axis(kept, layout.own[0])
    return Passage(moved, (layout.read,), (kept,))


def arguments_along(layer: Any, layout: Layout) -> Arguments:
    """The arguments of a layer along the own axes of a layout.

    A reduction keeps them, and `linear` has none where that is the channels.
    """
    own, shape = layout.own, layout.read.shape
    if layer.kind in FAMILIES["reduce"]:
        return {"axis": own, "keep": True}
    if layer.kind == "linear":
        is_usual = own == (0,) and (len(shape) < 3 or shape.positions == 1)
        return {"axis": None if is_usual else own[0]}
    if layer.kind in ALONG_CHANNELS:
        return {}
    return {"axis": own if isinstance(layer.axis, tuple) else own[0]}


def resized(layout: Layout, before: Shape, after: Shape) -> MovedAxes:
    """The axes of an output, by those of a layout: one of another size is one of its own axes."""
    return tuple(
        part if size == old else axis_of(layout.own[0], size)
        for part, size, old in zip(layout.axes, after, before, strict=True)
    )


def without_axis(axes: MovedAxes, removed: int) -> MovedAxes:
    """Axes of a value that does not have one of its axes any more."""
    return tuple(
        tuple([factor._replace(axis=factor.axis - (factor.axis > removed)) for factor in part])
        for part in axes
    )


def rolled(layer: Any, x: MovedValue) -> Passage | None:
    """A roll along some axes, if each is one of the value."""
    axes = layer.axis or ()
    own = x.whole_axes(axes)
    if own is None or any(len(x.axes[axis]) != 1 for axis in axes):
        return None
    return Passage(layer.with_arguments(axis=own), (x.plain,), (x.axes,))


def cropped(layer: Any, x: MovedValue) -> Passage | None:
    """A crop of a value whose spatial axes alone are in another order."""
    own = x.whole_axes(range(len(x.axes)))
    if own is None or any(len(axis) != 1 for axis in x.axes) or own[0] != 0:
        return None
    order = sorted(range(len(layer.size)), key=own[1:].__getitem__)
    size, offset = (tuple([sizes[axis] for axis in order]) for sizes in (layer.size, layer.offset))
    sizes = (x.shape[0], *layer.size)
    axes = tuple([axis_of(*axis) for axis in zip(own, sizes, strict=True)])
    return Passage(layer.with_arguments(size=size, offset=offset), (x.plain,), (axes,))


def padded(layer: Any, x: MovedValue) -> Passage | None:
    """A pad of axes that are those of the value."""
    own = x.own
    amounts = {axis: pair for axis, pair in layer.amounts(x.shape).items() if any(pair)}
    if not own.keys() >= amounts.keys():
        return None
    found = {own[axis]: pair for axis, pair in amounts.items()}
    axes = [
        axis_of(own[place], size_of(axis) + sum(amounts[place])) if place in amounts else axis
        for place, axis in enumerate(x.axes)
    ]
    return Passage(layer.with_amounts(found, x.value.shape), (x.plain,), (tuple(axes),))


def along_time(layer: Any, x: MovedValue) -> Passage | None:
    """A recurrent layer whose axis of time is one of the value, and the channels are its own."""
    own = x.own
    if own.get(0) != 0 or layer.time_axis not in own:
        return None
    states = axis_of(0, layer.output(x.shape).channels)
    moved = layer.with_arguments(axis=own[layer.time_axis]).canonical(x.value.shape)
    return Passage(moved, (x.plain,), ((states, *x.axes[1:]),))


def on_vector(layer: Layer, x: MovedValue) -> Passage:
    """A layer that takes all elements as one vector."""
    channels = joined([factor for part in x.axes for factor in part])
    is_value = channels == whole(x.value.shape).axes[0]
    read = x.plain if is_value else x.with_axes((channels,))
    return Passage(layer, (read,), ((axis_of(0, layer.output(read.shape)[0]),),))


def attention(layer: Any, inputs: Sequence[MovedValue]) -> Passage | None:
    """Attention between all positions, or to all positions of a source, or along some axes."""
    if layer.rel_bias:
        return None
    if layer.window:
        return windowed_attention(layer, inputs[0]) if len(inputs) == 1 else None
    if layer.axes != "all":
        return axial_attention(layer, inputs[0]) if len(inputs) == 1 else None
    layouts = [layout_along(value, (0,), is_single=True, is_first=True) for value in inputs]
    found = [layout for layout in layouts if layout is not None]
    if len(found) < len(layouts):
        return None
    return Passage(layer, tuple([layout.read for layout in found]), (found[0].axes,))


def axial_attention(layer: Any, x: MovedValue) -> Passage | None:
    """Attention along some axes: those of the value, or one that has all of their positions."""
    attended = x.whole_axes(layer.axes)
    if attended and x.whole_axes((0,)) == (0,):
        return Passage(layer.with_arguments(axes=tuple(sorted(attended))), (x.plain,), (x.axes,))
    positions = [factor for axis in layer.axes for factor in x.axes[axis]]
    own = [x.axes[0], tuple(sorted(positions, key=place_of))]
    if not all(own):
        return None
    layout = grouped(x, own, is_first=True)
    return Passage(layer.with_arguments(axes=(1,)), (layout.read,), (layout.axes,))


def windowed_attention(layer: Any, x: MovedValue) -> Passage | None:
    """Attention in windows, if each axis is one of the value."""
    own = x.own
    if own.get(0) != 0 or len(own) < len(x.value.shape):
        return None
    window = dict(zip([own[axis] for axis in range(1, len(own))], layer.window, strict=True))
    moved = layer.with_arguments(window=tuple([size for _, size in sorted(window.items())]))
    return Passage(moved, (x.plain,), (x.axes,))


# Joins


def element_wise(layer: Layer, shape: Shape, inputs: Sequence[MovedValue]) -> Passage | None:
    """An operation on each element: in the order of an operand that has all axes."""
    wide = [
        value.with_axes((*value.axes, *((),) * (len(shape) - 1))) if len(value.axes) == 1 else value
        for value in inputs
    ]
    leads = [value for value in wide if value.shape == shape]
    if not leads:
        return None
    lead = min(leads, key=lambda value: lead_key(value.value.shape, value.axes))
    rank = len(lead.value.shape)
    found = [relaid(value, lead.axes, rank) for value in wide]
    placed = [as_vector(value) for value in found if value is not None]
    return Passage(layer, tuple(placed), (lead.axes,)) if len(placed) == len(found) else None


def lead_key(shape: Shape, axes: MovedAxes) -> tuple[int, Shape, MovedAxes]:
    """A sort key of operands: the most axes first, whatever the order of the operands is."""
    return -len(shape), shape, axes


def as_vector(value: MovedValue) -> MovedValue:
    """An operand; of one with channels alone, the vector or the map of one position itself."""
    plain = whole(value.value.shape).axes
    is_vector = value.axes[0] == plain[0] and not any((*value.axes[1:], *plain[1:]))
    return value.with_axes(plain) if is_vector else value


def in_sequence(layer: Any, shape: Shape, inputs: Sequence[MovedValue]) -> Passage | None:
    """Operands one after the other along an axis."""
    axis = layer.axis
    layouts = [layout_along(value, (axis,), is_single=True, is_first=False) for value in inputs]
    leads = [layout for layout in layouts if layout is not None]
    if not leads:
        return None
    lead = min(leads, key=lambda layout: lead_key(shape_but(layout), layout.axes))
    rank = len(lead.read.axes)
    found = [relaid(value, lead.axes, rank, axis) for value in inputs]
    placed = [value for value in found if value is not None]
    if len(placed) < len(found):
        return None
    own = axis_of(lead.own[0], shape[axis])
    axes = (*lead.axes[:axis], own, *lead.axes[axis + 1 :])
    return Passage(layer.with_arguments(axis=lead.own[0]), tuple(placed), (axes,))


def shape_but(layout: Layout) -> Shape:
    """The sizes of a layout except along its own axis, along which operands differ."""
    return layout.read.shape.with_axis(layout.own[0], 1)
