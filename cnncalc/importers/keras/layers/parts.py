"""Operations that take parts of a tensor, or repeat it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from ...axes import TensorView
from ...errors import Unsupported
from ...operands import copied
from ...parts import along, filled_in, selected, sliced
from ..context import LayerCall, LayerResults, ViewArgument
from ..model import KerasEllipsis, KerasSlice
from .merging import concatenation
from .operation_arguments import TENSORFLOW, argument, dims_of, whole_numbers
from .positions import at_positions
from .shaping import with_axis


def get_item(call: LayerCall) -> TensorView:
    """`x[...]` with numbers, slices, None and an ellipsis."""
    view = call.view
    given = argument(call, ("slice_spec", "key"), 0)
    entries = list(given) if isinstance(given, list) else [given]
    dim = 0
    for entry in filled_in(entries, view.rank, KerasSlice(None, None, None), is_ellipsis):
        if entry is None:
            view = with_axis(view, dim)
            dim += 1
        elif isinstance(entry, KerasSlice):
            view = sliced_by(call, view, dim, entry.python)
            dim += 1
        elif isinstance(entry, int) and not isinstance(entry, bool):
            view = selected(call.builder, view, dim, position(call, view, dim, entry))
        else:
            raise Unsupported("an index that is not written in the file")
    return view


def is_ellipsis(entry: ViewArgument) -> bool:
    return isinstance(entry, KerasEllipsis)


def position(call: LayerCall, view: TensorView, dim: int, index: int) -> int:
    size = call.sizes(view)[dim]
    if not -size <= index < size or view.is_batch(dim):
        raise Unsupported("an index outside of its input")
    return index % size


def sliced_by(call: LayerCall, view: TensorView, dim: int, given: slice) -> TensorView:
    size = call.sizes(view)[dim]
    if given.step == 0:
        raise Unsupported("a slice without a step")
    start, stop, step = given.indices(size)
    if (start, stop, step) == (0, size, 1):
        return view
    positions = range(start, stop, step)
    if not positions:
        raise Unsupported("a slice of nothing")
    if step < 0:
        return at_positions(call, view, dim, positions)
    view, axis = along(call.builder, view, dim)
    return sliced(call.builder, view, axis, start, stop, step)


def split(call: LayerCall) -> LayerResults:
    """Equal parts, or parts that end at some positions (TensorFlow: of some sizes)."""
    view = call.view
    given = argument(call, ("indices_or_sections", "num_or_size_splits"), 0)
    axes = dims_of(call, view, argument(call, ("axis",), 1))
    parts = whole_numbers(given, "a number of parts")
    if not axes or not parts:
        raise Unsupported("parts along an axis that is not written in the file")
    view, axis = along(call.builder, view, axes[0])
    size = view.shape[axis]
    sizes = parts
    if not isinstance(given, list):
        if not 1 <= parts[0] <= MAX_PARTS or size % parts[0]:
            raise Unsupported("parts of different sizes, or too many")
        sizes = (size // parts[0],) * parts[0]
    elif call.layer.kind not in TENSORFLOW:
        ends = (0, *parts, size)
        sizes = tuple(end - start for start, end in pairwise(ends))
    if sum(sizes) != size or min(sizes) < 1:
        raise Unsupported("parts of nothing")
    count = len(sizes) if len(set(sizes)) == 1 else sizes
    values = call.builder.add_parts({"parts": count, "axis": axis}, view.value)
    return [view.with_value(value) for value in values]


def part(call: LayerCall) -> TensorView:
    """tf.slice: some positions of each axis from one on; -1 are all that follow."""
    view = call.view
    starts = whole_numbers(argument(call, ("begin",), 0), "a position")
    lengths = whole_numbers(argument(call, ("size",), 1), "a size")
    if not len(starts) == len(lengths) == view.rank or min(starts, default=0) < 0:
        raise Unsupported("a slice of other axes than its input has")
    for dim, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        stop = start + length if length >= 0 else None
        view = sliced_by(call, view, dim, slice(start, stop))
    return view


def unstack(call: LayerCall) -> LayerResults:
    """Each position of an axis."""
    view = call.view
    axes = dims_of(call, view, argument(call, ("axis",), 1) or 0)
    size = call.sizes(view)[axes[0]] if len(axes) == 1 else 0
    if not 0 < size <= MAX_REPEATS or view.is_batch(axes[0]):
        raise Unsupported("along an axis of too many positions")
    return [selected(call.builder, view, axes[0], index) for index in range(size)]


def tile(call: LayerCall) -> TensorView:
    """Copies along some axes, as `expand` or `concat`."""
    view = call.view
    sizes = call.sizes(view)
    times = whole_numbers(argument(call, ("multiples", "repeats"), 0), "a number of times")
    if len(times) != view.rank or min(times) < 1 or times[0] != 1:
        raise Unsupported("copies along the batch, or along other axes than its input has")
    after = tuple(size * count for size, count in zip(sizes, times, strict=True))
    return copied(call.builder, view, sizes, after)


def repeat(call: LayerCall) -> TensorView:
    """Each element some times along an axis: a `concat` of the value with itself."""
    view = call.view
    times = whole_numbers(argument(call, ("repeats",), 0), "a number of times")
    dim = dims_of(call, view, argument(call, ("axis",), 1))
    if len(times) != 1 or len(dim) != 1 or not 0 < times[0] <= MAX_REPEATS:
        raise Unsupported("repeats that are not one number along one axis")
    return concatenation(call, [view] * times[0], dim[0])


MAX_REPEATS = 100
MAX_PARTS = 10_000

OPERATIONS: dict[str, Callable[[LayerCall], Any]] = {
    "getitem": get_item,
    "split": split,
    "repeat": repeat,
    "slice": part,
    "unstack": unstack,
    "tile": tile,
}
"""By the name without underscores, in lower case."""
