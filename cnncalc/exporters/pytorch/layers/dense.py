"""Dense, recurrent and attention layers."""

from __future__ import annotations

from typing import Any

from ....layers.parameter import sizes_text
from ....shape import Shape
from ...python.arguments import ModuleArgument, ModuleForm, channels, given, keyword
from .convolution import check_weight, normalized
from .form import NoForm, TorchForm, aliased, module


def linear(layer: Any, x: Shape, *weight: Shape) -> TorchForm:
    check_weight(layer)
    if weight:
        return with_given_weight(layer, x)
    arguments = aliased(layer, [given(layer.inputs(x), "in_channels")])
    if layer.is_on_vector(x):
        call = normalized(layer, ModuleForm("nn.Linear", arguments))
        return TorchForm((call,) if len(x) == 1 else (ModuleForm("nn.Flatten"), call))
    axis = (layer.axis or 0) + 1
    if axis == len(x):
        return TorchForm((normalized(layer, ModuleForm("nn.Linear", arguments)),))
    if layer.weight_norm:
        raise NoForm("a norm of the weights of a linear layer along an axis is not written")
    if axis == 1:
        return module("ChannelLinear", *arguments)
    return module("AxisLinear", ModuleArgument("", axis), *arguments)


def with_given_weight(layer: Any, x: Shape) -> TorchForm:
    """A linear layer whose weight is a value, which is the same for all samples."""
    if layer.bias or not layer.is_on_vector(x) or layer.weight_norm:
        raise NoForm("a weight that is a value takes a vector, and no bias or norm of its own")
    entering = "{0}" if len(x) == 1 else "{0}.flatten(1)"
    return TorchForm(expression=f"F.linear({entering}, {{1}}[0])")


def embedding(layer: Any, x: Shape) -> TorchForm:
    return module("TokenEmbedding", *aliased(layer))


def recurrent(layer: Any, x: Shape) -> TorchForm:
    if layer.bias and layer.biases == 1:
        raise NoForm("recurrent layers of PyTorch have two biases for each gate")
    name = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}[layer.kind]
    arguments = aliased(layer, [channels(x)])
    if len(x) == 2:
        return module(f"Series{name}", *arguments)
    return module(f"Axis{name}", ModuleArgument("", layer.axis + 1), *arguments)


def conv_lstm(layer: Any, x: Shape) -> TorchForm:
    kernel = layer.kernel
    same = all(2 * pad == size - 1 for pad, size in zip(layer.padding, kernel, strict=True))
    plain = set(layer.stride) == {1} == set(layer.dilation)
    if not same or not plain or layer.padding != layer.padding_end or layer.peepholes:
        raise NoForm("a ConvLSTM is written only if it keeps the size, without peepholes")
    return module(
        f"ConvLSTM{len(kernel)}d",
        channels(x),
        given(layer.out, "out"),
        given(kernel, "kernel"),
        keyword("bias", layer.bias, True, "bias"),
    )


def attention(layer: Any, x: Shape, source: Shape | None = None) -> TorchForm:
    """nn.MultiheadAttention where that is all, else classes with a matrix for each projection."""
    is_whole = layer.axes == "all" or sorted(layer.axes) == list(range(1, len(x)))
    widths = layer.dim, layer.value_dim, layer.kv_heads, layer.out_bias
    is_usual = widths == (x.channels, x.channels, layer.heads, layer.bias)
    bias = keyword("bias", layer.bias, True, "bias")
    first = channels(x), given(layer.heads, "heads")
    if layer.window or layer.rel_bias:
        return window_attention(layer, x, source, is_whole)
    if not is_whole:
        if source is not None:
            raise NoForm("attention along some axes of another value is not written")
        axes = ModuleArgument("", tuple(axis + 1 for axis in layer.axes))
        return module("AxialAttention", *first, axes, *projections(layer, x), bias)
    if not is_usual:
        return module("DotProductAttention", *first, *projections(layer, x, source), bias)
    others: tuple[ModuleArgument, ...] = ()
    if source is not None and source.channels != x.channels:
        others = (
            ModuleArgument("kdim", source.channels),
            ModuleArgument("vdim", source.channels),
        )
    return module("Attention", *first, bias, *others)


def window_attention(layer: Any, x: Shape, source: Shape | None, is_whole: bool) -> TorchForm:
    """Attention in the windows of a map; one window is all of it if the layer has none."""
    window = layer.window or x.spatial
    if source is not None or len(window) != 2 or not is_whole:
        raise NoForm("windows and relative biases are written for attention within a map")
    if any(map(int.__mod__, x.spatial, window)):
        raise NoForm(f"windows of {sizes_text(window)} do not divide a map of {x}")
    return module(
        "WindowAttention",
        channels(x),
        given(layer.heads, "heads"),
        given(window, "window" if layer.window else ""),
        keyword("rel_bias", layer.rel_bias, False, "rel_bias"),
        *projections(layer, x),
        keyword("bias", layer.bias, True, "bias"),
    )


def projections(layer: Any, x: Shape, source: Shape | None = None) -> tuple[ModuleArgument, ...]:
    """The arguments for matrices that are not all of the channels of the input."""
    keys = source or x
    return (
        keyword("dim", layer.dim, x.channels, "dim"),
        keyword("value_dim", layer.value_dim, layer.dim, "value_dim"),
        keyword("kv_heads", layer.kv_heads, layer.heads, "kv_heads"),
        keyword("source_channels", keys.channels, x.channels),
        keyword("out_bias", layer.out_bias, True, "out_bias"),
    )


FORMS = {
    "linear": linear,
    "embedding": embedding,
    "lstm": recurrent,
    "gru": recurrent,
    "rnn": recurrent,
    "conv_lstm": conv_lstm,
    "attention": attention,
}
