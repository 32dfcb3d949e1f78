"""The multiply-accumulates of functions by the sizes of their tensors, for `custom` layers.

These are PyTorch's own rules (torch/utils/flop_counter.py), halved, and for one sample.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from ..program import Operation, TensorRef, TensorSizes
from .arguments import named
from .names import plain

ATTENTION = ("query", "key", "value")
RECURRENT = ("lstm", "gru", "rnn_tanh", "rnn_relu")


def macs_of(operation: Operation, batch: int) -> int | None:
    """The multiply-accumulates of one operation for one sample; None for functions without any."""
    rule = RULES.get(plain(operation.function))
    total = rule(operation) if rule else None
    return total if total is None else total // batch


def sizes_of(operation: Operation, position: int, keyword: str) -> TensorSizes:
    """The sizes of a tensor among the arguments."""
    return tuple(operation.argument(position, keyword).sizes)


def convolution(operation: Operation) -> int:
    weight = sizes_of(operation, 1, "weight")
    return prod(operation.results[0]) * prod(weight[1:])


def transposed_convolution(operation: Operation) -> int:
    weight = sizes_of(operation, 1, "weight")
    return prod(sizes_of(operation, 0, "input")) * prod(weight[1:])


def product(operation: Operation) -> int:
    """Of matrices: each element of the result is a sum over the last axis of the first one."""
    first = next(operation.tensors())
    return int(prod(operation.results[0]) * first.sizes[-1])


def addition_of_product(operation: Operation) -> int:
    """Of `addmm` and `baddbmm`, whose first tensor is a summand."""
    _, first, *_ = operation.tensors()
    return int(prod(operation.results[0]) * first.sizes[-1])


def attention(operation: Operation) -> int:
    given = named(operation, *ATTENTION)
    query, key, value = (tuple(given[name].sizes) for name in ATTENTION)
    return int(prod(query[:-1])) * int(key[-2]) * int(query[-1] + value[-1])


def multi_head_attention(operation: Operation) -> int:
    """The projections of queries, keys, values and the result, and the two products."""
    given = named(operation, *ATTENTION)
    query, key, value = (tuple(given[name].sizes) for name in ATTENTION)
    batch = query[1] if len(query) == 3 else 1
    queries, keys, width = prod(query[:-1]), prod(key[:-1]), query[-1]
    projections = 2 * queries * width**2 + keys * width * (key[-1] + value[-1])
    return int(projections + 2 * queries * keys // batch * width)


def einsum(operation: Operation) -> int | None:
    """One multiply-accumulate for each combination of the axes that are named."""
    equation = str(operation.argument(0, "equation")).replace(" ", "")
    operands = [ref for ref in operation.tensors() if isinstance(ref, TensorRef)]
    terms = equation.partition("->")[0].split(",")
    if "..." in equation or len(operands) != 2:
        return None
    sizes: dict[str, int] = {}
    for term, ref in zip(terms, operands, strict=True):
        sizes |= dict(zip(term, ref.sizes, strict=True))
    return prod(sizes.values())


def recurrent(operation: Operation) -> int:
    """One product with each weight matrix at each step of the series."""
    matrices = [ref for ref in operation.argument(2, "params") if len(ref.sizes) == 2]
    series = sizes_of(operation, 0, "input")
    return int(sum(prod(ref.sizes) for ref in matrices) * prod(series[:-1]))


RULES: dict[str, Callable[[Operation], int | None]] = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), convolution),
    **dict.fromkeys(
        ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), transposed_convolution
    ),
    **dict.fromkeys(("linear", "matmul", "bmm", "mm", "rmatmul"), product),
    **dict.fromkeys(("addmm", "baddbmm"), addition_of_product),
    **dict.fromkeys(RECURRENT, recurrent),
    "scaled_dot_product_attention": attention,
    "multi_head_attention_forward": multi_head_attention,
    "einsum": einsum,
}
