"""Products of tensors, of which one may be a constant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...axes import TensorView
from ...einsum import einsum as shared_einsum
from ...errors import Unsupported
from ...products import product
from ..context import LayerCall, ViewArgument, views_in
from .activation import softmax_of
from .normalization import numbers_in
from .operation_arguments import argument, given_operands, sizes_of


def matrix_product(call: LayerCall) -> TensorView:
    views = [factor(call, entry) for entry in given_operands(call)[:2]]
    if len(views) != 2 or views[0].rank < 2 or views[1].rank < 2:
        raise Unsupported("not of two matrices")
    left, right = views
    if call.keywords.get("transpose_a"):
        left = left.transposed()
    if call.keywords.get("transpose_b"):
        right = right.transposed()
    sizes = (*call.sizes(left)[:-1], call.sizes(right)[-1])
    return product(call.builder, left, right, sizes)


def factor(call: LayerCall, entry: ViewArgument) -> TensorView:
    """A tensor, or a matrix of numbers as a `constant`."""
    if isinstance(entry, TensorView):
        return entry
    sizes = sizes_of(entry)
    if len(sizes) != 2 or len(numbers_in(entry)) != sizes[0] * sizes[1]:
        raise Unsupported("not of two matrices")
    return TensorView(call.add("constant", {"shape": sizes}, []), ((0,), (1,)))


def einsum(call: LayerCall) -> TensorView:
    """The equation is an argument, of the configuration in Keras 3, or an attribute of a node."""
    given = argument(call, ("subscripts", "equation"), -1)
    views = views_in([*call.arguments, dict(call.keywords)])
    if not isinstance(given, str):
        raise Unsupported("an einsum whose equation is not written in the file")
    return shared_einsum(call.builder, given, views)


def attention(call: LayerCall) -> TensorView:
    """keras.ops.dot_product_attention: of heads, which are the axis before the depth."""
    names = ("query", "key", "value", "bias")
    given = [argument(call, (name,), place - 1) for place, name in enumerate(names)]
    views = [entry for entry in given[:3] if isinstance(entry, TensorView)]
    if len(views) != 3 or given[3] is not None or any(view.rank != 4 for view in views):
        raise Unsupported("attention with a bias, or of tensors that are not heads")
    query, key, value = views
    scale = argument(call, ("scale",), 4)
    number = scale if isinstance(scale, int | float) else call.sizes(query)[-1] ** -0.5
    scores = shared_einsum(call.builder, "btnh,bsnh->bnts", [query, key])
    scores = scores.with_value(call.add("mul", {}, [scores.value, round(number, 6)]))
    weights = softmax_of(call, scores, -1)
    return shared_einsum(call.builder, "bnts,bsnh->btnh", [weights, value])


OPERATIONS: dict[str, Callable[[LayerCall], Any]] = {
    **dict.fromkeys(("matmul", "batchmatmul", "batchmatmulv2"), matrix_product),
    "einsum": einsum,
    "dotproductattention": attention,
}
"""By the name without underscores, in lower case."""
