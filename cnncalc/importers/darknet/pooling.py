"""Sections that pool."""

from __future__ import annotations

from ...sketch import SketchValue
from ..builder import LayerArguments
from ..errors import InvalidModelFile
from .context import DarknetContext
from .convolutions import blurred, compact
from .sections import CfgSection


def global_pooling(net: DarknetContext, section: CfgSection) -> SketchValue:
    return net.add("global_avgpool", {}, [net.map_of(section)])


def max_pooling(net: DarknetContext, section: CfgSection) -> SketchValue:
    if section.integer("maxpool_depth"):
        return maximum_of_channels(net, section)
    blur = section.integer("antialiasing")
    stride = section.integer("stride", 1)
    strides = (section.integer("stride_y", stride), section.integer("stride_x", stride))
    window = pooling_window(section, net.map_of(section), (1, 1) if blur else strides)
    value = net.add("maxpool", window, [net.map_of(section)])
    return blurred(net, value, strides, blur) if blur else value


def average_pooling(net: DarknetContext, section: CfgSection) -> SketchValue:
    x = net.map_of(section)
    stride = section.integer("stride", 1)
    strides = (section.integer("stride_y", stride), section.integer("stride_x", stride))
    window = pooling_window(section, x, strides)
    if "padding" in window:
        window["count_include_pad"] = False
    return net.add("avgpool", window, [x])


def pooling_window(section: CfgSection, x: SketchValue, strides: tuple[int, int]) -> LayerArguments:
    """The arguments of a pooling.

    `padding` is that of both ends together, by default size - 1, of which the first end has half.
    What no window reaches is not read: a window of 2 with stride 2 needs none on an even size.
    """
    size = section.integer("size", section.integer("stride", 1))
    total = section.integer("padding", size - 1)
    if min(size, total + 1, *strides) < 1:
        raise InvalidModelFile(f"[{section.kind}] on line {section.line} has an invalid window")
    before, after = total // 2, total - total // 2
    needed = max(
        (extent + total - size) // stride * stride + size - extent - before
        for extent, stride in zip(x.shape.spatial, strides, strict=True)
    )
    if before != after:
        after = max(needed, 0)
    arguments: LayerArguments = {"kernel": size, "stride": compact(strides)}
    if before or after:
        arguments["padding"] = before
    if before != after:
        arguments["padding_end"] = after
    return arguments


def maximum_of_channels(net: DarknetContext, section: CfgSection) -> SketchValue:
    """The maximum of every n-th channel, for n output channels."""
    x = net.map_of(section)
    channels = section.integer("out_channels", 1)
    if channels == 1:
        return net.add("reduce_max", {"axis": 0, "keep": True}, [x])
    if channels < 1 or x.shape.channels % channels:
        raise InvalidModelFile(
            f"[{section.kind}] on line {section.line} does not divide {x.shape.channels} channels"
        )
    sizes = (x.shape.channels // channels, channels, *x.shape.spatial)
    split = net.add("reshape", {"shape": sizes}, [x])
    return net.add("reduce_max", {"axis": 0}, [split])
