"""Operations on the tensors of a model: keras.ops, and TensorFlow's in files of Keras 2."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from ....sketch import SketchArgument
from ...axes import BATCH, TensorView, channels_at, renumbered
from ...errors import Unsupported
from ...operands import joined
from ...products import product
from ..context import LayerCall, ViewArgument, views_in
from . import known_values, parts, pooling
from .activation import OF_ELEMENTS, PLAIN, layer_of, rectifier, softmax_of
from .merging import broadcast_sizes, concatenation, minimum_of
from .normalization import numbers_in
from .operation_arguments import (
    argument,
    dims_of,
    given_operands,
    operation_key,
    whole_number,
    whole_numbers,
)
from .resizing import resized
from .shaping import padded, with_axis, with_sizes

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


def sizes_of(entries: ViewArgument) -> tuple[int, ...]:
    """The sizes of nested lists."""
    if not isinstance(entries, list):
        return ()
    return (len(entries), *sizes_of(entries[0] if entries else None))


def join(call: LayerCall) -> TensorView:
    kind = JOINS[operation_key(call.layer)]
    given = operands(call)
    views = [operand for operand in given if isinstance(operand, TensorView)]
    if not views or len(given) < 2:
        raise Unsupported("of one tensor and something that is not written in the file")
    return joined(call.builder, kind, given, broadcast_sizes(call, views))


def minimum(call: LayerCall) -> TensorView:
    views = views_in(list(operands(call)))
    if len(views) != 2:
        raise Unsupported("of a tensor and a number")
    return minimum_of(call, views)


def matrix_product(call: LayerCall) -> TensorView:
    views = views_in(list(operands(call)))
    if len(views) != 2 or views[0].rank < 2 or views[1].rank < 2:
        raise Unsupported("not of two matrices")
    left, right = views
    if call.keywords.get("transpose_a"):
        left = swapped(left)
    if call.keywords.get("transpose_b"):
        right = swapped(right)
    sizes = (*call.sizes(left)[:-1], call.sizes(right)[-1])
    return product(call.builder, left, right, sizes)


def swapped(view: TensorView) -> TensorView:
    """The tensor with its last two axes in the other order."""
    return view.permuted([*range(view.rank - 2), view.rank - 1, view.rank - 2])


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


# Axes


def expand_dims(call: LayerCall) -> TensorView:
    view = call.view
    axis = whole_number(argument(call, ("axis",), 0), "an axis")
    if not -view.rank - 1 <= axis <= view.rank:
        raise Unsupported("along an axis that its result does not have")
    return with_axis(view, axis % (view.rank + 1))


def squeeze(call: LayerCall) -> TensorView:
    view = call.view
    sizes = call.sizes(view)
    given = argument(call, ("axis",), 0)
    ones = [axis for axis, size in enumerate(sizes) if size == 1]
    axes = ones if given is None else dims_of(call, view, given)
    if any(sizes[axis] != 1 for axis in axes):
        raise Unsupported("an axis of more than one position")
    after = tuple(size for axis, size in enumerate(sizes) if axis not in axes)
    return with_sizes(call, view, after)


def reshape(call: LayerCall) -> TensorView:
    target = whole_numbers(argument(call, ("newshape", "shape"), 0), "a shape")
    view = call.view
    sizes = call.sizes(view)
    if target.count(-1) == 2 and target[0] == -1:
        target = (sizes[0], *target[1:])
    return with_sizes(call, view, target)


def transpose(call: LayerCall) -> TensorView:
    view = call.view
    given = argument(call, ("axes", "perm"), 0)
    if given is None:
        return view.permuted(list(reversed(range(view.rank))))
    order = whole_numbers(given, "an order")
    if sorted(axis % view.rank for axis in order) != list(range(view.rank)):
        raise Unsupported("an order that is not one of its axes")
    return view.permuted([axis % view.rank for axis in order])


def pad(call: LayerCall) -> TensorView:
    view = call.view
    given = argument(call, ("pad_width", "paddings"), 0)
    pairs = [whole_numbers(pair, "a padding") for pair in given] if isinstance(given, list) else []
    if len(pairs) != view.rank or any(len(pair) != 2 for pair in pairs):
        raise Unsupported("a padding that is not written for each axis")
    return padded(call, view, pairs)


# Reductions

REDUCTIONS = {"mean": "reduce_mean", "sum": "reduce_sum", "max": "reduce_max", "amax": "reduce_max"}
REDUCTIONS |= {f"reduce{name}": kind for name, kind in list(REDUCTIONS.items())}
REDUCTIONS |= {"std": "reduce_std", "var": "reduce_var"}
GLOBAL = {"reduce_mean": "global_avgpool", "reduce_max": "global_maxpool"}


def reduction(call: LayerCall) -> TensorView:
    """Over all spatial axes, a mean or a maximum is a global pooling."""
    kind = REDUCTIONS[operation_key(call.layer)]
    view = call.view
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


# Functions of each element


def function(call: LayerCall) -> TensorView:
    """An activation, or a function of each element."""
    name = FUNCTION_NAMES[operation_key(call.layer)]
    config = {**call.config.values, **call.keywords}
    arguments = {key: config[key] for key in CONFIGURED if key in config}
    if name == "leaky_relu" and "alpha" in arguments:
        arguments["negative_slope"] = arguments.pop("alpha")
    return call.apply(*layer_of(name, arguments), call.view)


CONFIGURED = ("negative_slope", "approximate", "alpha", "max_value", "threshold")
FUNCTION_NAMES = {name.replace("_", ""): name for name in (*PLAIN, *OF_ELEMENTS)}
FUNCTION_NAMES |= {"leakyrelu": "leaky_relu", "elu": "elu", "gelu": "gelu", "neg": "negative"}


def power(call: LayerCall) -> TensorView:
    given = argument(call, ("y", "x2"), 0)
    if not isinstance(given, int | float) or isinstance(given, bool):
        raise Unsupported("a power that is not a number")
    if given == 2:
        return call.apply("elementwise", {"function": "square"}, call.view)
    return call.apply("elementwise", {"function": "pow", "exponent": given}, call.view)


def softmax(call: LayerCall) -> TensorView:
    axis = argument(call, ("axis",), 0)
    kind = "log_softmax" if "log" in operation_key(call.layer) else "softmax"
    return softmax_of(call, call.view, -1 if axis is None else whole_number(axis, "an axis"), kind)


def clip(call: LayerCall) -> TensorView:
    low = argument(call, ("x_min", "clip_value_min"), 0)
    high = argument(call, ("x_max", "clip_value_max"), 1)
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        raise Unsupported("bounds that are not numbers")
    if low == 0:
        return call.apply(*rectifier({"max_value": high}), call.view)
    return call.apply("hardtanh", {"min": float(low), "max": float(high)}, call.view)


def unchanged(call: LayerCall) -> TensorView:
    return call.view


def shuffled(call: LayerCall) -> TensorView:
    """depth_to_space and space_to_depth."""
    factor = whole_number(argument(call, ("block_size",), 0), "a block size")
    kind = "pixel_shuffle" if operation_key(call.layer).startswith("depth") else "pixel_unshuffle"
    is_first = argument(call, ("data_format",), 1) in ("channels_first", "NCHW")
    view = channels_at(call.builder, call.view, 1 if is_first else -1)
    return call.apply(kind, {"factor": factor}, view)


def normalize(call: LayerCall) -> TensorView:
    order = argument(call, ("order", "ord"), 1)
    axes = dims_of(call, call.view, argument(call, ("axis",), 0))
    if order not in (None, 2) or len(axes) != 1:
        raise Unsupported("a norm other than L2 along one axis")
    return call.apply("l2norm", {}, channels_at(call.builder, call.view, axes[0]))


def resize(call: LayerCall) -> TensorView:
    sizes = whole_numbers(argument(call, ("size",), 0), "a size")
    mode = argument(call, ("interpolation", "method"), 1) or "bilinear"
    return resized(call, sizes, str(mode))


OPERATIONS: dict[str, Callable[[LayerCall], Any]] = {
    **dict.fromkeys(JOINS, join),
    "minimum": minimum,
    "matmul": matrix_product,
    **dict.fromkeys(("concatenate", "concat"), concatenate),
    "stack": stack,
    "expanddims": expand_dims,
    "squeeze": squeeze,
    "reshape": reshape,
    "transpose": transpose,
    "pad": pad,
    **dict.fromkeys(REDUCTIONS, reduction),
    **parts.OPERATIONS,
    **pooling.OPERATIONS,
    **dict.fromkeys(FUNCTION_NAMES, function),
    **dict.fromkeys(("power", "pow"), power),
    **dict.fromkeys(("softmax", "logsoftmax"), softmax),
    **dict.fromkeys(("clip", "clipbyvalue"), clip),
    **dict.fromkeys(
        ("identity", "stopgradient", "cast", "converttotensor", "copy", "ensureshape"), unchanged
    ),
    **dict.fromkeys(("depthtospace", "spacetodepth"), shuffled),
    **dict.fromkeys(("normalize", "l2normalize"), normalize),
    "resize": resize,
    "shape": known_values.shape,
}
"""By the name without underscores, in lower case."""
