"""Products with matrices, and recurrent operators."""

from __future__ import annotations

from math import prod

from ...axes import TensorView, channels_at, in_order
from ...builder import LayerArguments
from ...errors import InvalidModelFile, Unsupported
from ...operands import in_single_axes
from ...products import product
from ...program import TensorSizes
from ..context import TfliteContext, UnstatedOperation
from .elementwise import activated
from .shaping import with_sizes


def fully_connected(net: TfliteContext) -> list[TensorView]:
    """A matrix with a row for each output, applied to the last axis."""
    matrix, sizes = net.sizes(1), net.sizes()
    if len(matrix) != 2 or min(matrix) < 1:
        raise InvalidModelFile("FULLY_CONNECTED has a matrix of other axes")
    view = net.view()
    after = net.output().sizes
    before = (*after[:-1], matrix[1])
    if before != sizes:
        view = with_sizes(net, view, sizes, before)
    view = channels_at(net.builder, view, -1)
    arguments: LayerArguments = {"out": matrix[0], "bias": net.number(2) >= 0}
    if len(view.shape) > 2 or (len(view.shape) == 2 and view.shape.positions == 1):
        arguments["axis"] = 0  # without it, a map of one position would become a vector
    macs = prod(matrix) * view.shape.positions
    value = net.add("linear", arguments, [view.value], net.owned((1, 2)), macs)
    return [activated(net, view.with_value(value))]


def batch_product(net: TfliteContext) -> list[TensorView]:
    """The product of two tensors; each may be given with its last axes swapped."""
    stored = [place for place in (0, 1) if net.is_stored(place)]
    if stored and len(net.sizes(stored[0])) > 1 and prod(net.sizes(stored[0])[:-2]) == 1:
        return [product_with_matrix(net, stored[0])]
    views = [factor(net, place) for place in (0, 1)]
    return [product(net.builder, views[0], views[1], net.output().sizes)]


def factor(net: TfliteContext, place: int) -> TensorView:
    """A factor of a product, with its rows before its columns; constants are learned."""
    sizes = net.sizes(place)
    view = learned_factor(net, place, sizes) if net.is_stored(place) else net.view(place)
    if view.rank < 2:
        raise Unsupported("a product with a vector")
    if not net.operator.option(("adjoint_x", "adjoint_y")[place]):
        return view
    return view.transposed()


def learned_factor(net: TfliteContext, place: int, sizes: TensorSizes) -> TensorView:
    """Several matrices; axes of size 1 before them are those that broadcasting adds."""
    first = next((axis for axis, size in enumerate(sizes) if size != 1), 0)
    shape = sizes[min(first, len(sizes) - 2) :]
    value = net.add("weight", {"shape": shape}, [], net.owned((place,)))
    return TensorView(value, tuple((axis,) for axis in range(len(shape))))


def product_with_matrix(net: TfliteContext, place: int) -> TensorView:
    """One matrix on the right, applied to the last axis, or on the left, to the one before it."""
    view = factor(net, 1 - place)
    rows, columns = net.sizes(place)[-2:]
    if net.operator.option(("adjoint_x", "adjoint_y")[place]):
        rows, columns = columns, rows
    out, axis = (columns, -1) if place else (rows, -2)
    view = channels_at(net.builder, in_single_axes(net.builder, view), axis)
    if view.shape.channels != (rows if place else columns):
        raise InvalidModelFile("BATCH_MATMUL has a matrix of other axes")
    arguments: LayerArguments = {"out": out, "bias": False}
    if len(view.shape) > 2 or (len(view.shape) == 2 and view.shape.positions == 1):
        arguments["axis"] = 0  # without it, a map of one position would become a vector
    macs = rows * columns * view.shape.positions
    return view.with_value(net.add("linear", arguments, [view.value], net.owned((place,)), macs))


def positions_of_extremes(net: TfliteContext) -> list[TensorView]:
    """ARG_MAX and ARG_MIN."""
    raise UnstatedOperation("the positions of maxima or minima", 0)


# Recurrent operators

LSTM_MATRICES = range(1, 9)
LSTM_PEEPHOLES = range(9, 12)
LSTM_BIASES = range(12, 16)
LSTM_PROJECTION, LSTM_PROJECTION_BIAS = 16, 17
LSTM_NORMS = range(20, 24)


def sequence_lstm(net: TfliteContext) -> list[TensorView]:
    """A basic LSTM: four gates with one bias each, and perhaps a projection.

    Raises UnstatedOperation for other variants.
    """
    absent = [place for place in LSTM_MATRICES if net.number(place) < 0]
    variants = [*LSTM_PEEPHOLES, LSTM_PROJECTION_BIAS, *LSTM_NORMS]
    if absent or any(net.number(place) >= 0 for place in variants):
        raise UnstatedOperation("a variant of the LSTM", recurrent_macs(net))
    arguments: LayerArguments = {"hidden": net.sizes(1)[0], "biases": 1}
    places = [*LSTM_MATRICES, *LSTM_BIASES]
    if net.number(LSTM_PROJECTION) >= 0:
        arguments["proj"] = net.sizes(LSTM_PROJECTION)[0]
        places.append(LSTM_PROJECTION)
    return [along_time(net, "lstm", arguments, places)]


def sequence_rnn(net: TfliteContext) -> list[TensorView]:
    arguments: LayerArguments = {"hidden": net.sizes(1)[0], "biases": 1}
    return [along_time(net, "rnn", arguments, [1, 2, 3])]


def along_time(
    net: TfliteContext, kind: str, arguments: LayerArguments, places: list[int]
) -> TensorView:
    view = net.view()
    if view.rank != 3:
        raise InvalidModelFile(f"{net.operator.kind} reads a tensor of {view.rank} axes")
    time = 0 if net.operator.option("time_major") else 1
    view = in_order(net.builder, view, [2, time])
    return net.applied(kind, arguments, view, net.owned(places))


def recurrent_macs(net: TfliteContext) -> int:
    """Those of all matrices, once per time step."""
    places = [*LSTM_MATRICES, LSTM_PROJECTION]
    matrices = [net.sizes(place) for place in places if net.number(place) >= 0]
    sizes = net.sizes()
    time = sizes[0 if net.operator.option("time_major") else 1] if len(sizes) == 3 else 1
    return time * sum(prod(matrix) for matrix in matrices if len(matrix) == 2)


def state_filter(net: TfliteContext) -> list[TensorView]:
    """SVDF: a matrix of features, and for each of these a filter along time.

    Source: Nakkiran et al., Compressing Deep Neural Networks using a Rank-Constrained Topology,
    Interspeech 2015.
    """
    macs = prod(net.sizes(1)) + prod(net.sizes(2))
    raise UnstatedOperation("filters along time, whose state is kept between calls", macs)


FUNCTIONS = {
    "FULLY_CONNECTED": fully_connected,
    "BATCH_MATMUL": batch_product,
    **dict.fromkeys(("ARG_MAX", "ARG_MIN"), positions_of_extremes),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": sequence_lstm,
    "UNIDIRECTIONAL_SEQUENCE_RNN": sequence_rnn,
    "SVDF": state_filter,
}
