"""Dense, recurrent and attention layers."""

from __future__ import annotations

from typing import Any

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
    size = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}[layer.kind]
    return module(f"Series{size}", *aliased(layer, [channels(x)]))


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
    whole = layer.axes == "all" or sorted(layer.axes) == list(range(1, len(x)))
    own = layer.dim, layer.value_dim, layer.kv_heads, layer.out_bias
    if layer.window or layer.rel_bias or not whole:
        raise NoForm("nn.MultiheadAttention has no windows, axes or relative biases")
    if own != (x.channels, x.channels, layer.heads, layer.bias):
        raise NoForm("nn.MultiheadAttention has one width, one number of heads and all biases")
    others: tuple[ModuleArgument, ...] = ()
    if source is not None and source.channels != x.channels:
        others = (
            ModuleArgument("kdim", source.channels),
            ModuleArgument("vdim", source.channels),
        )
    return module(
        "Attention",
        channels(x),
        given(layer.heads, "heads"),
        keyword("bias", layer.bias, True, "bias"),
        *others,
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
