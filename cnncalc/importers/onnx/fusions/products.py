"""Products with their biases, quantized products, recurrent layers and rolled axes."""

from __future__ import annotations

from ...patterns.matching import Match, OperandPattern, Pattern, StoredPattern, ValuePattern
from ...patterns.replacing import FusedCall, FusedNode, Fusion
from ...patterns.words import (
    MATRIX,
    SHIFT,
    X,
    add,
    concat,
    conv,
    conv_integer,
    cut,
    matmul,
    matmul_integer,
    mul,
    one_of,
    operator,
    reshape,
    transpose,
)
from ..operators.dense import JOINED, LINEAR
from ..operators.parts import ROLL, concat_axis, slices_of
from .graph import CallGraph

PRODUCT = one_of(conv_integer(X, label="product"), matmul_integer(X, label="product"))
SCALE = one_of(mul(ValuePattern("scale"), StoredPattern("factor")), ValuePattern("scale"))


def biased_product(graph: CallGraph, match: Match) -> FusedNode | None:
    """A matrix and a vector of its columns: a dense layer."""
    x, matrix, shift = (match.tensors[name] for name in ("x", "matrix", "shift"))
    sizes = graph.tensors[matrix].sizes
    bias = graph.tensors[shift].sizes
    is_matrix = len(sizes) > 1 and graph.tensors[matrix].elements == sizes[-1] * sizes[-2]
    if not is_matrix or bias[-1:] != sizes[-1:] or not graph.is_vector(shift, sizes[-1]):
        return None
    return LINEAR, (x, matrix, shift), {}


def biased_convolution(graph: CallGraph, match: Match) -> FusedNode | None:
    """A convolution without a bias and a vector of its channels."""
    call = graph.calls[match.calls["conv"]]
    shift = match.tensors["shift"]
    channels = graph.tensors[call.node.outputs[0]].sizes[1]
    bias = graph.tensors[shift].sizes
    is_last = len(bias) >= call.rank() - 1 and bias[1 - call.rank()] == channels
    if call.has(2) or not is_last or not graph.is_vector(shift, channels):
        return None
    return call.node.operator, (*call.node.inputs[:2], shift), call.node.attributes


def dequantized(graph: CallGraph, match: Match) -> FusedNode:
    """A product of whole numbers with the scale that makes it real."""
    call = graph.calls[match.calls["product"]]
    kind = "Conv" if call.node.operator == "ConvInteger" else "MatMul"
    return kind, call.node.inputs[:2], call.node.attributes


def joined_series(graph: CallGraph, match: Match) -> FusedNode | None:
    """A recurrent layer whose directions become one axis."""
    call, order = graph.calls[match.calls["series"]], graph.calls[match.calls["order"]]
    steps, batch, _ = call.sizes()
    directions, hidden = call.sizes(2)[0], call.sizes(2)[2]
    result = graph.tensors[graph.calls[match.calls["joined"]].node.outputs[0]].sizes
    is_joined = result == (steps, batch, directions * hidden)
    if order.attribute("perm") != (0, 2, 1, 3) or not is_joined:
        return None
    return f"{JOINED}{call.node.operator}", call.node.inputs, call.node.attributes


def series(kind: str) -> Pattern:
    inner = operator(kind)(X, label="series")
    return reshape(transpose(inner, label="order"), label="joined")


# Rolled axes


def halves(inner: OperandPattern, number: int) -> Pattern:
    """Two slices of a value in the other order."""
    first, second = cut(inner, label=f"first{number}"), cut(inner, label=f"second{number}")
    return concat(first, second, label=f"rolled{number}")


def rolled(levels: int) -> FusedCall:
    """A roll along so many axes."""

    def fused(graph: CallGraph, match: Match) -> FusedNode | None:
        found = [roll_of(graph, match, number) for number in range(levels)]
        shifts = tuple(entry[0] for entry in found if entry)
        axes = tuple(entry[1] for entry in found if entry)
        if len(set(axes)) < levels:
            return None
        return ROLL, (match.tensors["x"],), {"shifts": shifts, "axes": axes}

    return fused


def roll_of(graph: CallGraph, match: Match, number: int) -> tuple[int, int] | None:
    """By how much one axis is rolled, and which; None if the slices are not its two parts."""
    joined = graph.calls[match.calls[f"rolled{number}"]]
    parts = [graph.calls[match.calls[f"{word}{number}"]] for word in ("first", "second")]
    slices = [slices_of(part) for part in parts]
    if len(joined.inputs) != 2 or any(len(found) != 1 for found in slices):
        return None
    (tail_axis, tail), (head_axis, head) = slices[0][0], slices[1][0]
    size = parts[0].sizes()[tail_axis]
    axis = concat_axis(joined, parts[0].rank())
    is_whole = head == range(tail.start) and tail == range(tail.start, size)
    if not is_whole or not axis == tail_axis == head_axis:
        return None
    return -tail.start if 2 * tail.start <= size else size - tail.start, axis


FUSIONS: tuple[Fusion, ...] = (
    Fusion((add(matmul(X, MATRIX), SHIFT),), biased_product),
    Fusion(
        (
            add(conv(X, label="conv"), SHIFT),
            add(operator("ConvTranspose")(X, label="conv"), SHIFT),
        ),
        biased_convolution,
    ),
    Fusion((mul(PRODUCT, SCALE),), dequantized),
    Fusion(tuple(series(kind) for kind in ("LSTM", "GRU", "RNN")), joined_series),
    Fusion((halves(halves(halves(X, 0), 1), 2),), rolled(3)),
    Fusion((halves(halves(X, 0), 1),), rolled(2)),
    Fusion((halves(X, 0),), rolled(1)),
)
