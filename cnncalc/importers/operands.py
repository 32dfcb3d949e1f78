"""Operands of a join: tensors whose axes are brought to where those of the leading one are."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from ..sketch import SketchValue
from .axes import BATCH, TensorView, axes_after_batch, rearranged, reshaped, separated
from .builder import SketchBuilder
from .errors import Unsupported
from .program import TensorSizes


def joined(
    builder: SketchBuilder,
    kind: str,
    operands: Sequence[TensorView | float],
    sizes: TensorSizes,
) -> TensorView:
    """A join whose result has these sizes; all operands are broadcast to them."""
    wide = [x.widened(len(sizes)) if isinstance(x, TensorView) else x for x in operands]
    views = [operand for operand in wide if isinstance(operand, TensorView)]
    first = leading(views)
    if any(view.axes != first.axes for view in views):
        first = in_single_axes(builder, first)
    lead = complete(builder, first, sizes)
    inputs: list[SketchValue | float] = []
    for operand in wide:
        if not isinstance(operand, TensorView):
            inputs.append(operand)
        elif operand.value.key == first.value.key or operand.value.key == lead.value.key:
            inputs.append(lead.value)
        else:
            inputs.append(aligned(builder, operand, lead, keep_vector=True))
    return lead.with_value(builder.add(kind, {}, inputs))


def concatenated(builder: SketchBuilder, views: Sequence[TensorView], dim: int) -> TensorView:
    """Tensors of one rank in sequence along an axis of theirs."""
    lead = in_single_axes(builder, views[0])
    if not lead.axes[dim]:
        lead = with_axes(builder, lead, [dim])
    axis = lead.axis(dim)
    values = [
        view.value
        if view.axes == lead.axes and len(view.shape) == len(lead.shape)
        else aligned(builder, view, lead)
        for view in views
    ]
    return lead.with_value(builder.add("concat", {"axis": axis}, values))


def leading(views: Sequence[TensorView]) -> TensorView:
    """The operand with most elements, whose axes the result has; of equal ones the simplest."""
    return max(views, key=lambda view: (has_batch(view), view.shape.elements, -len(view.shape)))


def has_batch(view: TensorView) -> bool:
    return any(BATCH in entry for entry in view.axes)


def in_single_axes(builder: SketchBuilder, view: TensorView) -> TensorView:
    """A tensor without several axes in one, as far as the batch is not among them."""
    if any(BATCH in entry and len(entry) > 1 for entry in view.axes):
        return view
    return separated(builder, view)


def complete(builder: SketchBuilder, view: TensorView, sizes: TensorSizes) -> TensorView:
    """The tensor with an axis of its value for each axis that has more than one position."""
    missing = [axis for axis, size in enumerate(sizes) if size != 1 and not view.axes[axis]]
    return with_axes(builder, view, missing) if missing else view


def with_axes(builder: SketchBuilder, view: TensorView, missing: Sequence[int]) -> TensorView:
    """The tensor with an axis of size 1 of its value for these axes, after the others."""
    rank = len(view.shape)
    axes = list(view.axes)
    for place, axis in enumerate(missing):
        axes[axis] = (rank + place,)
    value = reshaped(builder, view.value, (*view.shape, *(1,) * len(missing)))
    return TensorView(value, tuple(axes))


def aligned(
    builder: SketchBuilder, view: TensorView, lead: TensorView, *, keep_vector: bool = False
) -> SketchValue:
    """A value whose axes are where the leading one has them, with size 1 where it has none.

    With `keep_vector`, a vector of the channels stays one.  Raises Unsupported if an axis of the
    tensor is one that the leading value does not have.
    """
    rank = len(view.shape)
    if rank == len(lead.shape) and view.axes == lead.axes == axes_after_batch(rank):
        return view.value
    sources: list[tuple[int, ...]] = [()] * len(lead.shape)
    for mine, theirs in zip(view.axes, lead.axes, strict=True):
        own = [axis for axis in mine if axis != BATCH]
        targets = [axis for axis in theirs if axis != BATCH]
        if prod(view.shape[axis] for axis in own) == 1 and len(own) != len(targets):
            continue
        if len(targets) == 1:
            sources[targets[0]] = tuple(own)
            continue
        if len(own) != len(targets):
            raise Unsupported("operands with different axes in one")
        for source, target in zip(own, targets, strict=True):
            sources[target] = (source,)
    if keep_vector and len(view.shape) == 1 and sources[0] == (0,):
        return view.value
    return rearranged(builder, view.value, sources)


# Copies

MAX_COPIES = 64


def copied(
    builder: SketchBuilder, tensor: TensorView, before: TensorSizes, after: TensorSizes
) -> TensorView:
    """A tensor with copies of itself along the axes that are larger after.  Raises Unsupported."""
    for dim, size in enumerate(before):
        times = after[dim] // size if size else 1
        if times < 2:
            continue
        tensor = with_place_for(builder, tensor, dim)
        tensor = tensor.with_value(repeated(builder, tensor.value, tensor.own_axes(dim)[-1], times))
    return tensor


def repeated(builder: SketchBuilder, value: SketchValue, axis: int, times: int) -> SketchValue:
    """A value with copies of itself along an axis; an axis of size 1 is expanded.

    Raises Unsupported for more than MAX_COPIES of an axis that is larger.
    """
    if value.shape[axis] == 1:
        sizes = (*value.shape[:axis], times, *value.shape[axis + 1 :])
        return builder.add("expand", {"shape": sizes}, [value])
    if times > MAX_COPIES:
        raise Unsupported(f"{times} copies along an axis")
    return builder.add("concat", {"axis": axis}, [value] * times)


def with_place_for(builder: SketchBuilder, tensor: TensorView, dim: int) -> TensorView:
    """A tensor whose value has one axis for an axis of the tensor, next to the batch if need be."""
    own = tensor.own_axes(dim)
    if len(own) > 1:
        return separated(builder, tensor)
    if own:
        return tensor
    rank = len(tensor.shape)
    value = reshaped(builder, tensor.value, (*tensor.shape, 1))
    axes = (*tensor.axes[:dim], (*tensor.axes[dim], rank), *tensor.axes[dim + 1 :])
    return TensorView(value, axes)
