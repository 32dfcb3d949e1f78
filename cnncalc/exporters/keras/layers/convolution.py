"""Convolutions."""

from __future__ import annotations

from typing import Any

from ...python.arguments import ModuleArgument, given, keyword
from .form import CallForm, KerasForm, KerasPlace, NoKerasForm, of_axes, own_arguments
from .windows import word_argument, zeros_before


def check_weight(layer: Any, place: KerasPlace) -> None:
    """Raise NoKerasForm for a weight that a layer of Keras does not have."""
    if len(place.inputs) > 1:
        raise NoKerasForm("a weight that is a value is not a layer of Keras")
    if layer.density != 1:
        raise NoKerasForm("a weight of which only a part is stored (`density`) is not in Keras")
    if layer.weight_norm:
        raise NoKerasForm("Keras has no norm of each filter (`weight_norm`)")


def check_steps(layer: Any) -> None:
    if max(layer.stride) > 1 and max(layer.dilation) > 1:
        raise NoKerasForm("Keras has no convolution with a stride and a dilation")


def conv(layer: Any, place: KerasPlace) -> KerasForm:
    check_weight(layer, place)
    check_steps(layer)
    arguments = own_arguments(layer, omit=["padding"], positional=["kernel"])
    return windowed(layer, place, of_axes("conv", place.x), arguments)


def depthwise(layer: Any, place: KerasPlace) -> KerasForm:
    check_weight(layer, place)
    check_steps(layer)
    x = place.x
    if len(x.spatial) == 3 or len(set(layer.stride)) > 1:
        return grouped(layer, place)
    arguments = own_arguments(layer, omit=["padding"], positional=["kernel"])
    return windowed(layer, place, of_axes("depthwise", x), arguments)


def grouped(layer: Any, place: KerasPlace) -> KerasForm:
    """A depthwise convolution as one with a group for each channel."""
    x = place.x
    out = "in_channels" if layer.multiplier == 1 else "in_channels * multiplier"
    arguments = (
        given(layer.filters(x), out),
        given(layer.kernel, "kernel"),
        keyword("strides", layer.stride, 1, "stride"),
        keyword("dilation_rate", layer.dilation, 1, "dilation"),
        keyword("groups", x.channels, None, "in_channels"),
        keyword("use_bias", layer.bias, True, "bias"),
    )
    return windowed(layer, place, of_axes("conv", x), arguments)


def windowed(
    layer: Any, place: KerasPlace, name: str, arguments: tuple[ModuleArgument, ...]
) -> KerasForm:
    """A layer with a window, after one of zeros if it needs that."""
    before = zeros_before(layer, place.x, place.padding)
    at = next(
        (index for index, one in enumerate(arguments) if one.name in AFTER_PADDING), len(arguments)
    )
    ordered = (*arguments[:at], *word_argument(place.padding), *arguments[at:])
    return KerasForm((*before, CallForm(f"layers.{name}", ordered)))


AFTER_PADDING = ("dilation_rate", "depth_multiplier", "groups", "use_bias")
"""The arguments that come after `padding`."""


def conv_transpose(layer: Any, place: KerasPlace) -> KerasForm:
    """`valid` covers all that the filters reach; what the file does not keep is cropped."""
    check_weight(layer, place)
    check_steps(layer)
    if layer.groups != 1:
        raise NoKerasForm("a transposed convolution of Keras has one group")
    x = place.x
    ends = [
        (padding, padding - more)
        for padding, more in zip(layer.padding, layer.output_padding, strict=True)
    ]
    arguments = own_arguments(layer, omit=["padding", "output_padding"], positional=["kernel"])
    name = f"layers.{of_axes('conv_transpose', x)}"
    extents = [
        (kernel - 1) * dilation + 1
        for kernel, dilation in zip(layer.kernel, layer.dilation, strict=True)
    ]
    usual = list(zip(extents, layer.stride, strict=True))
    if ends == [same_crop(extent, stride) for extent, stride in usual]:
        before, bias = arguments[:-1], arguments[-1:]
        same = ModuleArgument("padding", "same")
        return KerasForm((CallForm(name, (*before, same, *bias)),))
    crops = [(b, e + max(s - k, 0)) for (b, e), (k, s) in zip(ends, usual, strict=True)]
    if any(min(pair) < 0 for pair in crops):
        raise NoKerasForm("an output padding beyond the padding is not in Keras")
    whole = CallForm(name, arguments)
    if not any(map(any, crops)):
        return KerasForm((whole,))
    amounts = tuple(crops) if len(crops) > 1 else crops[0]
    crop = CallForm(f"layers.Cropping{len(crops)}D", (ModuleArgument("", amounts),), "crop")
    return KerasForm((whole, crop))


def same_crop(extent: int, stride: int) -> tuple[int, int]:
    """What `same` takes away before and after an axis; one that is negative does not exist."""
    total = extent - stride
    return (total // 2, total - total // 2) if total >= 0 else (-1, -1)


def local_conv(layer: Any, place: KerasPlace) -> KerasForm:
    raise NoKerasForm("Keras 3 has no convolution with other weights at each position")


def deform_conv(layer: Any, place: KerasPlace) -> KerasForm:
    raise NoKerasForm("Keras has no deformable convolution")


FORMS = {
    "conv": conv,
    "depthwise": depthwise,
    "conv_transpose": conv_transpose,
    "local_conv": local_conv,
    "deform_conv": deform_conv,
}
