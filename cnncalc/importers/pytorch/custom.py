"""An operation that no layer states, as a `custom` layer with its numbers."""

from __future__ import annotations

from ...shape import Shape
from ...sketch import SketchValue
from ..axes import BATCH, TensorView
from ..builder import Owned
from ..program import Operation, TensorSizes
from .context import Derived, FunctionResults, LoweringContext
from .counts import macs_of


def custom_results(low: LoweringContext, operation: Operation, reason: str) -> FunctionResults:
    """The results: one `custom` layer each, of which the first has the parameters and MACs."""
    refs = list(operation.tensors())
    tensors = [low.tensor(ref) for ref in refs]
    views = [tensor for tensor in tensors if isinstance(tensor, TensorView)]
    stored = [tensor for tensor in tensors if isinstance(tensor, Derived)]
    owned = low.owned(low.unread(stored))
    low.used |= dict.fromkeys(owned.weights)
    macs = macs_of(operation, low.program.batch) or 0
    inputs = list({view.value.key: view.value for view in views}.values())
    results: list[TensorView] = []
    for part, sizes in enumerate(operation.results):
        like = next((view for view, ref in low.pairs(refs) if ref.sizes == sizes), None)
        view = like or new_view(low, sizes, part)
        name = operation.function.strip("_")
        value = low.builder.add_custom(name, view.shape, inputs, reason, owned, macs)
        results.append(view.with_value(value))
        owned, macs = Owned(), 0
    return results


def new_view(low: LoweringContext, sizes: TensorSizes, part: int) -> TensorView:
    """A tensor of these sizes, whose value has the channels where later functions want them.

    The value is a placeholder that has the shape alone.
    """
    batch = low.program.batch
    batch_axis = next((axis for axis, size in enumerate(sizes) if size % batch == 0), None)
    axes: list[tuple[int, ...]] = []
    kept: list[int] = []
    for axis, size in enumerate(sizes):
        is_batch = axis == batch_axis
        if is_batch:
            size //= batch
        if is_batch and size == 1:
            axes.append((BATCH,))
            continue
        axes.append((BATCH, len(kept)) if is_batch else (len(kept),))
        kept.append(size)
    return channels_first(TensorView(SketchValue(0, Shape(kept or [1])), tuple(axes)), low, part)


def channels_first(view: TensorView, low: LoweringContext, part: int) -> TensorView:
    """The tensor with the wanted axis as the first of its value."""
    wanted = low.wanted.get(("output", low.index, part))
    if wanted is None or wanted >= view.rank or len(view.axes[wanted]) != 1:
        return view
    channel = view.axes[wanted][0]
    if channel in (0, BATCH):
        return view
    order = [channel, *(axis for axis in range(len(view.shape)) if axis != channel)]
    places = {axis: place for place, axis in enumerate(order)} | {BATCH: BATCH}
    axes = tuple(tuple(places[axis] for axis in entry) for entry in view.axes)
    return TensorView(SketchValue(0, Shape(view.shape[axis] for axis in order)), axes)
