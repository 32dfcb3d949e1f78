"""Products of matrices that are both values."""

from __future__ import annotations

from math import prod

from ..shape import Shape
from ..sketch import SketchValue
from .axes import BATCH, TensorView, reshaped, standard
from .builder import SketchBuilder
from .errors import Unsupported
from .operands import repeated
from .program import TensorSizes


def product(
    builder: SketchBuilder, left: TensorView, right: TensorView, sizes: TensorSizes
) -> TensorView:
    """`matmul` of two values; a single matrix on the right serves all of those on the left."""
    lead = left if left.rank >= right.rank else right
    left, right = standard(builder, left), standard(builder, right)
    lead = left if lead.rank == left.rank else right
    if len(left.shape) < 2 or len(right.shape) < 2:
        raise Unsupported("a product with a vector")
    if left.shape[:-2] == right.shape[:-2]:
        value = builder.add("matmul", {}, [left.value, right.value])
    elif prod(right.shape[:-2]) == 1 and len(right.shape) <= len(left.shape):
        value = by_rows(builder, left, right)
    else:
        left, right = with_equal_batches(builder, left, right)
        value = builder.add("matmul", {}, [left.value, right.value])
    last = len(value.shape) - 1
    axes = (*lead.axes[: len(sizes) - 2], (last - 1,), (last,))
    if not any(BATCH in entry for entry in axes):
        raise Unsupported("a product without a batch")
    return TensorView(value, axes)


def matrix_product(builder: SketchBuilder, left: TensorView, right: TensorView) -> TensorView:
    """`matmul` of as many matrices on the left as on the right.  Raises Unsupported for others."""
    left, right = standard(builder, left), standard(builder, right)
    if left.shape[:-2] != right.shape[:-2]:
        raise Unsupported(f"a product of {left.shape} and {right.shape}, which broadcasts")
    value = builder.add("matmul", {}, [left.value, right.value])
    return TensorView(value, (*left.axes[:-1], (len(value.shape) - 1,)))


def with_equal_batches(
    builder: SketchBuilder, left: TensorView, right: TensorView
) -> tuple[TensorView, TensorView]:
    """Factors with as many matrices: copies of those along axes of size 1.

    Raises Unsupported if they do not fit.
    """
    if len(left.shape) != len(right.shape):
        raise Unsupported(f"a product of {left.shape} and {right.shape}, which broadcasts")
    for axis in range(len(left.shape) - 2):
        wanted = max(left.shape[axis], right.shape[axis])
        left = with_copies(builder, left, axis, wanted)
        right = with_copies(builder, right, axis, wanted)
    return left, right


def with_copies(builder: SketchBuilder, view: TensorView, axis: int, size: int) -> TensorView:
    """A tensor whose value has so many positions along an axis, of which it has one now."""
    if view.shape[axis] == size:
        return view
    if view.shape[axis] != 1:
        raise Unsupported("matrices of which there are several, but not as many as others")
    return view.with_value(repeated(builder, view.value, axis, size))


def by_rows(builder: SketchBuilder, left: TensorView, right: TensorView) -> SketchValue:
    """All rows of the left one times one matrix."""
    rows = prod(left.shape[:-1])
    flat = reshaped(builder, left.value, (rows, left.shape[-1]))
    matrix = reshaped(builder, right.value, right.shape[-2:])
    value = builder.add("matmul", {}, [flat, matrix])
    return reshaped(builder, value, Shape((*left.shape[:-1], right.shape[-1])))
