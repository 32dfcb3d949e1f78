"""Dense and recurrent layers."""

from __future__ import annotations

from typing import Any

from ....onnx_format.elements import INT64
from ....shape import Shape
from ..layer_writer import LayerWriter, NoOperator
from .convolution import kernel


def linear(w: LayerWriter, layer: Any, x: Shape, *given: Shape) -> str:
    """A product with a matrix of out x in, whose operand has the channels last."""
    weight = kernel(w, layer, *given)
    if layer.is_on_vector(x):
        vector = w.x if len(x) == 1 else w.op("Flatten", w.x, axis=1)
        return w.op("Gemm", vector, weight, *w.bias(), transB=1)
    axis = layer.axis or 0
    order = [*(one for one in range(len(x)) if one != axis), axis]
    matrix = w.op("Transpose", weight, perm=(1, 0))
    result = w.op("MatMul", w.transposed(w.x, order), matrix)
    for bias in w.bias():
        result = w.op("Add", result, bias)
    return w.transposed(result, [order.index(one) for one in range(len(x))])


def embedding(w: LayerWriter, layer: Any, x: Shape) -> str:
    rows = w.op("Gather", w.weight("weight"), as_indices(w, w.x), axis=0)
    return w.op("Transpose", rows, perm=(0, 2, 1))


def as_indices(w: LayerWriter, x: str) -> str:
    """A value that holds indices, as whole numbers."""
    return x if x in w.graph.indices else w.op("Cast", x, to=INT64)


# Recurrent layers

OPERATORS = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}


def recurrent(w: LayerWriter, layer: Any, x: Shape) -> str:
    """One node for each layer, over a series whose first axis is time.

    Its weights have the directions as their first axis, and the gates in the order of ONNX.
    """
    if getattr(layer, "proj", None) is not None:
        raise NoOperator("a state that is projected (`proj`)")
    series = time_first(w, layer, x)
    for index in range(layer.layers):
        inputs = layer.hidden * layer.directions if index else x.channels
        states = recurrent_layer(w, layer, index, inputs, series)
        joined = w.op("Transpose", states, perm=(0, 2, 1, 3))
        series = w.op("Reshape", joined, w.wholes(0, 0, layer.hidden * layer.directions))
    return channels_first(w, layer, x, series)


def time_first(w: LayerWriter, layer: Any, x: Shape) -> str:
    """The input as time, samples and channels; the positions of other axes are samples."""
    moved = w.op("Transpose", w.x, perm=time_order(layer, x))
    if len(x) == 2:
        return moved
    return w.op("Reshape", moved, w.wholes(x[layer.time_axis], -1, x.channels))


def channels_first(w: LayerWriter, layer: Any, x: Shape, series: str) -> str:
    """The states of all steps with the axes of the input."""
    order = time_order(layer, x)
    if len(x) > 2:
        sizes = [x[axis - 1] for axis in order[2:-1]]
        states = layer.output(x).channels
        series = w.op("Reshape", series, w.wholes(x[layer.time_axis], -1, *sizes, states))
    return w.op("Transpose", series, perm=[order.index(axis) for axis in range(len(order))])


def time_order(layer: Any, x: Shape) -> tuple[int, ...]:
    """The axes of a tensor, of which the first is the batch: time, batch, others, channels."""
    others = [axis + 1 for axis in range(1, len(x)) if axis != layer.time_axis]
    return (layer.time_axis + 1, 0, *others, 1)


def recurrent_layer(w: LayerWriter, layer: Any, index: int, inputs: int, series: str) -> str:
    """The states of all steps, of steps x directions x batch x hidden."""
    directions, rows = layer.directions, layer.gates * layer.hidden
    attributes = {
        "hidden_size": layer.hidden,
        "direction": "bidirectional" if directions == 2 else "forward",
    }
    if layer.kind == "gru":
        attributes["linear_before_reset"] = int(layer.bias_count == 2)
    tensors = [
        w.own(f"weight_ih_l{index}", (directions, rows, inputs)),
        w.own(f"weight_hh_l{index}", (directions, rows, layer.hidden)),
    ]
    if layer.bias_count == 2:
        tensors.append(w.own(f"bias_l{index}", (directions, 2 * rows)))
    elif layer.bias_count:
        bias = w.own(f"bias_ih_l{index}", (directions, rows))
        tensors.append(w.op("Concat", bias, w.filled((directions, rows), 0.0), axis=1))
    return w.op(OPERATORS[layer.kind], series, *tensors, **attributes)


def conv_lstm(w: LayerWriter, layer: Any, x: Shape) -> str:
    raise NoOperator("no operator is a recurrent layer whose matrices are convolutions")


WRITERS = {
    "linear": linear,
    "embedding": embedding,
    **dict.fromkeys(OPERATORS, recurrent),
    "conv_lstm": conv_lstm,
}
