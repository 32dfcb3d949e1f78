"""Pooling."""

from __future__ import annotations

from typing import Any

from ....layers.aliases import KERAS
from ...axes import BATCH, TensorView, renumbered
from ...rewrites import compact
from ..context import LayerCall
from .windows import Image, image, padding


def kind_of(call: LayerCall) -> str:
    """The kind of the catalogue that has the class among its aliases."""
    return next(kind for kind, alias in KERAS.items() if call.layer.kind in alias.names)


def pool(call: LayerCall) -> TensorView:
    x = image(call)
    kernel = call.config.sizes("pool_size", x.axes, 2)
    strides = call.config.sizes("strides", x.axes) if call.config.has("strides") else kernel
    kind = kind_of(call)
    arguments: dict[str, Any] = {
        "kernel": x.wide(kernel),
        "stride": x.wide(strides),
        "padding": padding(call, kernel),
    }
    if kind == "avgpool" and arguments["padding"]:
        arguments["count_include_pad"] = False  # as in TensorFlow
    return call.apply(kind, arguments, x.view)


def adaptive(call: LayerCall) -> TensorView:
    x = image(call)
    sizes = call.config.sizes("output_size", x.axes)
    lead = x.view.shape[1 : 1 + x.lead]
    return call.apply(kind_of(call), {"size": compact((*lead, *sizes))}, x.view)


def global_pool(call: LayerCall) -> TensorView:
    """GlobalAveragePoolingND: without `keepdims`, the axes of size 1 are in the value alone."""
    x = image(call)
    kind = kind_of(call)
    keeps = call.config.flag("keepdims", False)
    if x.lead:
        return time_distributed(call, x, kind.replace("global_avg", "mean_"), keeps)
    result = call.apply(kind, {}, x.view)
    if keeps:
        return result
    return result._replace(axes=(result.axes[0], result.axes[x.channels]))


def time_distributed(call: LayerCall, x: Image, kind: str, keeps: bool) -> TensorView:
    """The mean or maximum over the window's axes alone; the time stays."""
    reduction = "reduce_mean" if kind.startswith("mean") else "reduce_max"
    axes = tuple(x.value_axes)
    value = call.add(reduction, {"axis": axes, "keep": False}, [x.view.value])
    kept = x.view.axes if keeps else (x.view.axes[0], x.view.axes[x.channels])
    numbers = {BATCH: BATCH, 0: 0, 1: 1}
    return TensorView(value, renumbered(kept, numbers))


KINDS = {
    **dict.fromkeys(("maxpool", "avgpool"), pool),
    **dict.fromkeys(("adaptive_avgpool", "adaptive_maxpool"), adaptive),
    **dict.fromkeys(("global_avgpool", "global_maxpool"), global_pool),
}
