"""Convolutions, dense layers, pooling and reductions as operators of TensorFlow Lite Micro."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ...network import Node
from ...shape import Shape, same_padding
from ..builder import OperatorBuilder, OperatorDetails
from .support import ONE, PAD, LoweringRule, check_planar, fused, unsupported

if TYPE_CHECKING:
    from ...layers.window import Windowed

QUANTIZED = ("int8", "int16")
"""Types for which kernels add up in a wider type, in a buffer of their own."""

DIMENSIONS = 16
"""Bytes of the index of an element: an int32 for each of up to four dimensions."""


def padded(builder: OperatorBuilder, step: int) -> tuple[int, ...]:
    """What a window reads: the input, or that of an operator that pads it."""
    node, inputs = builder.node(step), builder.inputs(step)
    shape = padded_shape(node)
    if shape == node.input_shapes[0]:
        return inputs
    return (builder.emit_temporary(PAD, [step], inputs, shape.elements, ONE),)


def padded_shape(node: Node) -> Shape:
    """The input of a window with its padding, unless that is what SAME adds itself."""
    x = node.input_shapes[0]
    windows = cast("Windowed", node.layer).axis_windows(x)
    paddings = [(window.before, window.after) for window in windows]
    same = [
        same_padding(window.size, window.kernel, window.stride, window.dilation)
        for window in windows
    ]
    return x if paddings == same else x.with_spatial([window.padded_size for window in windows])


def convolution(builder: OperatorBuilder, step: int) -> None:
    check_planar(builder, step, "CONV_3D")
    node = builder.node(step)
    name = "DEPTHWISE_CONV_2D" if node.layer.kind == "depthwise" else "CONV_2D"
    details = OperatorDetails(constants=2, channels=node.shape.channels)
    inputs, chain = padded(builder, step), fused(builder, step)
    windowed(builder, name, chain, inputs, details)


def windowed(
    builder: OperatorBuilder,
    name: str,
    chain: list[int],
    inputs: tuple[int, ...],
    details: OperatorDetails,
) -> None:
    """An operator on images; a series is reshaped to an image of one row, and back.

    Between two of them, the series is not made.
    """
    node = builder.node(chain[0])
    if len(node.shape) > 2:
        builder.emit(name, chain, inputs, details)
        return
    row = builder.undo_reshape(chain[0])
    if row is None:
        elements = padded_shape(node).elements
        row = builder.emit_temporary("RESHAPE", chain[:1], inputs, elements, ONE)
    out = builder.emit_temporary(name, chain, [row], node.shape.elements, details)
    builder.emit("RESHAPE", chain, [out], ONE)


def transposed_convolution(builder: OperatorBuilder, step: int) -> None:
    """The products are added up in 4 bytes per element, 8 for int16."""
    check_planar(builder, step, "CONV_3D_TRANSPOSE")
    shape = builder.node(step).shape
    wide = {"int8": 4, "int16": 8}.get(builder.network.dtype, 0)
    scratch = (wide * shape.elements,) if wide else ()
    details = OperatorDetails(3, scratch, shape.channels)
    chain = fused(builder, step)
    builder.emit("TRANSPOSE_CONV", chain, builder.inputs(step), details)


def dense(builder: OperatorBuilder, step: int) -> None:
    """On a map of one position it is a 1x1 convolution, with a scale for each channel."""
    node = builder.node(step)
    channels = node.shape.channels if node.input_shapes[0].spatial else 0
    details = OperatorDetails(constants=2, channels=channels)
    chain = fused(builder, step)
    builder.emit("FULLY_CONNECTED", chain, builder.inputs(step), details)


def pool(builder: OperatorBuilder, step: int) -> None:
    kind = builder.node(step).layer.kind
    name = "MAX_POOL" if kind == "maxpool" else "AVERAGE_POOL"
    check_planar(builder, step, f"{name}_3D")
    inputs, chain = padded(builder, step), fused(builder, step)
    windowed(builder, f"{name}_2D", chain, inputs, OperatorDetails())


def mean(builder: OperatorBuilder, step: int) -> None:
    reduction(builder, step, "MEAN")


def reduction(builder: OperatorBuilder, step: int, name: str) -> None:
    """The sums are int32 in a buffer; two others hold an index and the axes."""
    scratch = [DIMENSIONS, DIMENSIONS]
    if name != "REDUCE_MAX" and builder.network.dtype in QUANTIZED:
        scratch.append(4 * builder.node(step).shape.elements)
    builder.emit(name, [step], builder.inputs(step), OperatorDetails(1, tuple(scratch)))


def adaptive_average(builder: OperatorBuilder, step: int) -> None:
    """A mean over everything, or equal windows on an image; others have no operator."""
    node = builder.node(step)
    sizes = list(zip(node.input_shapes[0].spatial, node.shape.spatial, strict=True))
    if all(out == 1 for _, out in sizes):
        mean(builder, step)
    elif len(sizes) != 2 or any(size % out for size, out in sizes):
        raise unsupported(builder, step, "for pooling to this size")
    else:
        builder.emit("AVERAGE_POOL_2D", fused(builder, step), builder.inputs(step))


def reduced(name: str) -> LoweringRule:
    """The rule of a reduction."""
    return lambda builder, step: reduction(builder, step, name)
