"""Layers that give the same elements other axes, add positions or remove some."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from ....sketch import SketchArgument
from ...axes import BATCH, TensorView, channels_at, in_order, reshaped
from ...errors import Unsupported
from ...operands import with_axes
from ...program import TensorSizes
from ...reshaping import reshaped_view
from ...rewrites import compact
from ..context import LayerCall
from .windows import image


def flatten(call: LayerCall) -> TensorView:
    return flattened(call, call.view)


def flattened(call: LayerCall, view: TensorView) -> TensorView:
    """All axes after the batch as one.

    The order of a vector is not followed: the layer after it has a weight for each element.
    """
    if view.own_axes(0):
        order = [axis for axis in range(1, view.rank) if view.own_axes(axis)]
        joined = tuple(entry for axis in order for entry in view.axes[axis])
        merged = TensorView(view.value, (view.axes[0], joined))
        return in_order(call.builder, merged, [1, 0])
    value = view.value if view.shape.positions == 1 else None
    if value is None:
        value = reshaped(call.builder, view.value, (view.shape.elements,))
    return TensorView(value, ((BATCH,), (0,)))


def reshape(call: LayerCall) -> TensorView:
    target = call.config.integers("target_shape")
    return with_sizes(call, call.view, (call.sizes(call.view)[0], *target))


def with_sizes(call: LayerCall, view: TensorView, target: TensorSizes) -> TensorView:
    """The tensor with other sizes, of which one may be -1."""
    before = call.sizes(view)
    after = completed(call, before, target)
    if len(after) == 2 and after[0] == before[0]:
        return flattened(call, view)
    if len(view.shape) == 1 and view.axes[0] == (BATCH,) and after[0] == before[0]:
        return from_vector(call, view, after[1:])
    return reshaped_view(call.builder, view, before, after, call.state.batch)


def completed(call: LayerCall, before: TensorSizes, target: TensorSizes) -> TensorSizes:
    """Sizes without -1.  Raises InvalidModelFile if they are of other elements."""
    known = prod(size for size in target if size != -1)
    open_axes = [axis for axis, size in enumerate(target) if size == -1]
    total = prod(before)
    if len(open_axes) > 1 or known < 1 or total % known:
        raise call.config.wrong("target_shape", "a shape of as many elements")
    sizes = tuple(total // known if size == -1 else size for size in target)
    if prod(sizes) != total or min(sizes) < 1:
        raise call.config.wrong("target_shape", "a shape of as many elements")
    return sizes


def from_vector(call: LayerCall, view: TensorView, sizes: TensorSizes) -> TensorView:
    """A vector as a map, with the axis first that later layers take as the channels."""
    rank = len(sizes)
    channels = (call.channels - 1 if call.channels else rank - 1) % rank
    order = [channels, *(axis for axis in range(rank) if axis != channels)]
    large = [axis for axis in order if sizes[axis] != 1] or [channels]
    places = {axis: place for place, axis in enumerate(large)}
    value = reshaped(call.builder, view.value, [sizes[axis] for axis in large])
    axes = tuple((places[axis],) if axis in places else () for axis in range(rank))
    return TensorView(value, ((BATCH,), *axes))


def with_axis(view: TensorView, axis: int) -> TensorView:
    """The tensor with one more axis, of size 1."""
    return view._replace(axes=(*view.axes[:axis], (), *view.axes[axis:]))


def permute(call: LayerCall) -> TensorView:
    dims = call.config.integers("dims")
    if sorted(dims) != list(range(1, call.view.rank)):
        raise call.config.wrong("dims", "an order of the axes")
    return call.view.permuted([0, *dims])


def repeat_vector(call: LayerCall) -> TensorView:
    """A vector for each of some time steps: an `expand`."""
    view, steps = call.view, call.config.integer("n")
    if view.rank != 2:
        raise Unsupported("of a tensor that is not a vector")
    view = channels_at(call.builder, view, -1)
    if view.own_axes(0):
        raise Unsupported("of a series of vectors")
    wide = with_axes(call.builder, view._replace(axes=(view.axes[0], (), view.axes[1])), [1])
    channels = wide.shape.channels
    value = reshaped(call.builder, wide.value, (channels, 1))
    value = call.add("expand", {"shape": (channels, steps)}, [value])
    return TensorView(value, ((BATCH,), (1,), (0,)))


def zero_padding(call: LayerCall) -> TensorView:
    x = image(call)
    pairs = call.config.pairs("padding", x.axes)
    wide = [(0, 0)] * x.view.rank
    for axis, pair in zip(x.spatial, pairs, strict=True):
        wide[axis] = pair
    return padded(call, x.view, wide)


def padded(call: LayerCall, view: TensorView, pairs: Sequence[Sequence[int]]) -> TensorView:
    """Positions before and after each axis of a tensor."""
    found = {view.axis(axis): pair for axis, pair in enumerate(pairs) if any(pair)}
    if not found:
        return view
    axes = sorted(found)
    begin, end = (compact(tuple(found[axis][place] for axis in axes)) for place in (0, 1))
    arguments: dict[str, SketchArgument] = {"begin": begin}
    if end != begin:
        arguments["end"] = end
    if axes != list(range(1, len(view.shape))):
        arguments["axis"] = axes[0] if len(axes) == 1 else tuple(axes)
    return call.apply("pad", arguments, view)


def cropping(call: LayerCall) -> TensorView:
    x = image(call)
    pairs = call.config.pairs("cropping", x.axes)
    lead = x.view.shape[1 : 1 + x.lead]
    spatial = x.view.shape.spatial[x.lead :]
    sizes = [size - before - after for size, (before, after) in zip(spatial, pairs, strict=True)]
    if min(sizes) < 1 or min(before for before, _ in pairs) < 0:
        raise call.config.wrong("cropping", "less than the size of its input")
    offset = compact((*(0,) * x.lead, *(before for before, _ in pairs)))
    return call.apply("crop", {"size": compact((*lead, *sizes)), "offset": offset}, x.view)


KINDS = {
    "flatten": flatten,
    "reshape": reshape,
    "permute": permute,
    "pad": zero_padding,
}
CLASSES = {
    **dict.fromkeys(("Cropping1D", "Cropping2D", "Cropping3D"), cropping),
    "RepeatVector": repeat_vector,
}
