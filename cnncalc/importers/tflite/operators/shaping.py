"""Operators that move, join, split and drop axes and positions, and reductions."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from ....sketch import SketchValue
from ...axes import BATCH, TensorView, reshaped, standard
from ...builder import LayerArguments
from ...errors import InvalidModelFile, Unsupported
from ...operands import aligned, in_single_axes, with_axes
from ...parts import along, selected, sliced
from ...reshaping import reshaped_view
from ..context import TfliteContext, channels_last, is_counted, view_sizes

# Sizes and order


def reshape(net: TfliteContext) -> list[TensorView]:
    """RESHAPE, SQUEEZE and EXPAND_DIMS: the sizes after it are in the file."""
    return [with_sizes(net, net.view(), net.sizes(), net.output().sizes)]


def with_sizes(
    net: TfliteContext, view: TensorView, before: tuple[int, ...], after: tuple[int, ...]
) -> TensorView:
    """A tensor with other sizes and the same elements in the same order.

    The order of a vector is not followed: the layer before or after it has a weight for each
    element.  Raises Unsupported if the sizes are of other elements.
    """
    if prod(before) != prod(after) or min(after, default=0) < 1:
        raise Unsupported(f"sizes of other elements, or of a single number: {after} for {before}")
    if before != view_sizes(view, net.batch):
        raise Unsupported(f"a tensor of other sizes than {before}")
    is_batched = bool(after) and bool(view.axes) and view.axes[0] == (BATCH,)
    if is_batched and after[0] == net.batch and BATCH not in sum(view.axes[1:], ()):
        if len(after) == 2:
            value = reshaped(net.builder, view.value, (view.shape.elements,))
            return TensorView(value, channels_last(2))
        if len(view.shape) == 1 and len(after) > 2:
            value = reshaped(net.builder, view.value, (after[-1], *after[1:-1]))
            return TensorView(value, channels_last(len(after)))
    return reshaped_view(net.builder, view, before, after, net.batch)


def transpose(net: TfliteContext) -> list[TensorView]:
    view, order = net.view(), net.integers(1)
    if sorted(order) != list(range(view.rank)):
        raise InvalidModelFile("TRANSPOSE has an invalid order of axes")
    return [view.permuted(order)]


# Parts


def concatenation(net: TfliteContext) -> list[TensorView]:
    """Tensors one after the other along an axis; constants among them are learned."""
    places = range(len(net.operator.inputs))
    first = next((place for place in places if not net.is_stored(place)), 0)
    lead = in_single_axes(net.builder, net.view(first))
    axis = axis_of(net.operator.option("axis"), lead.rank)
    views = [
        stored_part(net, place, lead, axis)
        if net.is_stored(place)
        else in_single_axes(net.builder, net.view(place))
        for place in places
    ]
    return [joined(net, views, axis)]


def stored_part(net: TfliteContext, place: int, lead: TensorView, axis: int) -> TensorView:
    """A constant that is joined with others: a class token, or zeros.

    Raises Unsupported for one that has other sizes than the rest of what is joined.
    """
    sizes, tensor = list(view_sizes(lead, net.batch)), net.tensor(place)
    if len(tensor.sizes) != len(sizes):
        raise Unsupported("a constant of other sizes among what is joined")
    sizes[axis] = tensor.sizes[axis]
    if tuple(sizes) != tensor.sizes:
        raise Unsupported("a constant of other sizes among what is joined")
    shape = list(lead.shape)
    shape[lead.axis(axis)] = tensor.sizes[axis]
    arguments: LayerArguments = {"shape": tuple(shape)}
    if not is_counted(tensor) or net.number(place) in net.constants:
        return lead.with_value(net.add("constant", arguments, []))
    return lead.with_value(net.add("weight", arguments, [], net.owned((place,))))


def joined(net: TfliteContext, views: Sequence[TensorView], axis: int) -> TensorView:
    from .elementwise import activated

    lead = net.completed(views[0])
    values = [lead.value, *(aligned(net.builder, view, lead) for view in views[1:])]
    if len(values) == 1:
        return lead
    value = net.add("concat", {"axis": lead.axis(axis)}, values)
    return activated(net, lead.with_value(value))


def pack(net: TfliteContext) -> list[TensorView]:
    """Tensors one after the other along a new axis."""
    count = len(net.operator.inputs)
    if any(net.is_stored(place) for place in range(count)):
        raise Unsupported("a constant among what is joined")
    views = [in_single_axes(net.builder, net.view(place)) for place in range(count)]
    axis = axis_of(net.operator.option("axis"), views[0].rank + 1)
    wider = [view._replace(axes=(*view.axes[:axis], (), *view.axes[axis:])) for view in views]
    if count == 1:
        return wider
    return [joined(net, [with_axes(net.builder, view, [axis]) for view in wider], axis)]


def unpack(net: TfliteContext) -> list[TensorView]:
    view = net.view()
    axis = axis_of(net.operator.option("axis"), view.rank)
    if view.is_batch(axis):
        raise Unsupported("parts of the batch")
    return [selected(net.builder, view, axis, place) for place in range(len(net.operator.outputs))]


def split(net: TfliteContext) -> list[TensorView]:
    """SPLIT, whose axis is the first input, and SPLIT_V, where it is the last one."""
    is_equal = net.operator.kind == "SPLIT"
    view, given = net.view(1 if is_equal else 0), net.integers(0 if is_equal else 2)
    axis = axis_of(given[0] if given else 0, view.rank)
    view, own = along(net.builder, view, axis)
    count = len(net.operator.outputs)
    parts = [net.output(place).sizes[axis] for place in range(count)]
    if count == 1:
        return [view]
    is_even = len(set(parts)) == 1
    arguments: LayerArguments = {"parts": count if is_even else tuple(parts), "axis": own}
    return [view.with_value(value) for value in net.builder.add_parts(arguments, view.value)]


def axis_of(axis: int, rank: int) -> int:
    """An axis counted from the start.  Raises InvalidModelFile if there is none."""
    if not -rank <= axis < rank:
        raise InvalidModelFile(f"an axis {axis} of a tensor with {rank}")
    return axis % rank


def slice_(net: TfliteContext) -> list[TensorView]:
    """SLICE: a start and a size for each axis; -1 is up to the end."""
    view, starts = net.view(), net.integers(1)
    sizes = net.output().sizes
    if len(starts) != view.rank or len(sizes) != view.rank:
        raise InvalidModelFile("SLICE has other numbers of axes than its input")
    for axis, (start, size, whole) in enumerate(zip(starts, sizes, net.sizes(), strict=True)):
        view = part_of(net, view, axis, range(start, start + size), whole)
    return [view]


def strided_slice(net: TfliteContext) -> list[TensorView]:
    """STRIDED_SLICE: some positions of each axis, and axes that are dropped."""
    view = net.view()
    ranges, dropped = strided_ranges(net, view.rank)
    for axis, (found, size) in enumerate(zip(ranges, net.sizes(), strict=True)):
        view = part_of(net, view, axis, found, size)
    return [without_axes(net, view, dropped)]


def strided_ranges(net: TfliteContext, rank: int) -> tuple[list[range], list[int]]:
    """The positions of each axis that a STRIDED_SLICE takes, and the axes that it drops.

    It is as in Python: bits of the masks say that a start or an end is not given.  Raises
    Unsupported for new axes.
    """
    option = net.operator.option
    if option("ellipsis_mask") or option("new_axis_mask"):
        raise Unsupported("a slice with new axes")
    starts, ends, steps = net.integers(1), net.integers(2), net.integers(3)
    if not len(starts) == len(ends) == len(steps) <= rank or 0 in steps:
        raise InvalidModelFile("STRIDED_SLICE has other numbers of axes than its input")
    ranges, dropped = [range(size) for size in net.sizes()], []
    for axis, (start, end, step) in enumerate(zip(starts, ends, steps, strict=True)):
        bit = 1 << axis
        size = len(ranges[axis])
        if option("shrink_axis_mask") & bit:
            dropped.append(axis)
            start, end, step = start % max(size, 1), start % max(size, 1) + 1, 1
        first = None if option("begin_mask") & bit else start
        last = None if option("end_mask") & bit and axis not in dropped else end
        ranges[axis] = ranges[axis][slice(first, last, step)]
    return ranges, dropped


def part_of(
    net: TfliteContext, view: TensorView, axis: int, places: range, size: int
) -> TensorView:
    """Some positions of an axis.  Raises Unsupported for parts of the batch and for reversals."""
    if places == range(size):
        return view
    if not view.own_axes(axis) or places.step < 1 or not places:
        raise Unsupported("a slice of the batch, of nothing, or in reverse order")
    view, own = along(net.builder, view, axis)
    return sliced(net.builder, view, own, places.start, places[-1] + 1, places.step)


def without_axes(net: TfliteContext, view: TensorView, dropped: Sequence[int]) -> TensorView:
    """The tensor without some axes, each of size 1."""
    for axis in reversed(dropped):
        if view.is_batch(axis):
            raise Unsupported("a part of the batch")
        view = selected(net.builder, view, axis, 0)
    return view


def gather(net: TfliteContext) -> list[TensorView]:
    """GATHER with constant indices: one of them, or some in order."""
    view, indices = net.view(), net.integers(1)
    axis = axis_of(net.operator.option("axis"), view.rank)
    if net.operator.option("batch_dims") or view.is_batch(axis) or not indices:
        raise Unsupported("indices along the batch")
    if len(net.sizes(1)) == 0:
        return [selected(net.builder, view, axis, indices[0])]
    view, own = along(net.builder, view, axis)
    return [net.applied("select", {"index": indices, "axis": own}, view)]


def tile(net: TfliteContext) -> list[TensorView]:
    """TILE and BROADCAST_TO: axes of size 1 that are repeated."""
    view = in_single_axes(net.builder, net.view())
    sizes = net.output().sizes
    view = net.completed(view.widened(len(sizes)))
    shape = list(view.shape)
    for axis, size in enumerate(sizes):
        if view.is_batch(axis) or not view.axes[axis]:
            continue
        own = view.axis(axis)
        if view.shape[own] not in (1, size):
            raise Unsupported("copies of more than one position")
        shape[own] = size
    if tuple(shape) == view.shape:
        return [view]
    return [net.applied("expand", {"shape": tuple(shape)}, view)]


# Reductions

REDUCTIONS = {"MEAN": "reduce_mean", "SUM": "reduce_sum", "REDUCE_MAX": "reduce_max"}


def reduction(net: TfliteContext) -> list[TensorView]:
    """Along some axes; the mean of all positions is global pooling."""
    view = in_single_axes(net.builder, net.view())
    axes = sorted({axis_of(axis, view.rank) for axis in net.integers(1)})
    keeps = bool(net.operator.option("keep_dims"))
    own = sorted(view.axis(axis) for axis in axes if view.axes[axis])
    if any(view.is_batch(axis) for axis in axes):
        raise Unsupported("a reduction of the batch")
    is_global = net.operator.kind in ("MEAN", "REDUCE_MAX") and len(view.shape) > 1
    if is_global and own == list(range(1, len(view.shape))):
        kind = "global_avgpool" if net.operator.kind == "MEAN" else "global_maxpool"
        return [reduced(net, view, net.add(kind, {}, [view.value]), axes, keeps=keeps)]
    arguments: LayerArguments = {"axis": own[0] if len(own) == 1 else tuple(own), "keep": True}
    value = net.add(REDUCTIONS[net.operator.kind], arguments, [view.value])
    return [reduced(net, view, value, axes, keeps=keeps)]


def reduced(
    net: TfliteContext, view: TensorView, value: SketchValue, axes: Sequence[int], *, keeps: bool
) -> TensorView:
    """A value with size 1 on some axes, as a tensor with these axes or without them."""
    result = view.with_value(value)
    if keeps:
        return result
    kept = tuple(entry for axis, entry in enumerate(result.axes) if axis not in axes)
    is_joined = any(len(entry) > 1 for entry in kept)
    if is_joined or set(kept) <= {(BATCH,), ()}:
        return TensorView(value, kept)  # until the axes in one come apart again
    if kept == ((BATCH,), (0,)):
        flat = reshaped(net.builder, value, (value.shape[0],))
        return TensorView(flat, kept)
    return standard(net.builder, TensorView(value, kept))


FUNCTIONS = {
    **dict.fromkeys(("RESHAPE", "SQUEEZE", "EXPAND_DIMS"), reshape),
    "TRANSPOSE": transpose,
    "CONCATENATION": concatenation,
    "PACK": pack,
    "UNPACK": unpack,
    **dict.fromkeys(("SPLIT", "SPLIT_V"), split),
    "SLICE": slice_,
    "STRIDED_SLICE": strided_slice,
    "GATHER": gather,
    **dict.fromkeys(("TILE", "BROADCAST_TO"), tile),
    **dict.fromkeys(REDUCTIONS, reduction),
}
