"""Assignments to parts of a tensor: what is before and after is concatenated with the new part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....named_tuple import NamedTuple
from ....sketch import SketchValue
from ...axes import TensorView
from ...errors import Unsupported
from ...operands import aligned, in_single_axes
from ...parts import along, sliced
from ...program import Argument, Operation, TensorRef
from ..arguments import first_tensor, index_entries
from ..context import Derived, LoweringContext, Tensor
from .joins import as_view, stored_value


class AssignedPart(NamedTuple):
    """The positions from `start` to before `stop` of an axis of a value."""

    axis: int
    start: int
    stop: int


def assign(low: LoweringContext, op: Operation) -> TensorView:
    """`x[...] = y` with numbers, slices and an ellipsis."""
    index, given = op.argument(1, "index"), op.argument(2, "value")
    new = low.tensor(given) if isinstance(given, TensorRef) else Derived(())
    return with_part(low, first_tensor(op), index if isinstance(index, tuple) else (index,), new)


def with_part(
    low: LoweringContext, ref: TensorRef, index: Sequence[Argument], new: Tensor
) -> TensorView:
    """A tensor with a part replaced.  Raises Unsupported for an index that is a tensor."""
    view = in_single_axes(low.builder, as_view(low, low.tensor(ref)))
    entries = index_entries(index, len(ref.sizes))
    parts: list[AssignedPart] = []
    kept: list[int] = []  # the axes of the tensor that the new part has
    for dim, entry in enumerate(entries):
        view, part = part_of(low, view, dim, entry, ref.sizes[dim])
        kept += [dim] if isinstance(entry, slice) else []
        parts += [part] if part else []
    return view.with_value(assigned(low, view, parts, with_rank(new, kept, view.rank)))


def copy(low: LoweringContext, op: Operation) -> Tensor:
    """copy_: another tensor of the same sizes."""
    source = op.argument(1, "src", op.keywords.get("other"))
    if not isinstance(source, TensorRef) or source.sizes != first_tensor(op).sizes:
        raise Unsupported("a copy that is broadcast")
    return low.tensor(source)


def part_of(
    low: LoweringContext, view: TensorView, dim: int, entry: Argument, size: int
) -> tuple[TensorView, AssignedPart | None]:
    """The part of one axis of a tensor that an entry of an index names; None for all of it."""
    if isinstance(entry, int):
        entry = slice(entry % size, entry % size + 1)
    if not isinstance(entry, slice):
        raise Unsupported("an assignment to an index that is a tensor")
    start, stop, step = entry.indices(size)
    if (start, stop, step) == (0, size, 1):
        return view, None
    if step != 1:
        raise Unsupported("an assignment to every second position")
    view, axis = along(low.builder, view, dim)
    return view, AssignedPart(axis, start, stop)


def with_rank(tensor: Tensor, kept: Sequence[int], rank: int) -> Tensor:
    """A tensor with its axes where they are in the one that it is a part of."""
    if isinstance(tensor, Derived):
        sizes = dict(zip(kept[::-1], tensor.sizes[::-1], strict=False))
        return tensor._replace(sizes=tuple(sizes.get(dim, 1) for dim in range(rank)))
    entries = dict(zip(kept[::-1], tensor.axes[::-1], strict=False))
    return tensor._replace(axes=tuple(entries.get(dim, ()) for dim in range(rank)))


def assigned(
    low: LoweringContext, view: TensorView, parts: Sequence[AssignedPart], new: Tensor
) -> SketchValue:
    """The value of a tensor, of which the part is replaced."""
    if not parts:
        return filling(low, view, new)
    (axis, start, stop), *others = parts
    size = view.shape[axis]
    inner = assigned(low, sliced(low.builder, view, axis, start, stop), others, new)
    pieces = [inner]
    if start > 0:
        pieces.insert(0, sliced(low.builder, view, axis, 0, start).value)
    if stop < size:
        pieces.append(sliced(low.builder, view, axis, stop, size).value)
    return low.add("concat", {"axis": axis}, pieces) if len(pieces) > 1 else inner


def filling(low: LoweringContext, view: TensorView, new: Any) -> SketchValue:
    """The new part as a value with the shape of the replaced one."""
    if isinstance(new, Derived):
        return stored_value(low, new, view.shape)
    value = aligned(low.builder, new, view)
    if value.shape == view.shape:
        return value
    return low.add("expand", {"shape": tuple(view.shape)}, [value])


FUNCTIONS = {"setitem": assign, "copy": copy}
