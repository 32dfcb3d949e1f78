"""The constants that operators calculate of others, such as the sizes of the model's tensors."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from math import prod
from typing import Any

from ..arrays import broadcast, broadcast_sizes, divided, joined, picked, transposed
from ..arrays import reduced as reduced_elements
from ..errors import Unsupported
from ..program import TensorSizes
from .context import TfliteConstant, TfliteContext
from .model import MAX_NUMBERS
from .operators.shaping import axis_of, strided_ranges
from .sizes import SIZES, joint

MAX_NUMBER = 2**63
READS_SIZES = frozenset(("SHAPE", "RANK", "ZEROS_LIKE"))
"""The operators that read only the sizes of a tensor."""

REFUSALS = (Unsupported, ArithmeticError, ValueError, TypeError, IndexError)


def evaluate(net: TfliteContext) -> None:
    """Keep the output of an operator that reads constants alone, as far as it is known."""
    kind, outputs = net.operator.kind, net.operator.outputs
    rule = RULES.get(kind)
    if len(outputs) != 1 or outputs[0] < 0:
        return
    try:
        if rule is not None:
            found = rule(net)
            if all(-MAX_NUMBER <= number <= MAX_NUMBER for number in found.numbers):
                net.constants[outputs[0]] = found
                net.keep_sizes(outputs[0], found.sizes)
                return
        if kind in SIZES:
            net.keep_sizes(outputs[0], SIZES[kind](net))
    except REFUSALS:
        return


def shape(net: TfliteContext) -> TfliteConstant:
    """The sizes of a tensor.  Raises Unsupported if the file leaves some open."""
    tensor = net.tensor(0)
    if tensor.open_axes:
        raise Unsupported("open sizes")
    return TfliteConstant((len(tensor.sizes),), tensor.sizes)


def rank(net: TfliteContext) -> TfliteConstant:
    return TfliteConstant((), (len(net.sizes()),))


def zeros(net: TfliteContext) -> TfliteConstant:
    return TfliteConstant(net.sizes(), (0,))


def filled(net: TfliteContext) -> TfliteConstant:
    return TfliteConstant(net.integers(0), net.constant(1).numbers)


def same_elements(net: TfliteContext) -> TfliteConstant:
    """Other sizes for the same elements."""
    return TfliteConstant(SIZES[net.operator.kind](net), net.constant(0).numbers)


def squeezed(net: TfliteContext) -> TfliteConstant:
    return TfliteConstant(net.output().sizes, net.constant(0).numbers)


def dequantized(net: TfliteContext) -> TfliteConstant:
    """A number of 16 bits as one of 32."""
    if net.tensor(0).is_quantized:
        raise Unsupported("a scale that is not read")
    return net.constant(0)


def cast(net: TfliteContext) -> TfliteConstant:
    found = net.constant(0)
    is_real = net.output().type.word.startswith(("float", "bfloat"))
    numbers = map(float if is_real else int, found.numbers)
    return TfliteConstant(found.sizes, tuple(numbers))


# Parts


def gathered(net: TfliteContext) -> TfliteConstant:
    own, sizes = net.sizes(), net.sizes(1)
    axis = axis_of(net.operator.option("axis"), len(own))
    if net.operator.option("batch_dims") or prod(sizes) > MAX_NUMBERS:
        raise Unsupported("indices along the batch")
    wanted: list[Sequence[int]] = [range(size) for size in own]
    wanted[axis] = [index % own[axis] for index in net.integers(1)]
    numbers = picked(net.constant(0).elements, own, wanted)
    return TfliteConstant((*own[:axis], *sizes, *own[axis + 1 :]), tuple(numbers))


def strided(net: TfliteContext) -> TfliteConstant:
    ranges, dropped = strided_ranges(net, len(net.sizes()))
    numbers = picked(net.constant(0).elements, net.sizes(), ranges)
    sizes = [len(found) for axis, found in enumerate(ranges) if axis not in dropped]
    return TfliteConstant(tuple(sizes), tuple(numbers))


def sliced(net: TfliteContext) -> TfliteConstant:
    starts, sizes = net.integers(1), net.integers(2)
    columns = zip(net.sizes(), starts, sizes, strict=True)
    ranges = [range(start, whole if size < 0 else start + size) for whole, start, size in columns]
    numbers = picked(net.constant(0).elements, net.sizes(), ranges)
    return TfliteConstant(tuple(map(len, ranges)), tuple(numbers))


def permuted(net: TfliteContext) -> TfliteConstant:
    numbers = transposed(net.constant(0).elements, net.sizes(), net.integers(1))
    return TfliteConstant(SIZES["TRANSPOSE"](net), tuple(numbers))


def merged(net: TfliteContext) -> TfliteConstant:
    """CONCATENATION, and PACK along a new axis."""
    sizes = SIZES[net.operator.kind](net)
    axis = axis_of(net.operator.option("axis"), len(sizes))
    parts = [net.constant(place).elements for place in range(len(net.operator.inputs))]
    own = [net.sizes(place) for place in range(len(parts))]
    return TfliteConstant(sizes, tuple(joined(parts, own, axis)))


def repeated(net: TfliteContext) -> TfliteConstant:
    """BROADCAST_TO and TILE."""
    found, sizes = net.constant(0), SIZES[net.operator.kind](net)
    if len(found.numbers) == 1:
        return TfliteConstant(sizes, found.numbers)
    if prod(sizes) > MAX_NUMBERS:
        raise Unsupported("a large constant")
    own = (1,) * (len(sizes) - len(found.sizes)) + found.sizes
    columns = zip(own, sizes, strict=True)
    places = [[place % size for place in range(count)] for size, count in columns]
    return TfliteConstant(sizes, tuple(picked(found.elements, own, places)))


def broadcast_arguments(net: TfliteContext) -> TfliteConstant:
    """The sizes of two tensors of these sizes as they are broadcast."""
    sizes = broadcast_sizes(net.integers(0), net.integers(1))
    return TfliteConstant((len(sizes),), sizes)


# Arithmetic

FUNCTIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "ADD": operator.add,
    "SUB": operator.sub,
    "MUL": operator.mul,
    "DIV": divided,
    "FLOOR_DIV": operator.floordiv,
    "FLOOR_MOD": operator.mod,
    "MAXIMUM": max,
    "MINIMUM": min,
    "EQUAL": operator.eq,
    "NOT_EQUAL": operator.ne,
    "LESS": operator.lt,
    "LESS_EQUAL": operator.le,
    "GREATER": operator.gt,
    "GREATER_EQUAL": operator.ge,
}


def calculated(net: TfliteContext) -> TfliteConstant:
    """A function of two constants, element by element."""
    function = FUNCTIONS[net.operator.kind]
    return element_by_element(net, lambda column: function(*column))


def chosen(net: TfliteContext) -> TfliteConstant:
    """SELECT_V2: the second where the first is true, the third elsewhere."""
    return element_by_element(net, lambda column: column[1] if column[0] else column[2])


def element_by_element(
    net: TfliteContext, function: Callable[[tuple[Any, ...]], Any]
) -> TfliteConstant:
    operands = [net.constant(place) for place in range(len(net.operator.inputs))]
    sizes = joint(net)
    if all(len(operand.numbers) == 1 for operand in operands):
        return TfliteConstant(sizes, (function(tuple([one.numbers[0] for one in operands])),))
    if prod(sizes) > MAX_NUMBERS:
        raise Unsupported("a large constant")
    wide = [broadcast(operand.elements, operand.sizes, sizes) for operand in operands]
    return TfliteConstant(sizes, tuple(map(function, zip(*wide, strict=True))))


REDUCTIONS: Mapping[str, Callable[[list[Any]], Any]] = {
    "SUM": sum,
    "REDUCE_PROD": lambda numbers: reduce(operator.mul, numbers, 1),
    "REDUCE_MAX": max,
    "REDUCE_MIN": min,
}


def reduced(net: TfliteContext) -> TfliteConstant:
    """A function of the elements along some axes; the sum of equal ones is a product."""
    found, kind = net.constant(0), net.operator.kind
    sizes: TensorSizes = SIZES[kind](net)
    if kind == "SUM" and len(found.numbers) == 1:
        count = prod(found.sizes) // max(prod(sizes), 1)
        return TfliteConstant(sizes, (found.numbers[0] * count,))
    axes = [axis_of(axis, len(found.sizes)) for axis in net.integers(1)]
    numbers = reduced_elements(REDUCTIONS[kind], found.elements, found.sizes, axes)
    return TfliteConstant(sizes, tuple(numbers))


RULES: dict[str, Callable[[TfliteContext], TfliteConstant]] = {
    "SHAPE": shape,
    "RANK": rank,
    "ZEROS_LIKE": zeros,
    "FILL": filled,
    **dict.fromkeys(("RESHAPE", "EXPAND_DIMS"), same_elements),
    "SQUEEZE": squeezed,
    "DEQUANTIZE": dequantized,
    "CAST": cast,
    "GATHER": gathered,
    "STRIDED_SLICE": strided,
    "SLICE": sliced,
    "TRANSPOSE": permuted,
    **dict.fromkeys(("CONCATENATION", "PACK"), merged),
    **dict.fromkeys(("BROADCAST_TO", "TILE"), repeated),
    "BROADCAST_ARGS": broadcast_arguments,
    **dict.fromkeys(FUNCTIONS, calculated),
    "SELECT_V2": chosen,
    **dict.fromkeys(REDUCTIONS, reduced),
}
