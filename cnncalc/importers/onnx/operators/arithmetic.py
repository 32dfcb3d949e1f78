"""Functions of several tensors that are broadcast: sums, products, comparisons."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from ...arrays import broadcast, divided
from ...errors import Unsupported
from ...program import TensorRef
from ..file import MOST_NUMBERS
from ..writer import ProgramWriter, Results
from .call import (
    BOOLEAN,
    Folding,
    OperatorCall,
    OperatorRule,
    OperatorTable,
    OutputSizes,
    Translation,
    TypeRule,
    joint_sizes,
)

BinaryFunction = Callable[[Any, Any], Any]
MAX_EXPONENT = 64

ARITHMETIC = {"Add": "add", "Sub": "sub", "Mul": "mul", "Div": "div", "Sum": "add"}
"""Operators that are a function of two operands in PyTorch, one after the other if there are more.
"""

QUANTIZED = {"com.microsoft.QLinearAdd": "add", "com.microsoft.QLinearMul": "mul"}
"""Operators with a scale and a zero point after each of two operands."""

BOUNDS = {"Max": ("maximum", 1), "Min": ("minimum", 2)}
"""Operators that are a bound if one operand is a number: its place among those of `clamp`."""


def power(left: Any, right: Any) -> Any:
    if abs(right) > MAX_EXPONENT:
        raise Unsupported("a large exponent")
    return left**right


NUMBER_FUNCTIONS: Mapping[str, BinaryFunction] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mul": operator.mul,
    "Div": divided,
    "Sum": operator.add,
    "Pow": power,
    "Mod": operator.mod,
    "Max": max,
    "Min": min,
}
COMPARISONS: Mapping[str, BinaryFunction] = {
    "Equal": operator.eq,
    "Greater": operator.gt,
    "Less": operator.lt,
    "GreaterOrEqual": operator.ge,
    "LessOrEqual": operator.le,
    "And": lambda x, y: bool(x and y),
    "Or": lambda x, y: bool(x or y),
    "Xor": operator.ne,
}


def folded(function: BinaryFunction) -> Folding:
    """The function of all inputs, from left to right, element by element."""

    def folding(call: OperatorCall, sizes: OutputSizes) -> list[list[Any] | None]:
        wide = wide_numbers(call, sizes)
        return [[reduce(function, column) for column in zip(*wide, strict=True)]]

    return folding


def wide_numbers(call: OperatorCall, sizes: OutputSizes) -> list[list[Any]]:
    """The numbers of all inputs, broadcast to the result.  Raises Unsupported if it is large."""
    if reduce(operator.mul, sizes[0], 1) > MOST_NUMBERS:
        raise Unsupported("a large constant")
    indices = [index for index, tensor in enumerate(call.inputs) if tensor is not None]
    return [broadcast(call.numbers(index), call.sizes(index), sizes[0]) for index in indices]


def chosen(call: OperatorCall, sizes: OutputSizes) -> list[list[Any] | None]:
    """Where: numbers of the second or third input."""
    columns = zip(*wide_numbers(call, sizes), strict=True)
    return [[yes if condition else no for condition, yes, no in columns]]


def binary(function: str, places: tuple[int, ...] = ()) -> Translation:
    """A function of two operands, applied from left to right to all inputs or those at places."""

    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        names = [call.node.inputs[place] for place in places] or list(call.node.inputs)
        return [chained(w, function, names, joint_sizes(call)[0])]

    return translation


def chained(w: ProgramWriter, function: str, names: list[str], sizes: tuple[int, ...]) -> TensorRef:
    found: Any = w.operand(names[0], sizes)
    for name in names[1:]:
        found = w.emit(function, found, w.operand(name, sizes), sizes=sizes)
    return w.tensor(names[0]) if isinstance(found, float) else found


def quantized_sizes(call: OperatorCall) -> OutputSizes:
    return joint_sizes(call._replace(inputs=(call.inputs[0], call.inputs[3])))


def quantized(function: str) -> Translation:
    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        names = [call.name(0), call.name(3)]
        return [chained(w, function, names, quantized_sizes(call)[0])]

    return translation


def mean(w: ProgramWriter, call: OperatorCall) -> Results:
    sizes = joint_sizes(call)[0]
    total = chained(w, "add", list(call.node.inputs), sizes)
    return [w.emit("div", total, float(len(call.inputs)), sizes=sizes)]


def bounded(function: str, place: int) -> Translation:
    """A maximum or minimum of operands; with a number it is a bound."""

    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        sizes = joint_sizes(call)[0]
        operands = [w.operand(name, sizes) for name in call.node.inputs]
        numbers = [operand for operand in operands if isinstance(operand, float)]
        if len(operands) == 2 and len(numbers) == 1:
            x = next(operand for operand in operands if not isinstance(operand, float))
            bounds = [None, None]
            bounds[place - 1] = numbers[0]  # type: ignore[call-overload]
            return [w.emit("clamp", x, *bounds, sizes=sizes)]
        return [chained(w, function, list(call.node.inputs), sizes)]

    return translation


def raised(w: ProgramWriter, call: OperatorCall) -> Results:
    """Pow; a root is a function of its own."""
    sizes = joint_sizes(call)[0]
    exponent = w.operand(call.name(1), sizes)
    x = w.operand(call.name(0), sizes)
    if exponent == 0.5:
        return [w.emit("sqrt", x, sizes=sizes)]
    whole = int(exponent) if isinstance(exponent, float) and exponent.is_integer() else exponent
    return [w.emit("pow", x, whole, sizes=sizes)]


def second_type(call: OperatorCall) -> int:
    return call.tensor(1).type


def rule(
    name: str, translation: Translation, function: BinaryFunction, type: TypeRule | None = None
) -> OperatorRule:
    return OperatorRule(joint_sizes, translation, folded(function), type)


OPERATORS: OperatorTable = {
    **{
        name: rule(name, binary(function), NUMBER_FUNCTIONS[name])
        for name, function in ARITHMETIC.items()
    },
    **{
        name: OperatorRule(quantized_sizes, quantized(function))
        for name, function in QUANTIZED.items()
    },
    **{
        name: rule(name, bounded(*function), NUMBER_FUNCTIONS[name])
        for name, function in BOUNDS.items()
    },
    **{
        name: rule(name, binary(name.lower()), function, BOOLEAN)
        for name, function in COMPARISONS.items()
    },
    "Pow": rule("Pow", raised, power),
    "Mod": rule("Mod", binary("remainder"), operator.mod),
    "Mean": OperatorRule(joint_sizes, mean),
    "Where": OperatorRule(joint_sizes, binary("where"), chosen, second_type),
}
