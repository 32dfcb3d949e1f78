"""Convolutions."""

from __future__ import annotations

from typing import Any

from ....shape import Shape
from ...python.arguments import CHANNELS, ModuleArgument, ModuleForm, channels, given, keyword
from .form import NoForm, TorchForm, aliased, module, of_rank, pads

WEIGHT_NORM = "nn.utils.parametrizations.weight_norm"
"""The function that gives a module a norm of its own for each filter."""


def padding_before(layer: Any, name: str, *value: ModuleArgument) -> tuple[ModuleForm, ...]:
    """A module that pads, if the padding is asymmetric."""
    if layer.padding == layer.padding_end:
        return ()
    amounts = pads(zip(layer.padding, layer.padding_end, strict=True))
    class_name = f"nn.{name}{len(layer.padding)}d"
    return (ModuleForm(class_name, (ModuleArgument("", amounts), *value)),)


def check_weight(layer: Any) -> None:
    """Raise NoForm for a weight that a module does not have."""
    if layer.density != 1:
        raise NoForm("a weight of which only a part is stored (`density`) is not a module")


def normalized(layer: Any, call: ModuleForm) -> ModuleForm:
    """A module whose filters have norms of their own, with `weight_norm`."""
    if not layer.weight_norm:
        return call
    return call._replace(class_name=f"{WEIGHT_NORM}:{call.class_name}")


def window_values(layer: Any) -> dict[str, Any]:
    """The padding of the convolution itself, which is 0 if it is asymmetric."""
    return {} if layer.padding == layer.padding_end else {"padding": (0,) * len(layer.padding)}


def conv(layer: Any, x: Shape, *weight: Shape) -> TorchForm:
    check_weight(layer)
    if weight:
        return with_given_weight(layer, x)
    arguments = aliased(layer, [channels(x)], positional=["kernel"], values=window_values(layer))
    call = normalized(layer, ModuleForm(of_rank("Conv", x), arguments))
    return TorchForm((*padding_before(layer, "ZeroPad"), call))


def depthwise(layer: Any, x: Shape, *weight: Shape) -> TorchForm:
    check_weight(layer)
    if weight:
        return with_given_weight(layer, x)
    out = f"{CHANNELS} * multiplier" if layer.multiplier != 1 else CHANNELS
    padding = window_values(layer).get("padding", layer.padding)
    arguments = (
        channels(x),
        given(layer.filters(x), out),
        given(layer.kernel, "kernel"),
        keyword("stride", layer.stride, 1, "stride"),
        keyword("padding", padding, 0, "padding"),
        keyword("dilation", layer.dilation, 1, "dilation"),
        keyword("groups", x.channels, None, CHANNELS),
        keyword("bias", layer.bias, True, "bias"),
    )
    call = normalized(layer, ModuleForm(of_rank("Conv", x), arguments))
    return TorchForm((*padding_before(layer, "ZeroPad"), call))


def with_given_weight(layer: Any, x: Shape) -> TorchForm:
    """A convolution whose weight is a value, which is the same for all samples."""
    rank = len(x.spatial)
    if layer.bias:
        raise NoForm("a bias of a layer whose weight is a value is not a module")
    if layer.padding != layer.padding_end or layer.weight_norm:
        raise NoForm("a weight that is a value takes no asymmetric padding or norm")
    options = {
        "stride": layer.stride,
        "padding": layer.padding,
        "dilation": layer.dilation,
        "groups": layer.group_count(x),
    }
    usual = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
    made = [keyword(name, value, usual[name]) for name, value in options.items()]
    texts = [f"{one.name}={one.value!r}" for one in made if not one.is_optional]
    return TorchForm(expression=f"F.conv{rank}d({', '.join(['{0}', '{1}[0]', *texts])})")


def conv_transpose(layer: Any, x: Shape, *weight: Shape) -> TorchForm:
    check_weight(layer)
    if weight:
        raise NoForm("a transposed convolution whose weight is a value is not a module")
    arguments = aliased(layer, [channels(x)], positional=["kernel"])
    order = {"padding": 0, "output_padding": 1}
    ordered = sorted(arguments, key=lambda one: order.get(one.name, 0 if not one.name else 2))
    return TorchForm((normalized(layer, ModuleForm(of_rank("ConvTranspose", x), tuple(ordered))),))


def local_conv(layer: Any, x: Shape, *weight: Shape) -> TorchForm:
    check_weight(layer)
    if weight or layer.weight_norm or any(step != 1 for step in layer.dilation):
        raise NoForm("a local convolution with a dilation or a given weight is not written")
    call = ModuleForm(
        "LocalConv",
        (
            channels(x),
            given(layer.out, "out"),
            ModuleArgument("", layer.kernel),
            ModuleArgument("", layer.output(x).spatial),
            ModuleArgument("stride", layer.stride, "", set(layer.stride) == {1}),
            keyword("groups", layer.groups, 1, "groups"),
            keyword("bias", layer.bias, True, "bias"),
        ),
    )
    ends = tuple(zip(layer.padding, layer.padding_end, strict=True))
    if not any(map(any, ends)):
        return TorchForm((call,))
    pad = ModuleForm(of_rank("ZeroPad", x), (ModuleArgument("", pads(ends)),))
    return TorchForm((pad, call))


def deform_conv(layer: Any, x: Shape, *others: Shape) -> TorchForm:
    if layer.padding != layer.padding_end:
        raise NoForm("a deformable convolution has the same padding at both ends")
    return module(
        "DeformConv2d", *aliased_as_conv(layer, x), keyword("bias", layer.bias, True, "bias")
    )


def aliased_as_conv(layer: Any, x: Shape) -> tuple[ModuleArgument, ...]:
    return (
        channels(x),
        given(layer.out, "out"),
        ModuleArgument("", layer.kernel),
        ModuleArgument("stride", layer.stride, "", set(layer.stride) == {1}),
        ModuleArgument("padding", layer.padding, "", set(layer.padding) == {0}),
        ModuleArgument("dilation", layer.dilation, "", set(layer.dilation) == {1}),
        keyword("groups", layer.groups, 1, "groups"),
    )


FORMS = {
    "conv": conv,
    "depthwise": depthwise,
    "conv_transpose": conv_transpose,
    "local_conv": local_conv,
    "deform_conv": deform_conv,
}
