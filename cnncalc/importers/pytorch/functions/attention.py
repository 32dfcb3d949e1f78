"""Attention: as one layer where it has its own weights, else as products and a softmax."""

from __future__ import annotations

from typing import Any

from ...axes import TensorView, channels_at
from ...einsum import einsum as shared_einsum
from ...errors import Unsupported
from ...products import matrix_product
from ...program import Operation, TensorSizes
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
    scores = matrix_product(low.builder, query, key.transposed())
    scores = scores.with_value(low.add("mul", {}, [scores.value, round(depth**-0.5, 6)]))
    mask = given.get("attn_mask")
    if mask is not None:
        scores = masked(low, scores, low.tensor(mask), sizes)
    scores = low.apply("softmax", {"axis": len(scores.shape) - 1}, scores)
    return matrix_product(low.builder, scores, value)


def masked(low: LoweringContext, scores: TensorView, mask: Any, sizes: TensorSizes) -> TensorView:
    """The scores with a mask or a bias of positions added."""
    result = joined(low, "add", [scores, mask], sizes)
    if result.axes != scores.axes or result.shape != scores.shape:
        raise Unsupported("a mask with more axes than the scores")
    return result


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
    views = [as_view(low, low.tensor(ref)) for ref in op.tensors()]
    return shared_einsum(low.builder, str(op.argument(0, "equation")), views)


FUNCTIONS: dict[str, Any] = {
    "scaled_dot_product_attention": scaled_dot_product,
    "multi_head_attention_forward": multi_head,
    "einsum": einsum,
}
