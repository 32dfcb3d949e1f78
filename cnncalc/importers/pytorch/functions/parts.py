"""Functions that take parts of a tensor: chunks, slices, single positions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...axes import BATCH, TensorView, separated
from ...errors import Unsupported
from ...parts import along, selected, sliced
from ...program import Operation, TensorRef
from ..arguments import dimensions, first_tensor, index_entries
from ..context import Derived, FunctionResults, LoweringContext, Tensor

MAX_CHUNK = 10_000  # of a part whose size a list states


def divisible(low: LoweringContext, view: TensorView, dim: int) -> TensorView:
    """The tensor, with a batch of 1 at the end of an axis in the next one.

    The axis is taken apart: a reshape of (3, 1, heads) to (3, heads) joins the batch and the heads.
    """
    entry = view.axes[dim]
    is_joined = len(entry) > 1 and entry[-1] == BATCH and dim + 1 < view.rank
    if low.program.batch > 1 or not is_joined:
        return view
    following = (BATCH, *view.axes[dim + 1])
    return view._replace(axes=(*view.axes[:dim], entry[:-1], following, *view.axes[dim + 2 :]))


def chunk(low: LoweringContext, op: Operation) -> FunctionResults:
    """chunk and split."""
    ref = first_tensor(op)
    view = low.view(ref)
    dim = op.argument(2, "dim", op.keywords.get("axis", 0)) % view.rank
    sizes = [sizes[dim] for sizes in op.results]
    if len(sizes) == 1:
        return view
    view, axis = along(low.builder, divisible(low, view, dim), dim)
    if len(set(sizes)) > 1 and max(sizes) > MAX_CHUNK:
        return slices(low, view, axis, sizes)
    parts = len(sizes) if len(set(sizes)) == 1 else tuple(sizes)
    values = low.builder.add_parts({"parts": parts, "axis": axis}, view.value)
    return [view.with_value(value) for value in values]


def slices(
    low: LoweringContext, view: TensorView, axis: int, sizes: Sequence[int]
) -> list[TensorView]:
    """Parts of these sizes as slices."""
    parts, start = [], 0
    for size in sizes:
        parts.append(sliced(low.builder, view, axis, start, start + size))
        start += size
    return parts


def unbind(low: LoweringContext, op: Operation) -> FunctionResults:
    ref = first_tensor(op)
    dim = dimensions(op.argument(1, "dim", 0), len(ref.sizes))[0]
    view = divisible(low, low.view(ref), dim)
    return [selected(low.builder, view, dim, index) for index in range(ref.sizes[dim])]


def select(low: LoweringContext, op: Operation) -> Tensor:
    ref = first_tensor(op)
    dim = dimensions(op.argument(1, "dim"), len(ref.sizes))[0]
    index = op.argument(2, "index") % ref.sizes[dim]
    return selected(low.builder, divisible(low, low.view(ref), dim), dim, index)


def narrow(low: LoweringContext, op: Operation) -> Tensor:
    view = low.view(first_tensor(op))
    dim, start, length = (op.argument(n, w) for n, w in enumerate(("dim", "start", "length"), 1))
    return sliced(low.builder, *along(low.builder, view, dim), start, start + length)


def slice_of(low: LoweringContext, op: Operation) -> Tensor:
    """slice of ATen: dim, start, end and step."""
    ref = first_tensor(op)
    dim = dimensions(op.argument(1, "dim", 0), len(ref.sizes))[0]
    given = slice(op.argument(2, "start"), op.argument(3, "end"), op.argument(4, "step"))
    return sliced_by(low, low.view(ref), dim, given, ref.sizes[dim])


def sliced_by(
    low: LoweringContext, view: TensorView, dim: int, given: slice, size: int
) -> TensorView:
    """A slice along an axis of the tensor, as Python writes it."""
    start, stop, step = given.indices(size)
    if (start, stop, step) == (0, size, 1):
        return view
    if step < 0:
        raise Unsupported("a slice backwards")
    view, axis = along(low.builder, divisible(low, view, dim), dim)
    return sliced(low.builder, view, axis, start, stop, step)


def indexed(low: LoweringContext, op: Operation) -> Tensor:
    """`x[...]` with numbers, slices, None and an ellipsis, or with one list of positions."""
    ref = first_tensor(op)
    if not isinstance(op.argument(0, "input"), TensorRef):
        raise Unsupported("an index into a sequence")
    view = low.view(ref)
    given = op.argument(1, "index")
    entries = list(given) if isinstance(given, tuple) else [given]
    if any(isinstance(entry, TensorRef | tuple) for entry in entries) and not is_list(entries):
        raise Unsupported("an index that is a tensor")
    dim = 0
    sizes = list(ref.sizes)
    for entry in index_entries(entries, len(sizes)):
        if entry is None:
            view = view._replace(axes=(*view.axes[:dim], (), *view.axes[dim:]))
            sizes.insert(dim, 1)
            dim += 1
        elif isinstance(entry, slice):
            view = sliced_by(low, view, dim, entry, sizes[dim])
            dim += 1
        elif isinstance(entry, tuple):
            view = at_places(low, view, dim, entry)
            dim += 1
        else:
            view = divisible(low, view, dim)
            view = selected(low.builder, view, dim, int(entry) % sizes[dim])
            del sizes[dim]
    return view


def is_list(entries: Sequence[Any]) -> bool:
    """Whether the only numbers of an index are a list of positions: several would be paired."""
    whole = (slice, type(None), type(...))
    lists = [entry for entry in entries if not isinstance(entry, whole)]
    is_one = len(lists) == 1 and isinstance(lists[0], tuple)
    return is_one and all(type(place) is int for place in lists[0])


def at_places(
    low: LoweringContext, view: TensorView, dim: int, places: tuple[int, ...]
) -> TensorView:
    """Positions along an axis in any order."""
    view, axis = along(low.builder, view, dim)
    return low.apply("select", {"index": places, "axis": axis}, view)


def index_select(low: LoweringContext, op: Operation) -> Tensor:
    """Positions along an axis in any order, if they are known."""
    places = op.argument(2, "index")
    if not isinstance(places, tuple):
        raise Unsupported("an index that is a tensor")
    ref = first_tensor(op)
    dim = dimensions(op.argument(1, "dim"), len(ref.sizes))[0]
    return at_places(low, low.view(ref), dim, places)


def roll(low: LoweringContext, op: Operation) -> Tensor:
    view = low.view(first_tensor(op))
    shifts, dims = op.argument(1, "shifts"), op.argument(2, "dims")
    shifts = shifts if isinstance(shifts, tuple) else (shifts,)
    dims = dims if isinstance(dims, tuple) else (dims,)
    if any(len(view.axes[dim]) > 1 for dim in dims):
        view = separated(low.builder, view)
    axes = [view.axis(dim) for dim in dims]
    return low.apply("roll", {"shift": tuple(shifts), "axis": tuple(axes)}, view)


def constant_result(low: LoweringContext, op: Operation) -> FunctionResults:
    """A tensor of which only the sizes are those of the data: zeros_like, new_zeros."""
    return [Derived(sizes, function=op.function) for sizes in op.results]


CONSTANTS = (
    *("new_zeros", "new_ones", "new_empty", "new_full", "new_tensor", "zeros_like", "ones_like"),
    *("empty_like", "full_like", "rand_like", "randn_like", "bernoulli", "size", "arange"),
)
FUNCTIONS: dict[str, Any] = {
    **dict.fromkeys(("chunk", "split", "split_with_sizes", "tensor_split"), chunk),
    **dict.fromkeys(("unbind",), unbind),
    "select": select,
    "narrow": narrow,
    "slice": slice_of,
    "getitem": indexed,
    "index_select": index_select,
    "roll": roll,
    **dict.fromkeys(CONSTANTS, constant_result),
}
