"""Convolutions."""

from __future__ import annotations

from typing import Any

from ....shape import Shape
from ..layer_writer import LayerWriter, NoOperator


def kernel(w: LayerWriter, layer: Any, *given: Shape) -> str:
    """The weight of a layer: its own, one with a norm for each filter, or a value."""
    if layer.density != 1:
        raise NoOperator("a weight of which only a part is stored (`density`)")
    if given:
        return given_weight(w, given[0])
    if not layer.weight_norm:
        return w.weight("weight")
    direction = w.weight("weight_v")
    axes = range(1, len(w.weight_shapes["weight_v"]))
    length = w.op("ReduceL2", direction, w.wholes(*axes), keepdims=1)
    norm = w.op("Unsqueeze", w.weight("weight_g", 1.0), w.wholes(*axes))
    return w.op("Mul", w.op("Div", direction, length), norm)


def given_weight(w: LayerWriter, shape: Shape) -> str:
    """A weight that is a value of the network."""
    if not w.is_batchless(w.inputs[1]):
        raise NoOperator("a weight that depends on the input is another one for each sample")
    return w.op("Reshape", w.inputs[1], w.wholes(*shape))


def window(layer: Any) -> dict[str, tuple[int, ...]]:
    """The arguments of convolutions and poolings."""
    return {
        "kernel_shape": layer.kernel,
        "strides": layer.stride,
        "pads": (*layer.padding, *layer.padding_end),
    }


def conv(w: LayerWriter, layer: Any, x: Shape, *given: Shape) -> str:
    weight = kernel(w, layer, *given)
    groups = layer.group_count(x)
    return w.op(
        "Conv", w.x, weight, *w.bias(), **window(layer), dilations=layer.dilation, group=groups
    )


def conv_transpose(w: LayerWriter, layer: Any, x: Shape, *given: Shape) -> str:
    return w.op(
        "ConvTranspose",
        w.x,
        kernel(w, layer, *given),
        *w.bias(),
        kernel_shape=layer.kernel,
        strides=layer.stride,
        dilations=layer.dilation,
        pads=(*layer.padding, *layer.padding),
        output_padding=layer.output_padding,
        group=layer.groups,
    )


def local_conv(w: LayerWriter, layer: Any, *inputs: Shape) -> str:
    raise NoOperator("no operator has weights of its own at each position")


def deform_conv(w: LayerWriter, layer: Any, x: Shape, offsets: Shape, *mask: Shape) -> str:
    taps = 1
    for size in layer.kernel:
        taps *= size
    bias = w.weight("bias") if w.has("bias") else ""
    others = [bias, *w.inputs[2:]] if mask or bias else []
    return w.op(
        "DeformConv",
        w.x,
        w.weight("weight"),
        w.inputs[1],
        *others,
        **window(layer),
        dilations=layer.dilation,
        group=layer.groups,
        offset_group=offsets.channels // (2 * taps),
    )


WRITERS = {
    "conv": conv,
    "depthwise": conv,
    "conv_transpose": conv_transpose,
    "local_conv": local_conv,
    "deform_conv": deform_conv,
}
