"""Dense and recurrent layers, embeddings, and products of matrices."""

from __future__ import annotations

from math import prod
from typing import Any

from ...axes import BATCH, TensorView, channels_at, without_extra_axes
from ...builder import Owned
from ...errors import Unsupported
from ...products import product
from ...program import Operation, TensorRef
from ..arguments import named
from ..context import Derived, FunctionResults, LoweringContext
from ..names import plain


def linear(low: LoweringContext, op: Operation) -> TensorView:
    given = named(op, "input", "weight", "bias")
    weight, bias = given["weight"], given.get("bias")
    view = low.view(given["input"])
    return dense(low, view, low.own(weight, bias), weight.sizes[0], bias is not None)


def dense(low: LoweringContext, view: TensorView, owned: Owned, out: int, bias: bool) -> TensorView:
    """A `linear` layer over the last axis of a tensor, wherever the value has it."""
    positions = [size for axis, size in enumerate(view.shape) if axis not in view.axes[-1]]
    if len(view.shape) > 1 and prod(positions) != 1:
        view = without_extra_axes(low.builder, view)
    else:
        view = channels_at(low.builder, view, -1)
    if len(view.axes[-1]) != 1:
        view = channels_at(low.builder, view, -1)
    axis = view.axis(-1)
    macs = view.shape.elements * out
    arguments: dict[str, Any] = {"out": out, "bias": bias}
    if view.shape.positions == 1 and axis == 0:
        value = low.add("linear", arguments, [view.value], owned, macs)
        return TensorView(value, without_ones(view))
    if axis != 0 or len(view.shape) > 2:
        arguments["axis"] = axis
    return low.apply("linear", arguments, view, owned, macs)


def without_ones(view: TensorView) -> tuple[tuple[int, ...], ...]:
    """The axes of a value of one position, as those of a vector."""
    return tuple(tuple(axis for axis in entry if axis in (BATCH, 0)) for entry in view.axes)


def embedding(low: LoweringContext, op: Operation) -> TensorView:
    given = named(op, "input", "weight")
    indices, weight = given["input"], given["weight"]
    if not (isinstance(indices, TensorRef) and isinstance(weight, TensorRef)):
        raise Unsupported("an embedding without a table")
    if isinstance(low.tensor(weight), TensorView):  # ATen has the table first
        indices, weight = weight, indices
    vocab, dim = weight.sizes
    view = low.view(indices)
    value = low.add("embedding", {"vocab": vocab, "dim": dim}, [view.value], low.own(weight))
    axes = tuple(tuple(axis if axis == BATCH else axis + 1 for axis in a) for a in view.axes)
    return TensorView(value, (*axes, (0,)))


RECURRENT = ("input", "hx", "params", "has_biases", "num_layers", "dropout", "train")
GATES = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}
KINDS = {"lstm": "lstm", "gru": "gru", "rnn_tanh": "rnn", "rnn_relu": "rnn"}


def recurrent(low: LoweringContext, op: Operation) -> FunctionResults:
    """lstm, gru and rnn along the only spatial axis.  The states are not results of ours."""
    given = named(op, *RECURRENT, "bidirectional", "batch_first")
    view = channels_at(low.builder, low.view(given["input"]), -1)
    view = without_extra_axes(low.builder, view)
    if len(view.shape) > 2:
        raise Unsupported("a recurrent layer along one axis of a map")
    weights = given["params"]
    arguments = {
        "hidden": weights[0].sizes[0] // GATES[plain(op.function)],
        "layers": given["num_layers"],
        "bidirectional": bool(given["bidirectional"]),
        "bias": bool(given["has_biases"]),
    }
    if weights[1].sizes[1] != arguments["hidden"]:
        arguments["proj"] = weights[1].sizes[1]
    result = low.apply(KINDS[plain(op.function)], arguments, view, low.own(*weights))
    states = [Derived(sizes, function="state") for sizes in op.results[1:]]
    return [result, *states]


# Products


def matmul(low: LoweringContext, op: Operation) -> TensorView:
    """A product of matrices; with a learned one it is a `linear` layer without bias."""
    first, second = list(op.tensors())[:2]
    matrix = low.tensor(second)
    if isinstance(matrix, Derived) and len(matrix.sizes) == 2:
        owned = low.owned([matrix])
        if owned.params == prod(matrix.sizes) and len(owned.weights) == 1:
            return dense(low, low.view(first), owned, matrix.sizes[1], False)
    return product(low.builder, operand(low, first), operand(low, second), op.results[0])


def operand(low: LoweringContext, ref: TensorRef) -> TensorView:
    """A factor of a product; one that is stored is a learned tensor of its own."""
    from .joins import learned

    tensor = low.tensor(ref)
    return tensor if isinstance(tensor, TensorView) else learned(low, tensor)


FUNCTIONS = {
    "linear": linear,
    "embedding": embedding,
    **dict.fromkeys(KINDS, recurrent),
    **dict.fromkeys(("matmul", "bmm", "mm", "rmatmul"), matmul),
}
