"""Operations that are a function of each element, or along one axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...axes import TensorView, channels_at
from ...errors import Unsupported
from ..context import LayerCall
from .activation import (
    OF_ELEMENTS,
    PLAIN,
    from_threshold,
    layer_of,
    rectifier,
    softmax_of,
    softsign,
)
from .merging import concatenation, negative
from .operation_arguments import argument, dims_of, operation_key, whole_number


def function(call: LayerCall) -> TensorView:
    """An activation, or a function of each element."""
    name = FUNCTION_NAMES[operation_key(call.layer)]
    if name == "softsign":
        return softsign(call, call.view)
    config = {**call.config.values, **call.keywords}
    arguments = {key: config[key] for key in CONFIGURED if key in config}
    if name == "leaky_relu" and "alpha" in arguments:
        arguments["negative_slope"] = arguments.pop("alpha")
    return call.apply(*layer_of(name, arguments), call.view)


CONFIGURED = ("negative_slope", "approximate", "alpha", "max_value", "threshold")
FUNCTION_NAMES = {name.replace("_", ""): name for name in (*PLAIN, *OF_ELEMENTS)}
FUNCTION_NAMES |= {
    "softsign": "softsign",
    "leakyrelu": "leaky_relu",
    "elu": "elu",
    "celu": "celu",
    "gelu": "gelu",
    "neg": "negative",
}


def log_sigmoid(call: LayerCall) -> TensorView:
    """The negative of softplus of the negative."""
    return negative(call, call.apply("softplus", {}, negative(call, call.view)))


def threshold(call: LayerCall) -> TensorView:
    """The elements above a threshold, and 0 for the others."""
    limit, other = argument(call, ("threshold",), 0), argument(call, ("default_value",), 1)
    if not isinstance(limit, int | float) or other != 0:
        raise Unsupported("another number than 0 for the elements below")
    return from_threshold(call, call.view, float(limit))


def gated(call: LayerCall) -> TensorView:
    """glu along an axis."""
    (axis,) = dims_of(call, call.view, argument(call, ("axis",), 0) or -1)
    return call.apply("glu", {}, channels_at(call.builder, call.view, axis))


def power(call: LayerCall) -> TensorView:
    given = argument(call, ("y", "x2"), 0)
    if not isinstance(given, int | float) or isinstance(given, bool):
        raise Unsupported("a power that is not a number")
    if given == 2:
        return call.apply("elementwise", {"function": "square"}, call.view)
    return call.apply("elementwise", {"function": "pow", "exponent": given}, call.view)


def softmax(call: LayerCall) -> TensorView:
    axis = argument(call, ("axis",), 0)
    kind = "log_softmax" if "log" in operation_key(call.layer) else "softmax"
    return softmax_of(call, call.view, -1 if axis is None else whole_number(axis, "an axis"), kind)


def clip(call: LayerCall) -> TensorView:
    low = argument(call, ("x_min", "clip_value_min"), 0)
    high = argument(call, ("x_max", "clip_value_max"), 1)
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        raise Unsupported("bounds that are not numbers")
    if low == 0:
        return call.apply(*rectifier({"max_value": high}), call.view)
    return call.apply("hardtanh", {"min": float(low), "max": float(high)}, call.view)


def both_signs(call: LayerCall) -> TensorView:
    """tf.nn.crelu: the relu of a tensor and of its negative."""
    view = call.view
    both = concatenation(call, [view, negative(call, view)], view.rank - 1)
    return call.apply("relu", {}, both)


def dropout(call: LayerCall) -> TensorView:
    """tf.nn.dropout; TensorFlow 1 has the probability to keep an element."""
    rate = argument(call, ("rate",), 0)
    if not isinstance(rate, int | float):
        raise Unsupported("a rate that is not written in the file")
    return call.apply("dropout", {"p": round(rate, 8)}, call.view) if rate else call.view


def response_norm(call: LayerCall) -> TensorView:
    radius = argument(call, ("depth_radius",), 0)
    size = 2 * (5 if radius is None else whole_number(radius, "a radius")) + 1
    return call.apply("lrn", {"size": size}, channels_at(call.builder, call.view, -1))


def shuffled(call: LayerCall) -> TensorView:
    """depth_to_space and space_to_depth."""
    factor = whole_number(argument(call, ("block_size",), 0), "a block size")
    kind = "pixel_shuffle" if operation_key(call.layer).startswith("depth") else "pixel_unshuffle"
    is_first = argument(call, ("data_format",), 1) in ("channels_first", "NCHW")
    view = channels_at(call.builder, call.view, 1 if is_first else -1)
    return call.apply(kind, {"factor": factor}, view)


def normalize(call: LayerCall) -> TensorView:
    order = argument(call, ("order", "ord"), 1)
    axes = dims_of(call, call.view, argument(call, ("axis",), 0))
    if order not in (None, 2) or len(axes) != 1:
        raise Unsupported("a norm other than L2 along one axis")
    return call.apply("l2norm", {}, channels_at(call.builder, call.view, axes[0]))


def filled(call: LayerCall) -> TensorView:
    """zeros_like and ones_like: a constant."""
    view = call.view
    return view.with_value(call.add("constant", {"shape": tuple(view.shape)}, []))


def unchanged(call: LayerCall) -> TensorView:
    return call.view


OPERATIONS: dict[str, Callable[[LayerCall], Any]] = {
    **dict.fromkeys(FUNCTION_NAMES, function),
    "logsigmoid": log_sigmoid,
    "threshold": threshold,
    "glu": gated,
    **dict.fromkeys(("power", "pow"), power),
    **dict.fromkeys(("softmax", "logsoftmax"), softmax),
    **dict.fromkeys(("clip", "clipbyvalue"), clip),
    **dict.fromkeys(
        ("identity", "stopgradient", "cast", "converttotensor", "copy", "ensureshape"), unchanged
    ),
    **dict.fromkeys(("depthtospace", "spacetodepth"), shuffled),
    **dict.fromkeys(("normalize", "l2normalize"), normalize),
    **dict.fromkeys(("localresponsenormalization", "lrn"), response_norm),
    **dict.fromkeys(("zeroslike", "oneslike"), filled),
    "crelu": both_signs,
    "dropout": dropout,
}
"""By the name without underscores, in lower case."""
