"""Operators that give the same elements other axes, and those that make sizes and constants."""

from __future__ import annotations

import math
from collections.abc import Sequence
from math import prod
from typing import Any

from ....onnx_format.elements import FLOAT
from ...arrays import broadcast, broadcast_sizes, picked, transposed
from ...errors import Unsupported
from ...program import TensorSizes
from ..file import MOST_NUMBERS
from ..tensors import GraphTensor
from ..writer import ProgramWriter, Results
from .activation import kept
from .call import (
    INDEX,
    OperatorCall,
    OperatorRule,
    OperatorTable,
    OutputSizes,
    SizesRule,
    Translation,
)

MAX_RANK = 16

# The same elements in the same order


def reshaped_sizes(call: OperatorCall) -> OutputSizes:
    """Reshape: 0 keeps a size (unless `allowzero`), -1 is what is left."""
    target = list(call.integers("shape", 1) or ())
    own = call.sizes()
    if len(target) > MAX_RANK:
        raise Unsupported(f"more than {MAX_RANK} axes")
    if not call.attribute("allowzero", 0):
        target = [
            own[axis] if size == 0 and axis < len(own) else size for axis, size in enumerate(target)
        ]
    total = prod(own)
    if target.count(-1) == 1:
        rest = prod(size for size in target if size != -1)
        if rest <= 0 or total % rest:
            raise DoesNotFit(f"{text(own)} does not fit {text(target)}")
        target[target.index(-1)] = total // rest
    if prod(target) != total or min(target, default=1) < 0:
        raise DoesNotFit(f"{text(own)} does not fit {text(target)}")
    return [tuple(target)]


class DoesNotFit(Unsupported):
    """A reshape to sizes with another number of elements."""


def text(sizes: Sequence[int]) -> str:
    return "x".join(map(str, sizes)) or "one number"


def flattened_sizes(call: OperatorCall) -> OutputSizes:
    axis = call.axis(default=1)
    return [(prod(call.sizes()[:axis]), prod(call.sizes()[axis:]))]


def squeezed_sizes(call: OperatorCall) -> OutputSizes:
    own, rank = call.sizes(), call.rank()
    given = call.integers("axes", 1)
    axes = [axis for axis, size in enumerate(own) if size == 1]
    if given is not None:
        axes = [axis % max(1, rank) for axis in given]
    return [tuple(size for axis, size in enumerate(own) if axis not in axes)]


def unsqueezed_sizes(call: OperatorCall) -> OutputSizes:
    given = call.integers("axes", 1) or ()
    rank = call.rank() + len(given)
    axes = {axis % rank for axis in given}
    if len(axes) != len(given) or rank > MAX_RANK:
        raise Unsupported("axes that are the same, or too many")
    own = iter(call.sizes())
    return [tuple(1 if axis in axes else next(own) for axis in range(rank))]


def viewed(rule: SizesRule) -> Translation:
    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        x, sizes = w.tensor(call.name()), rule(call)[0]
        return [x if x.sizes == sizes else w.emit("view", x, sizes=sizes)]

    return translation


def with_dims(function: str, rule: SizesRule) -> Translation:
    """A change of axes of size 1, whose places are known."""

    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        x, sizes = w.tensor(call.name()), rule(call)[0]
        dims = call.integers("axes", 1)
        return [w.emit(function, x, dims, sizes=sizes)]

    return translation


def view_rule(rule: SizesRule) -> OperatorRule:
    return OperatorRule(rule, viewed(rule), kept)


# Other axes


def order_of(call: OperatorCall) -> tuple[int, ...]:
    order = call.integers("perm") or tuple(range(call.rank()))[::-1]
    if sorted(order) != list(range(call.rank())):
        raise Unsupported("an order that is not one of the axes")
    return order


def permuted_sizes(call: OperatorCall) -> OutputSizes:
    return [tuple(call.sizes()[axis] for axis in order_of(call))]


def permuted(w: ProgramWriter, call: OperatorCall) -> Results:
    x, order = w.tensor(call.name()), order_of(call)
    return [w.emit("permute", x, order, sizes=permuted_sizes(call)[0])]


def permuted_numbers(call: OperatorCall, sizes: OutputSizes) -> list[list[Any] | None]:
    return [transposed(call.numbers(0), call.sizes(), order_of(call))]


def expanded_sizes(call: OperatorCall) -> OutputSizes:
    return [broadcast_sizes(call.sizes(), tuple(map(int, call.numbers(1))))]


def expanded(w: ProgramWriter, call: OperatorCall) -> Results:
    x, sizes = w.tensor(call.name()), expanded_sizes(call)[0]
    return [x if x.sizes == sizes else w.emit("expand", x, sizes, sizes=sizes)]


def expanded_numbers(call: OperatorCall, sizes: OutputSizes) -> list[list[Any] | None]:
    if prod(sizes[0]) > MOST_NUMBERS:
        return [None]
    return [broadcast(call.numbers(0), call.sizes(), sizes[0])]


def tiled_sizes(call: OperatorCall) -> OutputSizes:
    times = call.integers("repeats", 1) or ()
    if len(times) != call.rank():
        raise Unsupported("repetitions that do not fit the axes")
    return [tuple(size * count for size, count in zip(call.sizes(), times, strict=True))]


def tiled(w: ProgramWriter, call: OperatorCall) -> Results:
    """Tile: one axis after the other."""
    x = w.tensor(call.name())
    for axis, size in enumerate(tiled_sizes(call)[0]):
        if size != x.sizes[axis]:
            sizes = (*x.sizes[:axis], size, *x.sizes[axis + 1 :])
            x = w.emit("repeat", x, sizes=sizes)
    return [x]


def tiled_numbers(call: OperatorCall, sizes: OutputSizes) -> list[list[Any] | None]:
    if prod(sizes[0]) > MOST_NUMBERS:
        return [None]
    columns = zip(call.sizes(), sizes[0], strict=True)
    positions = [[place % size for place in range(count)] for size, count in columns]
    return [picked(call.numbers(0), call.sizes(), positions)]


# Sizes and constants


def shape_range(call: OperatorCall) -> TensorSizes:
    start, end = call.attribute("start", 0), call.attribute("end")
    return call.sizes()[slice(start, end)]


def shape_sizes(call: OperatorCall) -> OutputSizes:
    return [(len(shape_range(call)),)]


def shape_numbers(call: OperatorCall, sizes: OutputSizes) -> list[TensorSizes]:
    return [shape_range(call)]


def count_numbers(call: OperatorCall, sizes: OutputSizes) -> list[list[int]]:
    return [[prod(call.sizes())]]


def filled_sizes(call: OperatorCall) -> OutputSizes:
    found = tuple(map(int, call.numbers(0)))
    if len(found) > MAX_RANK or min(found, default=0) < 0:
        raise Unsupported("not a shape")
    return [found]


def filled_numbers(call: OperatorCall, sizes: OutputSizes) -> list[list[Any] | None]:
    value = call.attribute("value")
    numbers = value.numbers if isinstance(value, GraphTensor) else None
    count = prod(sizes[0])
    return [[(numbers or (0,))[0]] * count if count <= MOST_NUMBERS else None]


def filled_type(call: OperatorCall) -> int:
    value = call.attribute("value")
    return value.type if isinstance(value, GraphTensor) else FLOAT


def range_sizes(call: OperatorCall) -> OutputSizes:
    start, end, step = (call.numbers(index)[0] for index in range(3))
    if not step:
        raise Unsupported("a range without a step")
    return [(max(0, math.ceil((end - start) / step)),)]


def range_numbers(call: OperatorCall, sizes: OutputSizes) -> list[list[Any] | None]:
    if sizes[0][0] > MOST_NUMBERS:
        return [None]
    start, step = call.numbers(0)[0], call.numbers(2)[0]
    return [[start + place * step for place in range(sizes[0][0])]]


def random_sizes(call: OperatorCall) -> OutputSizes:
    return [call.integers("shape") or ()]


def nonzero_sizes(call: OperatorCall) -> OutputSizes:
    return [(call.rank(), sum(map(bool, call.numbers(0))))]


def nonzero_numbers(call: OperatorCall, sizes: OutputSizes) -> list[list[int] | None]:
    if call.rank() != 1:
        return [None]
    return [[place for place, value in enumerate(call.numbers(0)) if value]]


OPERATORS: OperatorTable = {
    "Reshape": view_rule(reshaped_sizes),
    "Flatten": view_rule(flattened_sizes),
    "Squeeze": OperatorRule(squeezed_sizes, with_dims("squeeze", squeezed_sizes), kept),
    "Unsqueeze": OperatorRule(unsqueezed_sizes, with_dims("unsqueeze", unsqueezed_sizes), kept),
    "Transpose": OperatorRule(permuted_sizes, permuted, permuted_numbers),
    "Expand": OperatorRule(expanded_sizes, expanded, expanded_numbers),
    "Tile": OperatorRule(tiled_sizes, tiled, tiled_numbers),
    "Shape": OperatorRule(shape_sizes, None, shape_numbers, INDEX),
    "Size": OperatorRule(lambda call: [()], None, count_numbers, INDEX),
    "ConstantOfShape": OperatorRule(filled_sizes, None, filled_numbers, filled_type),
    "EyeLike": OperatorRule(lambda call: [call.sizes()]),
    "Range": OperatorRule(range_sizes, None, range_numbers),
    "NonZero": OperatorRule(nonzero_sizes, None, nonzero_numbers, INDEX),
    **dict.fromkeys(("RandomNormal", "RandomUniform"), OperatorRule(random_sizes)),
}
