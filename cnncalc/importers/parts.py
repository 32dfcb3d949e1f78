"""Parts of a tensor along one of its axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from ..sketch import SketchArgument
from .axes import TensorView, renumbered, separated
from .builder import SketchBuilder
from .errors import Unsupported

IndexEntry = TypeVar("IndexEntry")


def filled_in(
    entries: Sequence[IndexEntry],
    rank: int,
    whole: IndexEntry,
    is_ellipsis: Callable[[IndexEntry], bool],
) -> list[IndexEntry]:
    """The entries of an index with `whole` for each axis that an ellipsis or nothing covers.

    An entry None is a new axis.  Raises Unsupported for more entries than the tensor has axes.
    """
    named = sum(entry is not None and not is_ellipsis(entry) for entry in entries)
    if named > rank:
        raise Unsupported("an index of more axes than its input has")
    rest = [whole] * (rank - named)
    places = [place for place, entry in enumerate(entries) if is_ellipsis(entry)]
    if not places:
        return [*entries, *rest]
    return [*entries[: places[0]], *rest, *entries[places[0] + 1 :]]


def along(builder: SketchBuilder, view: TensorView, dim: int) -> tuple[TensorView, int]:
    """The tensor, and the axis of its value that one of its axes is.

    Raises Unsupported if that is the batch, or none.
    """
    if len(view.axes[dim % view.rank]) > 1:
        view = separated(builder, view)
    return view, view.axis(dim)


def sliced(
    builder: SketchBuilder, view: TensorView, axis: int, start: int, stop: int, step: int = 1
) -> TensorView:
    """The positions from `start` to before `stop` of an axis of the value."""
    size = view.shape[axis]
    if (start, stop, step) == (0, size, 1):
        return view
    positions = start if stop == size else (start, stop)
    arguments: dict[str, SketchArgument] = {"range": positions, "axis": axis, "step": step}
    return view.with_value(builder.add("slice", arguments, [view.value]))


def selected(builder: SketchBuilder, view: TensorView, dim: int, index: int) -> TensorView:
    """One position of an axis of the tensor, which then does not have that axis."""
    entry = view.axes[dim]
    kept = (*view.axes[:dim], *view.axes[dim + 1 :])
    if not entry:
        return view._replace(axes=kept)
    view, axis = along(builder, view, dim)
    kept = (*view.axes[:dim], *view.axes[dim + 1 :])
    if len(view.shape) == 1:
        value = builder.add("slice", {"range": (index, index + 1), "axis": 0}, [view.value])
        return TensorView(value, kept)
    value = builder.add("select", {"index": index, "axis": axis}, [view.value])
    left = [other for other in range(len(view.shape)) if other != axis]
    return TensorView(value, renumbered(kept, {other: n for n, other in enumerate(left)}))
