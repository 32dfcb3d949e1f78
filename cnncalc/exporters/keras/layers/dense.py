"""Dense, recurrent and attention layers."""

from __future__ import annotations

from typing import Any

from ...python.arguments import ModuleArgument, given, keyword
from .convolution import check_weight
from .form import CallForm, KerasForm, KerasPlace, NoKerasForm, layer, own_arguments


def linear(dense: Any, place: KerasPlace) -> KerasForm:
    """Dense works along the last axis, where the channels are."""
    check_weight(dense, place)
    x = place.x
    call = CallForm("layers.Dense", own_arguments(dense))
    if dense.is_on_vector(x):
        is_vector = len(x) == 1 or place.is_flat[0]
        return KerasForm(
            (call,) if is_vector else (CallForm("layers.Flatten", (), "flatten"), call)
        )
    axis = (dense.axis or 0) % len(x)
    if axis == 0:
        return KerasForm((call,))
    swap = ModuleArgument("", swapped_order(len(x), axis))
    before = CallForm("layers.Permute", (swap,), "before")
    return KerasForm((before, call, before._replace(part="after")))


def swapped_order(rank: int, axis: int) -> tuple[int, ...]:
    """The axes from 1 on, with one and the last exchanged."""
    order = list(range(1, rank + 1))
    order[axis - 1], order[-1] = order[-1], order[axis - 1]
    return tuple(order)


def embedding(given: Any, place: KerasPlace) -> KerasForm:
    return layer("Embedding", *own_arguments(given))


def recurrent(cell: Any, place: KerasPlace) -> KerasForm:
    """Each layer of a recurrent network is one of Keras, which returns all states."""
    kind = {"lstm": "LSTM", "gru": "GRU", "rnn": "SimpleRNN"}[cell.kind]
    check_biases(cell)
    if len(place.x) > 2:
        raise NoKerasForm("Keras has no recurrent layer along one axis of a map (`axis`)")
    options = [keyword("return_sequences", True, False)]
    if cell.kind == "gru" and cell.bias and cell.biases == 1:
        options.append(keyword("reset_after", False, True))
    options.append(keyword("use_bias", cell.bias, True, "bias"))
    name = f"layers.Bidirectional:layers.{kind}" if cell.bidirectional else f"layers.{kind}"
    call = CallForm(name, (given(cell.hidden, "hidden"), *options))
    if cell.layers == 1:
        return KerasForm((call,))
    return KerasForm(tuple([call._replace(part=f"layer{k}") for k in range(cell.layers)]))


def check_biases(cell: Any) -> None:
    """Raise NoKerasForm for the biases and the projection that Keras does not have."""
    if cell.bias and cell.biases == 2 and cell.kind != "gru":
        raise NoKerasForm(
            "Keras has one bias for each gate, and PyTorch two: write `biases: 1` for that of Keras"
        )
    if getattr(cell, "proj", None) is not None:
        raise NoKerasForm("Keras has no projection of the states (`proj`)")


def conv_lstm(cell: Any, place: KerasPlace) -> KerasForm:
    kernel, *_ = cell.kernel, cell.stride
    same = all(2 * pad == size - 1 for pad, size in zip(cell.padding, kernel, strict=True))
    if not same or cell.padding != cell.padding_end or cell.peepholes or len(kernel) < 2:
        raise NoKerasForm("a ConvLSTM of Keras keeps the size of maps, and has no peepholes")
    if kernel[0] != 1 or cell.stride != (1,) * len(kernel):
        raise NoKerasForm("the window of a ConvLSTM of Keras does not move along the time")
    return layer(
        f"ConvLSTM{len(kernel) - 1}D",
        given(cell.out, "out"),
        given(kernel[1:]),
        ModuleArgument("padding", "same"),
        keyword("dilation_rate", cell.dilation[1:], 1),
        keyword("return_sequences", True, False),
        keyword("use_bias", cell.bias, True, "bias"),
    )


def attention(heads: Any, place: KerasPlace) -> KerasForm:
    x = place.x
    if heads.window or heads.rel_bias:
        raise NoKerasForm("attention of Keras has no windows or relative biases")
    if heads.bias != heads.out_bias:
        raise NoKerasForm("attention of Keras has all biases or none")
    inputs = "{0}, {0}" if len(place.inputs) == 1 else "{0}, {1}"
    size, value_size = heads.dim // heads.heads, heads.value_dim // heads.heads
    whole = heads.axes == "all" or sorted(heads.axes) == list(range(1, len(x)))
    axes = () if whole else (ModuleArgument("attention_axes", tuple(heads.axes)),)
    bias = keyword("use_bias", heads.bias, True, "bias")
    if heads.kv_heads != heads.heads:
        return grouped_query(heads, place, (size, value_size), whole, inputs)
    arguments = (
        given(heads.heads, "heads"),
        given(size),
        keyword("value_dim", value_size, size),
        bias,
        *axes,
    )
    return KerasForm((CallForm("layers.MultiHeadAttention", arguments, inputs=inputs),))


def grouped_query(
    heads: Any, place: KerasPlace, sizes: tuple[int, int], whole: bool, inputs: str
) -> KerasForm:
    if sizes[0] != sizes[1] or not whole or len(place.x) != 2:
        raise NoKerasForm("grouped attention of Keras takes series, and has heads of one size")
    arguments = (
        given(sizes[0]),
        given(heads.heads, "heads"),
        given(heads.kv_heads, "kv_heads"),
        keyword("use_bias", heads.bias, True, "bias"),
    )
    return KerasForm((CallForm("layers.GroupQueryAttention", arguments, inputs=inputs),))


FORMS = {
    "linear": linear,
    "embedding": embedding,
    "lstm": recurrent,
    "gru": recurrent,
    "rnn": recurrent,
    "conv_lstm": conv_lstm,
    "attention": attention,
}
