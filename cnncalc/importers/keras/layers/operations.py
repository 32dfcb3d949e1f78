"""Operations on the tensors of a model: keras.ops, and TensorFlow's in files of Keras 2."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from ....sketch import SketchArgument
from ...axes import BATCH, TensorView, renumbered
from ...errors import Unsupported
from ...operands import joined
from ..context import LayerCall, ViewArgument, views_in
from . import (
    axis_operations,
    functions,
    images,
    known_values,
    parts,
    pooling,
    positions,
    products,
    unstated,
)
from .merging import broadcast_sizes, concatenation, minimum_of, negative
from .normalization import numbers_in
from .operation_arguments import (
    argument,
    dims_of,
    given_operands,
    operation_key,
    sizes_of,
    whole_number,
)
from .shaping import with_axis

OpOperand = TensorView | float


# Joins

JOINS = {
    "add": "add",
    "subtract": "sub",
    "sub": "sub",
    "multiply": "mul",
    "mul": "mul",
    "divide": "div",
    "truediv": "div",
    "truedivide": "div",
    "realdiv": "div",
    "maximum": "max",
    "addn": "add",
}


def operands(call: LayerCall) -> list[OpOperand]:
    """Tensors and numbers: the positional arguments, then those by name."""
    found: list[OpOperand] = []
    for entry in given_operands(call):
        if isinstance(entry, list):
            found += views_in(entry) or numbers_as_operand(call, entry)
        elif isinstance(entry, TensorView):
            found.append(entry)
        elif isinstance(entry, int | float) and not isinstance(entry, bool):
            found.append(float(f"{entry:.7g}"))
    return found


def numbers_as_operand(call: LayerCall, entries: list[ViewArgument]) -> list[OpOperand]:
    """Numbers for the last axis: one if they are equal, else a constant; none if there are none."""
    numbers = numbers_in(entries)
    if len(set(numbers)) < 2:
        return [float(f"{number:.7g}") for number in numbers[:1]]
    sizes = sizes_of(entries)
    if prod(sizes[:-1]) != 1:
        raise Unsupported("of numbers for several axes")
    value = call.add("constant", {"shape": (len(numbers),)}, [])
    return [TensorView(value, (*((),) * (len(sizes) - 1), (0,)))]


def join(call: LayerCall) -> TensorView:
    return joined_by(call, JOINS[operation_key(call.layer)])


def joined_by(call: LayerCall, kind: str) -> TensorView:
    given = operands(call)
    views = [operand for operand in given if isinstance(operand, TensorView)]
    if not views or len(given) < 2:
        raise Unsupported("of one tensor and something that is not written in the file")
    return joined(call.builder, kind, given, broadcast_sizes(call, views))


def minimum(call: LayerCall) -> TensorView:
    """Of two tensors, or of one and a number, which is an upper bound."""
    given = operands(call)
    views = [operand for operand in given if isinstance(operand, TensorView)]
    if len(given) != 2 or not views:
        raise Unsupported("of one tensor and something that is not written in the file")
    if len(views) == 1:
        return call.apply("hardtanh", {}, views[0])
    return minimum_of(call, views)


def squared_difference(call: LayerCall) -> TensorView:
    return call.apply("elementwise", {"function": "square"}, joined_by(call, "sub"))


def with_bias(call: LayerCall) -> TensorView:
    """tf.nn.bias_add: a number for each channel."""
    if str(argument(call, ("data_format",), 1)).startswith("NC"):
        raise Unsupported("channels first")
    return joined_by(call, "add")


def concatenate(call: LayerCall) -> TensorView:
    axis = whole_number(argument(call, ("axis",), 0), "an axis")
    return concatenation(call, call.views, axis)


def stack(call: LayerCall) -> TensorView:
    """Like a concatenation, along an axis that the tensors do not have."""
    views = call.views
    rank = views[0].rank + 1 if views else 1
    axis = whole_number(argument(call, ("axis",), 0) or 0, "an axis")
    if not -rank <= axis < rank:
        raise Unsupported("along an axis that its result does not have")
    return concatenation(call, [with_axis(view, axis % rank) for view in views], axis % rank)


# Reductions

REDUCTIONS = {"mean": "reduce_mean", "sum": "reduce_sum", "max": "reduce_max", "amax": "reduce_max"}
REDUCTIONS |= {f"reduce{name}": kind for name, kind in list(REDUCTIONS.items())}
REDUCTIONS |= {"std": "reduce_std", "var": "reduce_var", "reducestd": "reduce_std"}
REDUCTIONS |= {"reducevariance": "reduce_var"}
GLOBAL = {"reduce_mean": "global_avgpool", "reduce_max": "global_maxpool"}


def reduction(call: LayerCall) -> TensorView:
    return reduced_by(call, REDUCTIONS[operation_key(call.layer)], call.view)


def least(call: LayerCall) -> TensorView:
    """The minimum: the maximum of the negatives, as a negative."""
    return negative(call, reduced_by(call, "reduce_max", negative(call, call.view)))


def length(call: LayerCall) -> TensorView:
    """tf.norm: the root of the sum of the squares."""
    if argument(call, ("ord",), 0) not in (None, 2, "euclidean"):
        raise Unsupported("a norm other than L2")
    squares = call.apply("elementwise", {"function": "square"}, call.view)
    total = reduced_by(call, "reduce_sum", squares)
    return call.apply("elementwise", {"function": "sqrt"}, total)


def reduced_by(call: LayerCall, kind: str, view: TensorView) -> TensorView:
    """Over all spatial axes, a mean or a maximum is a global pooling."""
    dims = dims_of(call, view, argument(call, ("axis",), 0))
    keep = bool(argument(call, ("keepdims", "keep_dims"), 1))
    axes = sorted(axis for dim in dims for axis in view.axes[dim])
    kept = tuple(entry for dim, entry in enumerate(view.axes) if keep or dim not in dims)
    if BATCH in axes:
        raise Unsupported("over the batch")
    if not axes:
        return view._replace(axes=kept)
    if kind in GLOBAL and axes == list(range(1, len(view.shape))):
        return TensorView(call.add(GLOBAL[kind], {}, [view.value]), kept)
    keeps = keep or len(axes) == len(view.shape)
    arguments: dict[str, SketchArgument] = {"keep": keeps}
    arguments["axis"] = axes[0] if len(axes) == 1 else tuple(axes)
    value = call.add(kind, arguments, [view.value])
    if keeps:
        return TensorView(value, kept)
    left = [axis for axis in range(len(view.shape)) if axis not in axes]
    return TensorView(value, renumbered(kept, {axis: n for n, axis in enumerate(left)}))


OPERATIONS: dict[str, Callable[[LayerCall], Any]] = {
    **dict.fromkeys(JOINS, join),
    "minimum": minimum,
    "squareddifference": squared_difference,
    "biasadd": with_bias,
    **dict.fromkeys(("concatenate", "concat"), concatenate),
    "stack": stack,
    **dict.fromkeys(REDUCTIONS, reduction),
    **dict.fromkeys(("min", "amin", "reducemin"), least),
    "norm": length,
    **axis_operations.OPERATIONS,
    **functions.OPERATIONS,
    **parts.OPERATIONS,
    **positions.OPERATIONS,
    **images.OPERATIONS,
    **pooling.OPERATIONS,
    **products.OPERATIONS,
    **unstated.OPERATIONS,
    "shape": known_values.shape,
}
"""By the name without underscores, in lower case."""
