"""Activations, regularization, and tensors that are not calculated."""

from __future__ import annotations

from collections.abc import Callable
from math import log
from typing import Any

from ....onnx_format.messages import DROP_PATH
from ....shape import Shape
from ..layer_writer import LayerWriter, NoOperator

PLAIN = {
    "relu": "Relu",
    "selu": "Selu",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "hardswish": "HardSwish",
    "mish": "Mish",
    "abs": "Abs",
    "identity": "Identity",
}
"""Kinds that are one operator without arguments when a model is run."""

FUNCTIONS: dict[str, tuple[str, ...]] = {
    "rsqrt": ("Sqrt", "Reciprocal"),
    **{name: (name.title(),) for name in ("sqrt", "reciprocal", "exp", "log", "sin", "cos")},
    **{name: (name.title(),) for name in ("tan", "asin", "acos", "atan", "sinh", "cosh")},
    **{name: (name.title(),) for name in ("erf", "neg", "sign", "floor", "ceil", "round")},
}
"""Functions that are operators one after the other."""


def plain(w: LayerWriter, layer: Any, x: Shape) -> str:
    return w.op(PLAIN[layer.kind], w.x)


def clipped(w: LayerWriter, least: float, most: float) -> str:
    return w.op("Clip", w.x, w.number(least), w.number(most))


def hardtanh(w: LayerWriter, layer: Any, x: Shape) -> str:
    least = -1.0 if layer.min is None else layer.min
    return clipped(w, least, 1.0 if layer.max is None else layer.max)


def silu(w: LayerWriter, layer: Any, x: Shape) -> str:
    return w.op("Mul", w.x, w.op("Sigmoid", w.x))


def gelu(w: LayerWriter, layer: Any, x: Shape) -> str:
    return w.op("Gelu", w.x, approximate=layer.approximate or "none")


def softplus(w: LayerWriter, layer: Any, x: Shape) -> str:
    if layer.is_straight:
        raise NoOperator("Softplus has no threshold")
    if layer.beta in (None, 1):
        return w.op("Softplus", w.x)
    beta = w.number(layer.beta)
    return w.op("Div", w.op("Softplus", w.op("Mul", w.x, beta)), beta)


def along_axis(w: LayerWriter, layer: Any, x: Shape) -> str:
    operator = "Softmax" if layer.kind == "softmax" else "LogSoftmax"
    return w.op(operator, w.x, axis=layer.axis + 1)


def squash(w: LayerWriter, layer: Any, x: Shape) -> str:
    """x |x| / (1 + |x|^2), |x| the length along the channels."""
    length = w.op("ReduceL2", w.x, w.wholes(1), keepdims=1)
    below = w.op("Add", w.op("Mul", length, length), w.number(1.0))
    return w.op("Mul", w.x, w.op("Div", length, below))


def elementwise(w: LayerWriter, layer: Any, x: Shape) -> str:
    if layer.function in FUNCTIONS:
        result = w.x
        for operator in FUNCTIONS[layer.function]:
            result = w.op(operator, result)
        return result
    return DERIVED[layer.function](w, layer)


def logarithm(base: float) -> Callable[[LayerWriter, Any], str]:
    def written(w: LayerWriter, layer: Any) -> str:
        return w.op("Div", w.op("Log", w.x), w.number(log(base)))

    return written


DERIVED: dict[str, Callable[[LayerWriter, Any], str]] = {
    "square": lambda w, layer: w.op("Mul", w.x, w.x),
    "pow": lambda w, layer: w.op("Pow", w.x, w.number(layer.exponent)),
    "expm1": lambda w, layer: w.op("Sub", w.op("Exp", w.x), w.number(1.0)),
    "log1p": lambda w, layer: w.op("Log", w.op("Add", w.x, w.number(1.0))),
    "log2": logarithm(2),
    "log10": logarithm(10),
}
"""Functions that ONNX does not have, by those that it has."""


def glu(w: LayerWriter, layer: Any, x: Shape) -> str:
    half = x.channels // 2
    value, gate = w.ops("Split", w.x, w.wholes(half, half), count=2, axis=1)
    return w.op("Mul", value, w.op("Sigmoid", gate))


def prelu(w: LayerWriter, layer: Any, x: Shape) -> str:
    slope = w.weight("weight", 0.25)
    return w.op("PRelu", w.x, w.per_channel(slope, len(x)) if layer.per_channel else slope)


def dropout(w: LayerWriter, layer: Any, x: Shape) -> str:
    return w.op("Dropout", w.x, w.number(layer.p))


def droppath(w: LayerWriter, layer: Any, x: Shape) -> str:
    """Nothing when a model is run; what it is in training is next to the node."""
    w.metadata[DROP_PATH] = repr(layer.p)
    return w.op("Identity", w.x)


def scale(w: LayerWriter, layer: Any, x: Shape) -> str:
    result = w.op("Mul", w.x, w.per_channel(w.weight("weight", 1.0), len(x)))
    for bias in w.bias():
        result = w.op("Add", result, w.per_channel(bias, len(x)))
    return result


def weight(w: LayerWriter, layer: Any) -> str:
    """A learned tensor, which all samples share: its batch is one."""
    return w.weight("weight", sizes=(1, *layer.shape))


def constant(w: LayerWriter, layer: Any) -> str:
    """Zeros: a file does not state the numbers."""
    return w.filled((1, *layer.shape), 0.0)


def custom(w: LayerWriter, layer: Any, *inputs: Shape) -> str:
    raise NoOperator("what it computes is not stated in the file, only its numbers are")


WRITERS = {
    **dict.fromkeys(PLAIN, plain),
    "relu6": lambda w, layer, x: clipped(w, 0.0, 6.0),
    "hardsigmoid": lambda w, layer, x: w.op("HardSigmoid", w.x, alpha=1 / 6, beta=0.5),
    "leaky_relu": lambda w, layer, x: w.op("LeakyRelu", w.x, alpha=float(layer.slope)),
    "elu": lambda w, layer, x: w.op("Elu", w.x, alpha=float(layer.alpha)),
    "hardtanh": hardtanh,
    "silu": silu,
    "gelu": gelu,
    "softplus": softplus,
    "softmax": along_axis,
    "log_softmax": along_axis,
    "squash": squash,
    "elementwise": elementwise,
    "glu": glu,
    "prelu": prelu,
    "dropout": dropout,
    "droppath": droppath,
    "scale": scale,
    "weight": weight,
    "constant": constant,
    "custom": custom,
}
