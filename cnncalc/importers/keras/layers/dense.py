"""Dense layers and embeddings."""

from __future__ import annotations

from math import prod
from typing import Any

from ...axes import BATCH, TensorView, channels_at, reshaped, without_extra_axes
from ...errors import Unsupported
from ...operands import joined
from ..context import LayerCall
from .activation import with_activation


def dense(call: LayerCall) -> TensorView:
    out, bias = call.config.integer("units"), call.config.flag("use_bias", True)
    return with_activation(call, dense_of(call, call.view, out, bias))


def dense_of(call: LayerCall, view: TensorView, out: int, bias: bool, part: str = "") -> TensorView:
    """A `linear` layer over the last axis of a tensor, wherever the value has it."""
    positions = [size for axis, size in enumerate(view.shape) if axis not in view.axes[-1]]
    if len(view.shape) > 1 and prod(positions) != 1:
        view = without_extra_axes(call.builder, view)
    if len(view.axes[-1]) != 1 or prod(positions) == 1:
        view = channels_at(call.builder, view, -1)
    axis = view.axis(-1)
    arguments: dict[str, Any] = {"out": out, "bias": bias}
    if view.shape.positions == 1 and axis == 0:
        value = call.add("linear", arguments, [view.value], part)
        ones = tuple(tuple(a for a in entry if a in (BATCH, 0)) for entry in view.axes)
        return TensorView(value, ones)
    if axis != 0 or len(view.shape) > 2:
        arguments["axis"] = axis
    return call.apply("linear", arguments, view, part)


# Keras 1


def maxout(call: LayerCall) -> TensorView:
    """MaxoutDense: the maximum of some dense layers, which are one here."""
    out, count = call.config.integer("units"), call.config.integer("nb_feature", 4)
    if call.view.rank != 2:
        raise Unsupported("of a tensor that is not a vector")
    bias = call.config.flag("use_bias", True)
    wide = dense_of(call, call.view, out * count, bias)
    value = reshaped(call.builder, wide.value, (out, count))
    return wide.with_value(call.add("reduce_max", {"axis": 1, "keep": False}, [value]))


def highway(call: LayerCall) -> TensorView:
    """Highway: t * dense(x) + (1 - t) * x, where t is a dense layer of its own.

    Source: Srivastava et al., arXiv:1505.00387.
    """
    x = call.view
    sizes, bias = call.sizes(x), call.config.flag("use_bias", True)
    gate = call.apply("sigmoid", {}, dense_of(call, x, sizes[-1], bias, "carry"))
    new = with_activation(call, dense_of(call, x, sizes[-1], bias, "transform"))
    kept = joined(call.builder, "sub", [1.0, gate], sizes)
    parts = [joined(call.builder, "mul", pair, sizes) for pair in ([new, gate], [kept, x])]
    return joined(call.builder, "add", parts, sizes)


# Embeddings


def embedding(call: LayerCall) -> TensorView:
    """A vector for each index: of a series, or of all positions as one."""
    view = call.view
    vocab, dim = call.config.integer("input_dim"), call.config.integer("output_dim")
    sizes = tuple(view.shape)
    indices = reshaped(call.builder, view.value, (prod(sizes),))
    value = call.add("embedding", {"vocab": vocab, "dim": dim}, [indices])
    value = reshaped(call.builder, value, (dim, *sizes))
    axes = tuple(tuple(a if a == BATCH else a + 1 for a in entry) for entry in view.axes)
    return TensorView(value, (*axes, (0,)))


def reversible_embedding(call: LayerCall) -> TensorView:
    """ReversibleEmbedding, as an embedding; backwards it is a product with its own table."""
    if call.keywords.get("reverse") or not call.config.flag("tie_weights", True):
        raise Unsupported("an embedding that is reversed, or has a second table for that")
    return embedding(call)


KINDS = {"linear": dense, "embedding": embedding}
CLASSES = {
    "ReversibleEmbedding": reversible_embedding,
    "MaxoutDense": maxout,
    "Highway": highway,
}
