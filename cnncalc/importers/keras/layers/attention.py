"""Attention."""

from __future__ import annotations

from typing import Any

from ....shape import Shape
from ...axes import BATCH, TensorView, batch_first, channels_at
from ...errors import Unsupported
from ...operands import joined
from ...products import product
from ..context import LayerCall, LayerResults
from .activation import softmax_of
from .merging import broadcast_sizes
from .shaping import with_axis


def multi_head(call: LayerCall) -> LayerResults:
    """MultiHeadAttention: `key_dim` is the size of one head."""
    heads = call.config.integer("num_heads")
    size = call.config.integer("key_dim")
    values = call.config.integer("value_dim", size)
    arguments = {"heads": heads, "dim": heads * size, "value_dim": heads * values}
    return attended(call, arguments)


def grouped_query(call: LayerCall) -> LayerResults:
    heads = call.config.integer("num_query_heads")
    dim = heads * call.config.integer("head_dim")
    groups = call.config.integer("num_key_value_heads")
    return attended(call, {"heads": heads, "dim": dim, "value_dim": dim, "kv_heads": groups})


def attended(call: LayerCall, arguments: dict[str, Any]) -> LayerResults:
    """An `attention` layer of these sizes, on the query and the value."""
    query, value, *key = named_views(call, ("query", "value", "key"))
    if key and key[0].value.key != value.value.key:
        raise Unsupported("keys that are not the values")
    view = channels_at(call.builder, query, -1)
    source = view if same(query, value) else channels_at(call.builder, value, -1)
    if any(entry.axes[0] != (BATCH,) for entry in (view, source)):
        raise Unsupported("attention along one axis of a map")
    channels = (view.shape.channels,)
    if call.config.has("output_shape") and call.config.integers("output_shape") != channels:
        raise Unsupported("attention to another number of channels")
    bias = call.config.flag("use_bias", True)
    arguments |= {"bias": bias, "out_bias": bias, "axes": attention_axes(call, view)}
    inputs = [view.value] if same(query, value) else [view.value, source.value]
    result = view.with_value(call.add("attention", arguments, inputs))
    if not call.keywords.get("return_attention_scores"):
        return result
    sizes = Shape((arguments["heads"], view.shape.positions, source.shape.positions))
    note = "the scores of attention, which are not an output of the layer"
    return [result, batch_first(call.builder.add_custom("scores", sizes, [result.value], note))]


def attention_axes(call: LayerCall, view: TensorView) -> Any:
    """The axes of the value that are attended to; None for all of them."""
    if not call.config.has("attention_axes"):
        return None
    axes = call.config.integers("attention_axes")
    if any(not 0 < axis < view.rank for axis in axes):
        raise call.config.wrong("attention_axes", "axes of its input")
    own = tuple(sorted(entry for axis in axes for entry in view.own_axes(axis)))
    return None if own == tuple(range(1, len(view.shape))) else own


def named_views(call: LayerCall, names: tuple[str, ...]) -> list[TensorView]:
    """The tensors of these arguments, by position or by name, as far as they are there."""
    found = list(call.views)
    for name in names[len(found) :]:
        entry = call.keywords.get(name)
        if isinstance(entry, TensorView):
            found.append(entry)
    if len(found) < 2:
        raise Unsupported("attention without a query and a value")
    return found[: len(names)]


def same(first: TensorView, second: TensorView) -> bool:
    return first.value.key == second.value.key and first.axes == second.axes


# Without matrices


def plain(call: LayerCall) -> LayerResults:
    """Attention: the products of a query with the keys; `use_scale` learns a factor."""
    query, value, key = series_of(call)
    if call.config.text("score_mode", "dot") != "dot":
        raise Unsupported("scores that are not a product")
    sizes = (*call.sizes(query)[:2], call.sizes(key)[1])
    scores = product(call.builder, query, key.permuted([0, 2, 1]), sizes)
    if call.config.flag("use_scale", False):
        factor = call.add("weight", {"shape": (1,)}, [], "scale")
        one = TensorView(factor, ((), (), ()))
        scores = joined(call.builder, "mul", [scores, one], sizes)
    return weighted(call, scores, value)


def additive(call: LayerCall) -> LayerResults:
    """AdditiveAttention: tanh of the sums of query and key, and their sum over the channels."""
    query, value, key = series_of(call)
    views = [with_axis(query, 2), with_axis(key, 1)]
    sums = joined(call.builder, "add", views, broadcast_sizes(call, views))
    sums = channels_at(call.builder, call.apply("tanh", {}, sums), -1)
    if call.config.flag("use_scale", True):
        sums = call.apply("scale", {}, sums)
    value_of = call.add("reduce_sum", {"axis": 0, "keep": False}, [sums.value])
    axes = tuple(tuple(a if a == BATCH else a - 1 for a in entry) for entry in sums.axes[:3])
    return weighted(call, TensorView(value_of, axes), value)


def series_of(call: LayerCall) -> tuple[TensorView, TensorView, TensorView]:
    """The query, the value and the key, which is the value if there is none."""
    query, value, *key = named_views(call, ("query", "value", "key"))
    views = (query, value, key[0] if key else value)
    if any(view.rank != 3 or view.axes[0] != (BATCH,) for view in views):
        raise Unsupported("attention of tensors that are not series")
    if call.keywords.get("return_attention_scores"):
        raise Unsupported("attention that also returns its scores")
    return views


def weighted(call: LayerCall, scores: TensorView, value: TensorView) -> TensorView:
    """The values by the softmax of their scores."""
    weights = softmax_of(call, scores, -1)
    sizes = (*call.sizes(scores)[:2], call.sizes(value)[2])
    return product(call.builder, weights, value, sizes)


CLASSES: dict[str, Any] = {
    "MultiHeadAttention": multi_head,
    "GroupQueryAttention": grouped_query,
    "GroupedQueryAttention": grouped_query,
    "Attention": plain,
    "AdditiveAttention": additive,
}
