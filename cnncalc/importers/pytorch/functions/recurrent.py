"""Recurrent layers, and their states after the last time step."""

from __future__ import annotations

from ....shape import Shape
from ....sketch import SketchValue
from ...axes import BATCH, TensorView, channels_at, reshaped, separated, without_extra_axes
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
    """lstm, gru and rnn along one spatial axis, and their last states."""
    given = named(op, *RECURRENT, "bidirectional", "batch_first")
    initial = [low.tensor(ref) for ref in tensors_in(given.get("hx"))]
    if any(isinstance(tensor, TensorView) for tensor in initial):
        raise Unsupported("a recurrent layer with a state that is computed")
    view = channels_at(low.builder, low.view(given["input"]), -1)
    view = without_extra_axes(low.builder, view)
    view, axis = with_time(low, view, int(view.rank == 3 and bool(given.get("batch_first"))))
    weights = given["params"]
    arguments = {
        "hidden": weights[0].sizes[0] // GATES[plain(op.function)],
        "layers": given["num_layers"],
        "bidirectional": bool(given["bidirectional"]),
        "bias": bool(given["has_biases"]),
    }
    if weights[1].sizes[1] != arguments["hidden"]:
        arguments["proj"] = weights[1].sizes[1]
    if len(view.shape) > 2:
        arguments["axis"] = axis
    result = low.apply(KINDS[plain(op.function)], arguments, view, low.own(*weights))
    states = enumerate(op.results[1:], 1)
    return [result, *(state(low, result, axis, sizes, part) for part, sizes in states)]


def with_time(low: LoweringContext, view: TensorView, time: int) -> tuple[TensorView, int]:
    """The tensor with one axis of its value for the time, which is an axis of the tensor.

    Where the batch takes the place of the time, the time is the only axis that is left.
    """
    if len(view.shape) == 1:
        free = next(axis for axis in (0, 1) if not view.axes[axis])
        view = with_axes(low.builder, view, [free])
    if len(view.shape) == 2 and view.is_batch(time):
        return view, 1
    if low.program.batch == 1 and view.rank == 3:
        view = with_batch_at(view, 1 - time)
    if BATCH in view.axes[time]:
        raise Unsupported("a recurrent layer along the batch")
    if not view.axes[time]:
        view = with_axes(low.builder, view, [time])
    if len(view.axes[time]) > 1:
        view = separated(low.builder, view)
    return view, view.axis(time)


def with_batch_at(view: TensorView, axis: int) -> TensorView:
    """The tensor with a batch of 1, which may be in any axis, in this one."""
    entries = [tuple([one for one in entry if one != BATCH]) for entry in view.axes]
    entries[axis] = (BATCH, *entries[axis])
    return TensorView(view.value, tuple(entries))


def state(
    low: LoweringContext, result: TensorView, time: int, sizes: TensorSizes, part: int
) -> Tensor:
    """The states after the last step along an axis, a row for each layer and direction.

    That of the last layer is in its output; others are `custom` if they are read.
    """
    if not low.is_read(part):
        return Derived(sizes, function="state")
    layers, width = sizes[0], sizes[-1]
    channels = result.shape.channels
    others = [axis for axis in range(1, len(result.shape)) if axis != time]
    batch = next((entry for entry in result.axes if entry not in ((), (0,), (time,))), (BATCH,))
    if part == 1 and channels == width and (layers == 1 or reads_last_row(low, part, layers)):
        last = low.add("select", {"index": -1, "axis": time}, [result.value])
        return TensorView(last, ((), renumbered_from(batch, others, 1), (0,)))
    rows = ((0,), renumbered_from(batch, others, 2), (1,))
    if part == 1 and layers == 2 and channels == 2 * width:
        return TensorView(both_ends(low, result.value, time), rows)
    shape = Shape((layers, width, *(result.shape[axis] for axis in others)))
    value = low.builder.add_custom("state", shape, [result.value], "the states of all layers")
    return TensorView(value, rows)


def renumbered_from(entry: tuple[int, ...], axes: list[int], first: int) -> tuple[int, ...]:
    """An entry of an axis map after which these axes are numbered from `first` on."""
    places = {BATCH: BATCH, **{axis: place for place, axis in enumerate(axes, first)}}
    return tuple([places[axis] for axis in entry])


def reads_last_row(low: LoweringContext, part: int, rows: int) -> bool:
    """True if a state is only read as `state[-1]`."""
    return not low.is_output(part) and all(
        plain(reader.function) == "getitem" and reader.argument(1, "index") in (-1, rows - 1)
        for reader in low.readers_of(part)
    )


def both_ends(low: LoweringContext, value: SketchValue, time: int) -> SketchValue:
    """The last state of the one direction and the first position of the other, as two rows."""
    ahead, back = low.builder.add_parts({"parts": 2}, value)
    ends = [
        low.add("select", {"index": index, "axis": time}, [direction])
        for index, direction in ((-1, ahead), (0, back))
    ]
    joined = low.add("concat", {}, ends)
    return reshaped(low.builder, joined, (2, joined.shape[0] // 2, *joined.shape.spatial))


FUNCTIONS = dict.fromkeys(KINDS, recurrent)
