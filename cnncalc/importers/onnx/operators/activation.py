"""Functions of each element: activations, roots, rounding."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from ....onnx_format.messages import DROP_PATH
from ...errors import Unsupported
from ..writer import ProgramWriter, Results
from .call import (
    Folding,
    OperatorCall,
    OperatorRule,
    OperatorTable,
    OutputSizes,
    Translation,
    first_sizes,
    same_sizes,
)

ScalarFunction = Callable[[Any], Any]
MOST_FINITE = 1e30
"""A bound from here on is none."""

FUNCTIONS: Mapping[str, str] = {
    "Relu": "relu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Softplus": "softplus",
    "HardSigmoid": "hardsigmoid",
    "HardSwish": "hardswish",
    "Mish": "mish",
    "Selu": "selu",
    "Softsign": "softsign",
    "Celu": "elu",
    "Swish": "silu",
    "Not": "logical_not",
    "ThresholdedRelu": "threshold",
    "IsNaN": "isnan",
    "CumSum": "cumsum",
    "Abs": "abs",
    "Erf": "erf",
    "Exp": "exp",
    "Log": "log",
    "Sqrt": "sqrt",
    "Neg": "neg",
    "Sign": "sign",
    "Reciprocal": "reciprocal",
    "Floor": "floor",
    "Ceil": "ceil",
    "Round": "round",
    "Sin": "sin",
    "Cos": "cos",
    "Tan": "tan",
    "Asin": "asin",
    "Acos": "acos",
    "Atan": "atan",
    "Sinh": "sinh",
    "Cosh": "cosh",
    "Trilu": "tril",
    "com.microsoft.QuickGelu": "silu",
    "com.microsoft.QLinearSigmoid": "sigmoid",
}
"""Operators that are one function of their first input, by its name in torch."""

NUMBER_FUNCTIONS: Mapping[str, ScalarFunction] = {
    "Neg": lambda x: -x,
    "Not": lambda x: not x,
    "Abs": abs,
    "Relu": lambda x: max(x, 0),
    "Floor": math.floor,
    "Ceil": math.ceil,
    "Round": round,
    "Sqrt": math.sqrt,
    "Exp": math.exp,
    "Log": math.log,
    "Reciprocal": lambda x: 1 / x,
    "Sin": math.sin,
    "Cos": math.cos,
    "Tanh": math.tanh,
    "Erf": math.erf,
    "Sign": lambda x: (x > 0) - (x < 0),
}
"""What is calculated of constants."""


def each(function: ScalarFunction) -> Folding:
    """The function of each number of the first input."""

    def folding(call: OperatorCall, sizes: OutputSizes) -> list[list[Any] | None]:
        return [[function(value) for value in call.numbers(0)]]

    return folding


def unary(function: str) -> Translation:
    """A function of the first input alone."""

    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        return [w.emit(function, w.tensor(call.name()), sizes=call.sizes())]

    return translation


def with_number(function: str, attribute: str, default: float) -> Translation:
    """A function with one number."""

    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        number = round(call.attribute(attribute, default), 6)
        return [w.emit(function, w.tensor(call.name()), number, sizes=call.sizes())]

    return translation


def alias(w: ProgramWriter, call: OperatorCall) -> Results:
    """An operator that returns its first input, perhaps of another type."""
    return [w.tensor(call.name())]


def identity(w: ProgramWriter, call: OperatorCall) -> Results:
    """Identity: its input, unless the file states that it is stochastic depth in training."""
    x = w.tensor(call.name())
    stated = [entry.value for entry in call.node.metadata if entry.key == DROP_PATH]
    ratio = probability(w.file.text(stated[0])) if stated else 0.0
    return [w.emit(DROP_PATH, x, ratio, sizes=call.sizes())] if ratio else [x]


def probability(text: str) -> float:
    """A number above 0 and below 1; 0 for any other text."""
    try:
        number = round(float(text), 6)
    except ValueError:
        return 0.0
    return number if 0 < number < 1 else 0.0


def gelu(w: ProgramWriter, call: OperatorCall) -> Results:
    approximate = call.attribute("approximate", "none")
    return [w.emit("gelu", w.tensor(call.name()), approximate, sizes=call.sizes())]


def bound(call: OperatorCall, attribute: str, index: int) -> float | None:
    """A bound of Clip, which is an argument or an input; None if there is none."""
    value = call.attribute(attribute)
    if value is None and call.has(index):
        value = call.numbers(index)[0]
    return None if value is None or abs(value) > MOST_FINITE else value


def clip(w: ProgramWriter, call: OperatorCall) -> Results:
    least, most = bound(call, "min", 1), bound(call, "max", 2)
    return [w.emit("clamp", w.tensor(call.name()), least, most, sizes=call.sizes())]


def clipped(call: OperatorCall, sizes: OutputSizes) -> list[list[Any] | None]:
    least, most = bound(call, "min", 1), bound(call, "max", 2)
    least = -math.inf if least is None else least
    most = math.inf if most is None else most
    return [[min(max(value, least), most) for value in call.numbers(0)]]


def prelu(w: ProgramWriter, call: OperatorCall) -> Results:
    weight = w.weight(call.name(1))
    return [w.emit("prelu", w.tensor(call.name()), weight, sizes=call.sizes())]


def softmax(function: str) -> Translation:
    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        """Before opset 13, over all axes from `axis` on, which is 1 by default."""
        x, sizes = w.tensor(call.name()), call.sizes()
        is_old = call.opset < 13
        axis = call.axis(default=1 if is_old else -1)
        if is_old and math.prod(sizes[axis + 1 :]) > 1:
            flat = (*sizes[:axis], math.prod(sizes[axis:]))
            joined = w.emit("view", x, sizes=flat)
            result = w.emit(function, joined, axis, sizes=flat)
            return [w.emit("view", result, sizes=sizes)]
        return [w.emit(function, x, axis, sizes=sizes)]

    return translation


def dropout(w: ProgramWriter, call: OperatorCall) -> Results:
    """Dropout, whose ratio is an input since opset 12; without a mask."""
    ratio = call.attribute("ratio")
    if ratio is None:
        ratio = call.numbers(1)[0] if call.has(1) else 0.5
    x = w.tensor(call.name())
    return [w.emit("dropout", x, round(float(ratio), 6), sizes=call.sizes())]


def along(function: str) -> Translation:
    """A function along one axis."""

    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        sizes = w.tensors[call.node.outputs[0]].sizes
        return [w.emit(function, w.tensor(call.name()), call.axis(), sizes=sizes)]

    return translation


def drop_path(w: ProgramWriter, call: OperatorCall) -> Results:
    probability = round(float(call.attribute("ratio")), 6)
    return [w.emit("drop_path", w.tensor(call.name()), probability, sizes=call.sizes())]


def random(w: ProgramWriter, call: OperatorCall) -> Results:
    raise Unsupported("random numbers")


def kept(call: OperatorCall, sizes: OutputSizes) -> list[Any]:
    """The numbers of the first input."""
    return [call.numbers(0)]


def cast(call: OperatorCall, sizes: OutputSizes) -> list[list[Any] | None]:
    """Numbers of another type: whole ones are cut off."""
    target = call.attribute("to", 1)
    convert: ScalarFunction = {6: int, 7: int, 9: bool}.get(target, lambda value: value)
    if target in (1, 10, 11, 16):
        convert = float
    return [[convert(value) for value in call.numbers(0)]]


def target_type(call: OperatorCall) -> int:
    target = call.attribute("to")
    return int(target) if target is not None else call.tensor(min(1, len(call.inputs) - 1)).type


def hardmax(w: ProgramWriter, call: OperatorCall) -> Results:
    raise Unsupported("a maximum that is 1 and others that are 0")


SQUASH, GLU = "squash", "glu"
"""The lengths along an axis scaled to below 1; one half of an axis gated by the other."""

RANDOM = "RandomUniformLike"

OPERATORS: OperatorTable = {
    DROP_PATH: OperatorRule(first_sizes, drop_path),
    **{name: OperatorRule(first_sizes, along(name)) for name in (SQUASH, GLU)},
    RANDOM: OperatorRule(first_sizes, random),
    **{
        name: OperatorRule(
            first_sizes,
            unary(function),
            each(NUMBER_FUNCTIONS[name]) if name in NUMBER_FUNCTIONS else None,
        )
        for name, function in FUNCTIONS.items()
    },
    "LeakyRelu": OperatorRule(first_sizes, with_number("leaky_relu", "alpha", 0.01)),
    "com.microsoft.QLinearLeakyRelu": OperatorRule(
        first_sizes, with_number("leaky_relu", "alpha", 0.01)
    ),
    "Elu": OperatorRule(first_sizes, with_number("elu", "alpha", 1.0)),
    **dict.fromkeys(("Gelu", "com.microsoft.Gelu"), OperatorRule(first_sizes, gelu)),
    "Clip": OperatorRule(first_sizes, clip, clipped),
    "PRelu": OperatorRule(first_sizes, prelu),
    "Softmax": OperatorRule(first_sizes, softmax("softmax")),
    "LogSoftmax": OperatorRule(first_sizes, softmax("log_softmax")),
    "Dropout": OperatorRule(same_sizes, dropout, kept),
    "Identity": OperatorRule(first_sizes, identity, kept),
    "Cast": OperatorRule(first_sizes, alias, cast, target_type),
    "CastLike": OperatorRule(first_sizes, alias, kept, target_type),
}
