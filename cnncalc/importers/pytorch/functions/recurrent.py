"""Recurrent layers, and their states after the last time step."""

from __future__ import annotations

from ....shape import Shape
from ....sketch import SketchValue
from ...axes import BATCH, TensorView, channels_at, reshaped, without_extra_axes
from ...errors import Unsupported
from ...operands import with_axes
from ...program import Operation, TensorSizes, tensors_in
from ..arguments import named
from ..context import Derived, FunctionResults, LoweringContext, Tensor
from ..names import plain

RECURRENT = ("input", "hx", "params", "has_biases", "num_layers", "dropout", "train")
GATES = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}
KINDS = {"lstm": "lstm", "gru": "gru", "rnn_tanh": "rnn", "rnn_relu": "rnn"}


def recurrent(low: LoweringContext, op: Operation) -> FunctionResults:
    """lstm, gru and rnn along the only spatial axis, and their last states."""
    given = named(op, *RECURRENT, "bidirectional", "batch_first")
    initial = [low.tensor(ref) for ref in tensors_in(given.get("hx"))]
    if any(isinstance(tensor, TensorView) for tensor in initial):
        raise Unsupported("a recurrent layer with a state that is computed")
    view = channels_at(low.builder, low.view(given["input"]), -1)
    view = without_extra_axes(low.builder, view)
    if len(view.shape) == 1:
        time = next(axis for axis in (0, 1) if not view.axes[axis])
        view = with_axes(low.builder, view, [time])
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
    return [result, *(state(low, result, sizes, n) for n, sizes in enumerate(op.results[1:], 1))]


def state(low: LoweringContext, result: TensorView, sizes: TensorSizes, part: int) -> Tensor:
    """The states after the last time step, a row for each layer and direction.

    That of the last layer is in its output; others are `custom` if they are read.
    """
    if not low.is_read(part):
        return Derived(sizes, function="state")
    layers, width = sizes[0], sizes[-1]
    channels = result.shape.channels
    if part == 1 and channels == width and (layers == 1 or reads_last_row(low, part, layers)):
        last = low.add("select", {"index": -1, "axis": 1}, [result.value])
        return TensorView(last, ((), (BATCH,), (0,)))
    if part == 1 and layers == 2 and channels == 2 * width:
        return TensorView(both_ends(low, result.value), ((0,), (BATCH,), (1,)))
    shape = Shape((layers, width))
    value = low.builder.add_custom("state", shape, [result.value], "the states of all layers")
    return TensorView(value, ((0,), (BATCH,), (1,)))


def reads_last_row(low: LoweringContext, part: int, rows: int) -> bool:
    """True if a state is only read as `state[-1]`."""
    return not low.is_output(part) and all(
        plain(reader.function) == "getitem" and reader.argument(1, "index") in (-1, rows - 1)
        for reader in low.readers_of(part)
    )


def both_ends(low: LoweringContext, value: SketchValue) -> SketchValue:
    """The last state of the one direction and the first position of the other, as two rows."""
    ahead, back = low.builder.add_parts({"parts": 2}, value)
    ends = [
        low.add("select", {"index": index, "axis": 1}, [direction])
        for index, direction in ((-1, ahead), (0, back))
    ]
    joined = low.add("concat", {}, ends)
    return reshaped(low.builder, joined, (2, joined.shape[0] // 2))


FUNCTIONS = dict.fromkeys(KINDS, recurrent)
