"""Attention: as one layer where it has its own weights, else as products and a softmax."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from ....shape import Shape
from ....sketch import SketchValue
from ...axes import BATCH, TensorView, channels_at, reshaped, standard
from ...errors import Unsupported
from ...program import Operation, TensorRef, TensorSizes
from ..arguments import named
from ..context import Derived, FunctionResults, LoweringContext
from .joins import as_view, joined

SCALED = ("query", "key", "value", "attn_mask", "dropout_p", "is_causal", "scale", "enable_gqa")
MULTI_HEAD = (
    *("query", "key", "value", "embed_dim_to_check", "num_heads", "in_proj_weight"),
    *("in_proj_bias", "bias_k", "bias_v", "add_zero_attn", "dropout_p", "out_proj_weight"),
    "out_proj_bias",
)


def scaled_dot_product(low: LoweringContext, op: Operation) -> TensorView:
    """softmax(Q K^T / sqrt(d) + mask) V."""
    given = named(op, *SCALED)
    query, key, value = (low.view(given[name]) for name in SCALED[:3])
    depth = given["query"].sizes[-1]
    sizes = (*given["query"].sizes[:-1], given["key"].sizes[-2])
    swapped = [*range(key.rank - 2), key.rank - 1, key.rank - 2]
    scores = matrix_product(low, query, key.permuted(swapped))
    scores = scores.with_value(low.add("mul", {}, [scores.value, round(depth**-0.5, 6)]))
    mask = given.get("attn_mask")
    if mask is not None:
        scores = masked(low, scores, low.tensor(mask), sizes)
    scores = low.apply("softmax", {"axis": len(scores.shape) - 1}, scores)
    return matrix_product(low, scores, value)


def masked(low: LoweringContext, scores: TensorView, mask: Any, sizes: TensorSizes) -> TensorView:
    """The scores with a mask or a bias of positions added."""
    result = joined(low, "add", [scores, mask], sizes)
    if result.axes != scores.axes or result.shape != scores.shape:
        raise Unsupported("a mask with more axes than the scores")
    return result


def matrix_product(low: LoweringContext, left: TensorView, right: TensorView) -> TensorView:
    left, right = standard(low.builder, left), standard(low.builder, right)
    if left.shape[:-2] != right.shape[:-2]:
        raise Unsupported(f"a product of {left.shape} and {right.shape}, which broadcasts")
    value = low.add("matmul", {}, [left.value, right.value])
    return TensorView(value, (*left.axes[:-1], (len(value.shape) - 1,)))


def multi_head(low: LoweringContext, op: Operation) -> FunctionResults:
    """multi_head_attention_forward: `attention` with its projections."""
    given = named(op, *MULTI_HEAD)
    if given.get("bias_k") is not None or given.get("attn_mask") is not None:
        raise Unsupported("attention with a mask or learned keys")
    names = ("in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight", "in_proj_bias")
    owned = low.own(*map(given.get, (*names, "out_proj_weight", "out_proj_bias")))
    query, key, value = (low.view(given[name]) for name in MULTI_HEAD[:3])
    if key.value.key != value.value.key:
        raise Unsupported("attention with keys that are not the values")
    if not all(any(map(view.is_batch, range(view.rank))) for view in (query, key)):
        raise Unsupported("attention within parts of the positions")
    query = channels_at(low.builder, query, -1)
    inputs = [query.value]
    if key.value.key != low.view(given["query"]).value.key:
        inputs.append(channels_at(low.builder, key, -1).value)
    arguments = {
        "heads": given["num_heads"],
        "bias": given.get("in_proj_bias") is not None,
        "out_bias": given.get("out_proj_bias") is not None,
    }
    result = query.with_value(low.add("attention", arguments, inputs, owned))
    return [result, *(Derived(sizes, function="attention weights") for sizes in op.results[1:])]


def einsum(low: LoweringContext, op: Operation) -> TensorView:
    """einsum of two operands that depend on the data, as one `matmul`."""
    equation = str(op.argument(0, "equation")).replace(" ", "")
    refs = list(op.tensors())
    if len(refs) == 1:
        return renamed_axes(low, refs[0], equation)
    if len(refs) != 2 or "->" not in equation or "..." in equation:
        raise Unsupported("an einsum that is not a product of two tensors")
    terms, out = equation.split("->")
    first, second = terms.split(",")
    left, right = (as_view(low, low.tensor(ref)) for ref in refs)
    shared = [c for c in first if c in second and c in out]
    summed = [c for c in first if c in second and c not in out]
    rows = [c for c in first if c not in second]
    columns = [c for c in second if c not in first]
    if any(c not in out for c in rows + columns) or len(set(first)) != len(first):
        raise Unsupported("an einsum that sums over one operand alone")
    left = left.permuted([first.index(c) for c in shared + rows + summed])
    right = right.permuted([second.index(c) for c in shared + summed + columns])
    found = matrix_product(
        low,
        with_joined(left, len(shared), len(rows)),
        with_joined(right, len(shared), len(summed)),
    )
    kept = [*left.axes[: len(shared) + len(rows)], *right.axes[len(shared) + len(summed) :]]
    shapes = [left.shape] * (len(shared) + len(rows)) + [right.shape] * len(columns)
    result = with_own_axes(low, found.value, kept, shapes)
    return result.permuted([(shared + rows + columns).index(c) for c in out])


def with_own_axes(
    low: LoweringContext,
    value: SketchValue,
    kept: Sequence[tuple[int, ...]],
    shapes: Sequence[Shape],
) -> TensorView:
    """A product with an axis for each axis of its factors: rows and columns are not joined.

    `kept` are those of the factors, and `shapes` those of the values that they are axes of.
    """
    sizes: list[int] = []
    axes: list[tuple[int, ...]] = []
    for entry, shape in zip(kept, shapes, strict=True):
        own = [axis for axis in entry if axis != BATCH]
        batch = (BATCH,) if BATCH in entry else ()
        axes.append((*batch, len(sizes)) if own else batch)
        sizes += [prod(shape[axis] for axis in own)] if own else []
    return TensorView(reshaped(low.builder, value, sizes), tuple(axes))


def renamed_axes(low: LoweringContext, ref: TensorRef, equation: str) -> TensorView:
    """einsum of one operand, with all of its axes in another order."""
    before, _, after = equation.partition("->")
    if sorted(before) != sorted(after) or len(set(before)) != len(ref.sizes):
        raise Unsupported("an einsum that sums over one operand alone")
    return low.view(ref).permuted([before.index(letter) for letter in after])


def with_joined(view: TensorView, shared: int, rows: int) -> TensorView:
    """The tensor as matrices: two axes after the shared ones."""
    axes = view.axes
    middle = tuple(axis for entry in axes[shared : shared + rows] for axis in entry)
    last = tuple(axis for entry in axes[shared + rows :] for axis in entry)
    return view._replace(axes=(*axes[:shared], middle, last))


FUNCTIONS: dict[str, Any] = {
    "scaled_dot_product_attention": scaled_dot_product,
    "multi_head_attention_forward": multi_head,
    "einsum": einsum,
}
