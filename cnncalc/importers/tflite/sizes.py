"""The sizes of what an operator makes, where the file leaves them open.

A file with an open batch has a 1 in place of every size that depends on it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from math import prod

from ..arrays import broadcast_sizes, sizes_without
from ..errors import InvalidModelFile, Unsupported
from ..program import TensorSizes
from .context import TfliteContext
from .fusing import OWN_OPERATORS
from .model import TfliteTensor


def keep_output_sizes(net: TfliteContext) -> None:
    """State the sizes of the outputs of the present operator, as far as they are known."""
    for place, number in enumerate(net.operator.outputs):
        if number >= 0 and net.is_open:
            net.tensors[number] = with_known_sizes(net, net.tensors[number], place)


def with_known_sizes(net: TfliteContext, tensor: TfliteTensor, place: int) -> TfliteTensor:
    """An output with the sizes that its operator gives it; else its first axis is the batch."""
    rule = SIZES.get(net.operator.kind) if place == 0 else None
    if rule is not None:
        with suppress(Unsupported, InvalidModelFile, ArithmeticError, IndexError, ValueError):
            return tensor._replace(sizes=rule(net), open_axes=())
    if 0 not in tensor.open_axes:
        return tensor
    return tensor._replace(sizes=(net.batch, *tensor.sizes[1:]), open_axes=tensor.open_axes[1:])


def reshaped(net: TfliteContext) -> TensorSizes:
    """The second input; -1 is what the others leave."""
    sizes = net.integers(1)
    if -1 not in sizes:
        return sizes
    left = prod(net.sizes()) // -prod(sizes)
    return tuple([left if size == -1 else size for size in sizes])


def kept(net: TfliteContext) -> TensorSizes:
    return net.sizes()


def widened(net: TfliteContext) -> TensorSizes:
    sizes = net.sizes()
    place = net.integers(1)[0] % (len(sizes) + 1)
    return (*sizes[:place], 1, *sizes[place:])


def permuted(net: TfliteContext) -> TensorSizes:
    return tuple([net.sizes()[axis] for axis in net.integers(1)])


def reduced(net: TfliteContext) -> TensorSizes:
    axes = [axis % len(net.sizes()) for axis in net.integers(1)]
    return sizes_without(net.sizes(), axes, keeps=bool(net.operator.option("keep_dims")))


def joint(net: TfliteContext) -> TensorSizes:
    """Those of all inputs as they are broadcast."""
    return broadcast_sizes(*[net.sizes(place) for place in range(len(net.operator.inputs))])


def connected(net: TfliteContext) -> TensorSizes:
    """One row for all elements of as many as the matrix reads, or the axes of the input."""
    sizes, (outputs, inputs) = net.sizes(), net.sizes(1)
    if net.operator.option("keep_num_dims"):
        return (*sizes[:-1], outputs)
    return (prod(sizes) // inputs, outputs)


def multiplied(net: TfliteContext) -> TensorSizes:
    left, right, option = net.sizes(), net.sizes(1), net.operator.option
    rows = left[-1 if option("adjoint_x") else -2]
    columns = right[-2 if option("adjoint_y") else -1]
    return (*broadcast_sizes(left[:-2], right[:-2]), rows, columns)


def concatenated(net: TfliteContext) -> TensorSizes:
    all_sizes = [net.sizes(place) for place in range(len(net.operator.inputs))]
    first = all_sizes[0]
    axis = net.operator.option("axis") % len(first)
    return (*first[:axis], sum(sizes[axis] for sizes in all_sizes), *first[axis + 1 :])


def packed(net: TfliteContext) -> TensorSizes:
    sizes = net.sizes()
    axis = net.operator.option("axis") % (len(sizes) + 1)
    return (*sizes[:axis], len(net.operator.inputs), *sizes[axis:])


def tiled(net: TfliteContext) -> TensorSizes:
    columns = zip(net.sizes(), net.integers(1), strict=True)
    return tuple([size * times for size, times in columns])


def expanded(net: TfliteContext) -> TensorSizes:
    return broadcast_sizes(net.sizes(), net.integers(1))


SIZES: dict[str, Callable[[TfliteContext], TensorSizes]] = {
    "RESHAPE": reshaped,
    "EXPAND_DIMS": widened,
    "TRANSPOSE": permuted,
    **dict.fromkeys(("MEAN", "SUM", "REDUCE_PROD", "REDUCE_MAX", "REDUCE_MIN"), reduced),
    **dict.fromkeys(("ADD", "SUB", "MUL", "DIV", "FLOOR_DIV", "FLOOR_MOD", "POW"), joint),
    **dict.fromkeys(("MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE"), joint),
    **dict.fromkeys(("EQUAL", "NOT_EQUAL", "SELECT_V2"), joint),
    **dict.fromkeys(("LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"), joint),
    "FULLY_CONNECTED": connected,
    "BATCH_MATMUL": multiplied,
    "CONCATENATION": concatenated,
    "PACK": packed,
    "TILE": tiled,
    "BROADCAST_TO": expanded,
    **dict.fromkeys(OWN_OPERATORS, kept),
}
