"""Functions of several values: sums, products, concatenation."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from ....sketch import SketchValue
from ...axes import BATCH, TensorView, reshaped
from ...errors import Unsupported
from ...operands import aligned, complete, in_single_axes, leading, with_axes
from ...program import Operation, TensorRef, TensorSizes
from ..context import Derived, LoweringContext, Tensor
from ..names import ELEMENT_WISE, plain

JoinOperand = Tensor | float


def element_wise(low: LoweringContext, op: Operation) -> Tensor:
    """A join of two operands, of which one may be a number or a stored tensor."""
    name = plain(op.function)
    kind = ELEMENT_WISE.get(name, "max")
    given = [op.argument(0, "input"), op.argument(1, "other")]
    if kind.startswith("r"):
        kind, given = kind[1:], given[::-1]
    operands: list[JoinOperand] = [
        low.tensor(entry) if isinstance(entry, TensorRef) else entry for entry in given
    ]
    if kind == "add" and 0 in [entry for entry in operands if isinstance(entry, int | float)]:
        return next(entry for entry in operands if isinstance(entry, TensorView))
    if any(entry is None for entry in operands):
        raise Unsupported("an operand that is not there")
    return joined(low, kind, operands, op.results[0])


def joined(
    low: LoweringContext, kind: str, operands: Sequence[JoinOperand], sizes: TensorSizes
) -> TensorView:
    """A join whose result has these sizes; all operands are broadcast to them."""
    wide = [widened(operand, len(sizes)) for operand in operands]
    views = [operand for operand in wide if isinstance(operand, TensorView)]
    first = leading(views)
    is_lead = [same_value(operand, first) for operand in wide]
    if any(view.axes != first.axes for view in views) or len(views) < len(wide):
        first = in_single_axes(low.builder, first)
    lead = complete(low.builder, first, sizes)
    vector = gain_of(kind, wide, lead)
    if vector is not None:
        return low.apply("scale", {}, lead, low.owned([vector]))
    inputs = [
        lead.value if leads else aligned_operand(low, operand, lead)
        for operand, leads in zip(wide, is_lead, strict=True)
    ]
    return lead.with_value(low.add(kind, {}, inputs))


def widened(operand: JoinOperand, rank: int) -> JoinOperand:
    """An operand with axes of size 1 before its own, up to this rank."""
    if isinstance(operand, TensorView):
        return operand.widened(rank)
    if isinstance(operand, Derived):
        return operand._replace(sizes=(1,) * (rank - len(operand.sizes)) + operand.sizes)
    return operand


def same_value(operand: JoinOperand, lead: TensorView) -> bool:
    return isinstance(operand, TensorView) and operand.value.key == lead.value.key


def gain_of(kind: str, operands: Sequence[JoinOperand], lead: TensorView) -> Derived | None:
    """The learned factor for each channel in a product of two, which is a `scale` layer."""
    stored = next((operand for operand in operands if isinstance(operand, Derived)), None)
    if kind != "mul" or stored is None or len(stored.parameters) != 1:
        return None
    sizes = sizes_over(stored, lead)
    return stored if sizes[0] == lead.shape.channels and prod(sizes) == sizes[0] else None


def sizes_over(stored: Derived, lead: TensorView) -> list[int]:
    """The sizes of a stored tensor over the axes of a value.

    Raises Unsupported if several axes are in one.
    """
    sizes = [1] * len(lead.shape)
    for axis, size in enumerate(stored.sizes):
        own = lead.own_axes(axis)
        if size == 1 or lead.is_batch(axis):
            continue
        if len(own) != 1 or lead.shape[own[0]] not in (1, size):
            raise Unsupported("a stored tensor over several axes in one")
        sizes[own[0]] = size
    return sizes


def aligned_operand(
    low: LoweringContext, operand: JoinOperand, lead: TensorView
) -> SketchValue | float:
    """An operand as the join takes it, next to a leading one."""
    if isinstance(operand, TensorView):
        return aligned(low.builder, operand, lead, keep_vector=True)
    if isinstance(operand, Derived):
        return stored_value(low, operand, sizes_over(operand, lead))
    return operand


# Stored tensors


def stored_value(low: LoweringContext, stored: Derived, sizes: Sequence[int]) -> SketchValue:
    """A stored tensor as a value: a `weight`, or a `constant` without parameters.

    One that is needed with other sizes as well is a `weight` once, which is reshaped.
    """
    if not stored.parameters:
        return low.add("constant", {"shape": tuple(sizes)}, [])
    owned = low.owned([stored])
    if len(stored.parameters) == 1 and owned.params == prod(sizes):
        is_used = owned.weights[0] in low.used
        known = low.builder.weight_value(owned.weights) if is_used else None
        if known is not None and tuple(known.shape) != tuple(sizes):
            return reshaped(low.builder, known, sizes)
        return low.add("weight", {"shape": tuple(sizes)}, [], owned)
    return low.computed(stored, tuple(sizes))


def as_view(low: LoweringContext, tensor: Tensor) -> TensorView:
    """A tensor as one that depends on the data: one that is stored becomes a value of its own."""
    return tensor if isinstance(tensor, TensorView) else learned(low, tensor)


def learned(low: LoweringContext, stored: Derived) -> TensorView:
    """A stored tensor as a value with its axes in their order, after the batch."""
    sizes = stored.sizes
    has_batch_axis = len(sizes) > 1 and sizes[0] in (1, low.program.batch)
    own = sizes[1:] if has_batch_axis else sizes
    value = stored_value(low, stored, own)
    axes: list[tuple[int, ...]] = [(BATCH,)] if has_batch_axis else []
    return TensorView(value, (*axes, *((axis,) for axis in range(len(own)))))


# Concatenation


def concatenation(low: LoweringContext, op: Operation) -> Tensor:
    """cat: parts that are stored become values of their own."""
    dim = op.argument(1, "dim", op.keywords.get("axis", 0))
    refs = [ref for ref in op.argument(0, "tensors") if 0 not in ref.sizes]
    tensors = [low.tensor(ref) for ref in refs]
    if len(tensors) == 1:
        return tensors[0]
    return concatenated(low, tensors, dim % len(op.results[0]))


def stack(low: LoweringContext, op: Operation) -> TensorView:
    """stack: like cat, along an axis that the parts do not have."""
    dim = op.argument(1, "dim", 0) % len(op.results[0])
    tensors = [low.tensor(ref) for ref in op.argument(0, "tensors")]
    return concatenated(low, [with_new_axis(tensor, dim) for tensor in tensors], dim)


def with_new_axis(tensor: Tensor, dim: int) -> Tensor:
    """A tensor with one more axis, of size 1."""
    if isinstance(tensor, Derived):
        return tensor._replace(sizes=(*tensor.sizes[:dim], 1, *tensor.sizes[dim:]))
    return tensor._replace(axes=(*tensor.axes[:dim], (), *tensor.axes[dim:]))


def concatenated(low: LoweringContext, tensors: Sequence[Tensor], dim: int) -> TensorView:
    lead = next(tensor for tensor in tensors if isinstance(tensor, TensorView))
    lead = in_single_axes(low.builder, lead)
    if not lead.axes[dim]:
        lead = with_axes(low.builder, lead, [dim])
    axis = lead.axis(dim)
    parts = [part_value(low, tensor, lead, dim, axis) for tensor in tensors]
    return lead.with_value(low.add("concat", {"axis": axis}, parts))


def part_value(
    low: LoweringContext, tensor: Tensor, lead: TensorView, dim: int, axis: int
) -> SketchValue:
    """One part of a concatenation, with its axes where the leading one has them."""
    if isinstance(tensor, TensorView):
        if tensor.axes == lead.axes and len(tensor.shape) == len(lead.shape):
            return tensor.value
        return aligned(low.builder, tensor, lead)
    sizes = list(lead.shape)
    sizes[axis] = tensor.sizes[dim]
    return stored_value(low, tensor, sizes)


FUNCTIONS: dict[str, Any] = {
    **dict.fromkeys(ELEMENT_WISE, element_wise),
    **dict.fromkeys(("cat", "concat", "concatenate"), concatenation),
    "stack": stack,
}
