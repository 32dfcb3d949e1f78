"""Convolutions."""

from __future__ import annotations

from typing import Any

from ....shape import Shape
from ....sketch import SketchArgument
from ...axes import TensorView
from ...errors import Unsupported
from ..arguments import shape_of
from ..context import LayerCall
from .activation import with_activation
from .windows import Image, image, padding

MAX_AXES = 3
DENSE_WITH_ZEROS = 2
"""The implementation of a locally connected layer whose weights are a matrix with zeros."""


def window(call: LayerCall, x: Image) -> dict[str, SketchArgument]:
    """Kernel, stride, padding and dilation."""
    kernel = call.config.sizes("kernel_size", x.axes)
    return {
        "kernel": x.wide(kernel),
        "stride": x.wide(call.config.sizes("strides", x.axes)),
        "padding": padding(call, kernel),
        "dilation": x.wide(call.config.sizes("dilation_rate", x.axes)),
    }


def convolution(call: LayerCall) -> TensorView:
    """ConvND; one filter for each channel is a `depthwise`."""
    x = image(call)
    groups = call.config.integer("groups", 1)
    filters = call.config.integer("filters")
    arguments = {**window(call, x), "bias": call.config.flag("use_bias", True)}
    channels = x.view.shape.channels
    if groups == channels > 1 and filters > 0 and filters % groups == 0:
        arguments["multiplier"] = filters // groups
        return with_activation(call, call.apply("depthwise", arguments, x.view))
    arguments |= {"out": filters, "groups": groups}
    return with_activation(call, call.apply("conv", arguments, x.view))


def depthwise(call: LayerCall) -> TensorView:
    result = depthwise_of(call, image(call), call.config.flag("use_bias", True))
    return with_activation(call, result)


def depthwise_of(call: LayerCall, x: Image, bias: bool, part: str = "") -> TensorView:
    multiplier = call.config.integer("depth_multiplier", 1)
    arguments = {**window(call, x), "multiplier": multiplier, "bias": bias}
    return call.apply("depthwise", arguments, x.view, part)


def separable(call: LayerCall) -> TensorView:
    """A `depthwise` without bias, then a 1x1 `conv`."""
    x = depthwise_of(call, image(call), False, "depthwise")
    out, bias = call.config.integer("filters"), call.config.flag("use_bias", True)
    arguments: dict[str, SketchArgument] = {"out": out, "kernel": 1, "bias": bias}
    return with_activation(call, call.apply("conv", arguments, x, "pointwise"))


def local(call: LayerCall) -> TensorView:
    """LocallyConnectedND of Keras 2."""
    x = image(call)
    if call.config.integer("implementation", 1) == DENSE_WITH_ZEROS:
        call.note(
            "a LocallyConnected layer of implementation 2 is stored as a matrix of all pairs of "
            "elements: its zeros are not counted"
        )
    out, bias = call.config.integer("filters"), call.config.flag("use_bias", True)
    arguments = {"out": out, **window(call, x), "bias": bias}
    return with_activation(call, call.apply("local_conv", arguments, x.view))


def transposed(call: LayerCall) -> TensorView:
    """ConvNDTranspose.  `valid` without an output padding covers the input times the stride."""
    x = image(call)
    kernel = call.config.sizes("kernel_size", x.axes)
    stride = call.config.sizes("strides", x.axes)
    dilation = call.config.sizes("dilation_rate", x.axes)
    extents = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    is_same = padding(call, kernel) == "same"
    arguments: dict[str, Any] = {
        "out": call.config.integer("filters"),
        "kernel": x.wide(kernel),
        "stride": x.wide(stride),
        "dilation": x.wide(dilation),
        "groups": call.config.integer("groups", 1),
        "bias": call.config.flag("use_bias", True),
    }
    if call.config.has("output_padding"):
        arguments["output_padding"] = x.wide(call.config.sizes("output_padding", x.axes), 0)
        arguments["padding"] = x.wide([e // 2 for e in extents], 0) if is_same else 0
    elif is_same:
        arguments["padding"] = "same"
    else:
        uncovered = [max(s - e, 0) for s, e in zip(stride, extents, strict=True)]
        arguments["output_padding"] = x.wide(uncovered, 0)
    result = call.apply("conv_transpose", arguments, x.view)
    check_stated_sizes(call, x, result.shape)
    return with_activation(call, result)


def check_stated_sizes(call: LayerCall, x: Image, shape: Shape) -> None:
    """Raise Unsupported if Keras 1, which states the sizes of the result, has others."""
    stated = shape_of(call.config.values.get("output_shape"))
    if stated is None:
        return
    sizes = stated[2:] if x.channels == 1 else stated[1:-1]
    if sizes != shape[1 + x.lead :]:
        raise Unsupported("a result of other sizes than the input times the stride")


def recurrent(call: LayerCall) -> TensorView:
    """ConvLSTMND along the first spatial axis of its value; without sequences, the last state."""
    axes = int(call.layer.kind.removesuffix("D")[-1])
    x = Image(call, call.view, axes + 1)
    if x.lead or axes > MAX_AXES:
        raise Unsupported("a series of series of maps")
    spatial = {
        "kernel": call.config.sizes("kernel_size", axes),
        "stride": call.config.sizes("strides", axes),
        "dilation": call.config.sizes("dilation_rate", axes),
    }
    arguments: dict[str, Any] = {
        "out": call.config.integer("filters"),
        **{name: x.wide(numbers) for name, numbers in spatial.items()},
        "padding": padding(call, spatial["kernel"]),
        "bias": call.config.flag("use_bias", True),
    }
    if call.config.flag("return_state", False):
        raise Unsupported("the states of a recurrent convolution")
    states = call.apply("conv_lstm", arguments, x.view)
    if call.config.flag("return_sequences", False):
        return states
    value = call.add("select", {"index": -1, "axis": 1}, [states.value])
    kept = [entry for axis, entry in enumerate(states.axes) if axis != x.spatial[0]]
    return TensorView(value, tuple(tuple(a if a < 1 else a - 1 for a in entry) for entry in kept))


KINDS = {
    "conv": convolution,
    "depthwise": depthwise,
    "conv_transpose": transposed,
    "conv_lstm": recurrent,
}
"""By the kind of the catalogue; the classes are those of its aliases."""

CLASSES = {
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), separable),
    **dict.fromkeys(("LocallyConnected1D", "LocallyConnected2D"), local),
}
