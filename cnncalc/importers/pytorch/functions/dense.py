"""Dense and recurrent layers, embeddings, and products of matrices."""

from __future__ import annotations

from math import prod
from typing import Any

from ...axes import BATCH, TensorView, channels_at, without_extra_axes
from ...builder import Owned
from ...errors import Unsupported
from ...products import product
from ...program import Operation, TensorRef
from ..arguments import named
from ..context import Derived, LoweringContext
from .gains import with_gain
from .joins import as_view


def linear(low: LoweringContext, op: Operation) -> TensorView:
    given = named(op, "input", "weight", "bias")
    weight, bias = given["weight"], given.get("bias")
    view = low.view(given["input"])
    owned = low.own_weights(weight, bias)
    low.check_rows(owned, weight.sizes[0])
    return dense(low, view, owned, weight.sizes[0], bias is not None)


def dense(low: LoweringContext, view: TensorView, owned: Owned, out: int, bias: bool) -> TensorView:
    """A `linear` layer over the last axis of a tensor, wherever the value has it."""
    positions = [size for axis, size in enumerate(view.shape) if axis not in view.axes[-1]]
    if len(view.shape) > 1 and prod(positions) != 1:
        view = without_extra_axes(low.builder, view)
    else:
        view = channels_at(low.builder, view, -1)
    if len(view.axes[-1]) != 1:
        view = channels_at(low.builder, view, -1)
    axis = view.axis(-1)
    macs = view.shape.elements * out
    arguments: dict[str, Any] = {"out": out, "bias": bias}
    is_vector = view.shape.positions == 1 and axis == 0
    if not is_vector and (axis != 0 or len(view.shape) > 2):
        arguments["axis"] = axis
    stored = view.shape[axis] * out + (out if bias else 0)
    value = with_gain(low, "linear", arguments, view, owned, macs, stored)
    return TensorView(value, without_ones(view) if is_vector else view.axes)


def without_ones(view: TensorView) -> tuple[tuple[int, ...], ...]:
    """The axes of a value of one position, as those of a vector."""
    return tuple(tuple(axis for axis in entry if axis in (BATCH, 0)) for entry in view.axes)


def embedding(low: LoweringContext, op: Operation) -> TensorView:
    given = named(op, "input", "weight")
    indices, weight = given["input"], given["weight"]
    if not (isinstance(indices, TensorRef) and isinstance(weight, TensorRef)):
        raise Unsupported("an embedding without a table")
    if isinstance(low.tensor(weight), TensorView):  # ATen has the table first
        indices, weight = weight, indices
    vocab, dim = weight.sizes
    view = low.view(indices)
    value = low.add("embedding", {"vocab": vocab, "dim": dim}, [view.value], low.own(weight))
    axes = tuple(tuple(axis if axis == BATCH else axis + 1 for axis in a) for a in view.axes)
    return TensorView(value, (*axes, (0,)))


# Products


def matmul(low: LoweringContext, op: Operation) -> TensorView:
    """A product of matrices; with a learned one it is a `linear` layer without bias."""
    first, second = list(op.tensors())[:2]
    matrix = low.tensor(second)
    if isinstance(matrix, Derived) and len(matrix.sizes) == 2:
        owned = low.owned([matrix])
        if owned.params == prod(matrix.sizes) and len(owned.weights) == 1:
            low.check_rows(owned, matrix.sizes[1])
            return dense(low, low.view(first), owned, matrix.sizes[1], False)
    left, right = (as_view(low, low.tensor(ref)) for ref in (first, second))
    return product(low.builder, left, right, op.results[0])


FUNCTIONS = {
    "linear": linear,
    "embedding": embedding,
    **dict.fromkeys(("matmul", "bmm", "mm", "rmatmul"), matmul),
}
