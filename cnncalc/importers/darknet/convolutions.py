"""Sections with convolutions."""

from __future__ import annotations

from collections.abc import Sequence

from ...shape import Shape
from ...sketch import SketchArgument, SketchValue
from ..builder import LayerArguments, Owned
from ..errors import InvalidModelFile
from .activations import activated
from .context import DarknetContext
from .sections import CfgSection

BLUR_NOTE = "the fixed filter of antialiasing"


def compact(sizes: Sequence[int]) -> SketchArgument:
    """One number for equal sizes."""
    return sizes[0] if len(set(sizes)) == 1 else tuple(sizes)


def strides(section: CfgSection) -> tuple[int, int]:
    """Those of the height and of the width."""
    stride = section.integer("stride", 1)
    vertical, horizontal = section.integer("stride_y", -1), section.integer("stride_x", -1)
    return (vertical if vertical > 0 else stride, horizontal if horizontal > 0 else stride)


def padding_of(section: CfgSection, size: int) -> int:
    return size // 2 if section.integer("pad") else section.integer("padding")


def weights_path(section: CfgSection) -> str:
    """The name of the weights: with `share_index`, those of another section."""
    if "share_index" not in section.options:
        return f"layer{section.number}"
    return f"layer{section.indices('share_index')[0]}"


def convolution(net: DarknetContext, section: CfgSection) -> SketchValue:
    """A convolution; with `antialiasing`, its stride is that of a blur after it."""
    x = net.map_of(section)
    size = section.integer("size", 1)
    dilation = section.integer("dilation", 1) if size > 1 else 1
    stride, blur = strides(section), section.integer("antialiasing")
    arguments: LayerArguments = {
        "kernel": size,
        "stride": 1 if blur else compact(stride),
        "padding": padding_of(section, size) * dilation,
        "dilation": dilation,
    }
    value = filtered(net, section, x, arguments)
    value = activated(net, section, value)
    return blurred(net, value, stride, blur) if blur else value


def filtered(
    net: DarknetContext, section: CfgSection, x: SketchValue, window: LayerArguments
) -> SketchValue:
    """The convolution and its norm."""
    filters = section.integer("filters", 1)
    groups = 1 if section.integer("xnor") else max(section.integer("groups", 1), 1)
    has_norm = bool(section.integer("batch_normalize") or section.integer("cbn"))
    path = weights_path(section)
    if groups == x.shape.channels and groups > 1 and filters % groups == 0:
        arguments: LayerArguments = {
            **window,
            "multiplier": filters // groups,
            "bias": not has_norm,
        }
        value = net.add("depthwise", arguments, [x], path)
    else:
        arguments = {"out": filters, **window, "groups": groups, "bias": not has_norm}
        value = net.add("conv", arguments, [x], path)
    return net.add("bn", {}, [value], f"{path}.norm") if has_norm else value


def blurred(
    net: DarknetContext, value: SketchValue, strides: tuple[int, int], mode: int
) -> SketchValue:
    """A value after the blur, whose filter of 3x3 (in mode 2 of 2x2) is not stored.

    Raises InvalidModelFile for a stride of 0, and if nothing is left of the map.
    """
    if min(strides) < 1:
        raise InvalidModelFile("a blur has a stride of 1 or more")
    size = 2 if mode == 2 else 3
    padding = 0 if mode == 2 else 1
    sizes = [
        (extent + 2 * padding - size) // stride + 1
        for extent, stride in zip(value.shape.spatial, strides, strict=True)
    ]
    if min(sizes) < 1:
        raise InvalidModelFile("nothing is left of a map after its blur")
    shape = Shape((value.shape.channels, *sizes))
    macs = shape.elements * size**2
    return net.builder.add_custom("blur", shape, [value], BLUR_NOTE, Owned(), macs)


def deconvolution(net: DarknetContext, section: CfgSection) -> SketchValue:
    x = net.map_of(section)
    size = section.integer("size", 1)
    has_norm = bool(section.integer("batch_normalize"))
    arguments: LayerArguments = {
        "out": section.integer("filters", 1),
        "kernel": size,
        "stride": section.integer("stride", 1),
        "padding": padding_of(section, size),
        "bias": not has_norm,
    }
    path = f"layer{section.number}"
    value = net.add("conv_transpose", arguments, [x], path)
    if has_norm:
        value = net.add("bn", {}, [value], f"{path}.norm")
    return activated(net, section, value)


def local_convolution(net: DarknetContext, section: CfgSection) -> SketchValue:
    """With `pad`, as many positions as an input padded to (size - 1) / 2 at both ends has."""
    x = net.map_of(section)
    size = section.integer("size", 1)
    if section.integer("pad") and size % 2 == 0:
        raise InvalidModelFile(f"[local] on line {section.line} pads for a kernel of {size}")
    arguments: LayerArguments = {
        "out": section.integer("filters", 1),
        "kernel": size,
        "stride": section.integer("stride", 1),
        "padding": size // 2 if section.integer("pad") else 0,
    }
    value = net.add("local_conv", arguments, [x], f"layer{section.number}")
    return activated(net, section, value)
