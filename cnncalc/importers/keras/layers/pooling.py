"""Pooling."""

from __future__ import annotations

from typing import Any

from ....layers.aliases import KERAS
from ...axes import BATCH, TensorView, renumbered
from ...bounded_json import JsonValue
from ...errors import Unsupported
from ...rewrites import compact
from ..context import LayerCall, ViewArgument
from .operation_arguments import argument, operation_key, whole_numbers
from .windows import FIRST, LAST, Image, image, padding


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


# Operations

FUNCTIONS = {
    **dict.fromkeys(("maxpool", "maxpool1d", "maxpool2d", "maxpool3d"), "MaxPooling"),
    **dict.fromkeys(("avgpool", "avgpool1d", "avgpool2d", "avgpool3d"), "AveragePooling"),
    "averagepool": "AveragePooling",
}


def function(call: LayerCall) -> TensorView:
    """tf.nn.max_pool2d and the like, as the layer of this window."""
    axes = call.view.rank - 2
    is_first = argument(call, ("data_format",), 3) in (FIRST, "NCW", "NCHW", "NCDHW")
    kernel = window_sizes(argument(call, ("ksize", "pool_size"), 0), axes, is_first)
    given = argument(call, ("strides",), 1)
    padding_name = str(argument(call, ("padding",), 2) or "valid").lower()
    if not 1 <= axes <= 3 or padding_name not in ("valid", "same"):
        raise Unsupported("a window that is not written in the file")
    values: dict[str, JsonValue] = {
        "pool_size": kernel,
        "strides": kernel if given is None else window_sizes(given, axes, is_first),
        "padding": padding_name,
        "data_format": FIRST if is_first else LAST,
    }
    kind = f"{FUNCTIONS[operation_key(call.layer)]}{axes}D"
    layer = call.layer._replace(kind=kind, config=call.config._replace(values=values))
    return pool(call._replace(layer=layer))


def window_sizes(value: ViewArgument, axes: int, is_first: bool) -> list[JsonValue]:
    """The sizes along the spatial axes, of one number, or one for each of them or of all axes."""
    sizes = list(whole_numbers(value, "a window"))
    if len(sizes) == axes + 2:
        sizes = sizes[2:] if is_first else sizes[1:-1]
    return [*(sizes * axes if len(sizes) == 1 else sizes)]


OPERATIONS = dict.fromkeys(FUNCTIONS, function)

KINDS = {
    **dict.fromkeys(("maxpool", "avgpool"), pool),
    **dict.fromkeys(("adaptive_avgpool", "adaptive_maxpool"), adaptive),
    **dict.fromkeys(("global_avgpool", "global_maxpool"), global_pool),
}
