"""Operators that take parts of tensors, and that join tensors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import Any

from ....named_tuple import NamedTuple
from ...arrays import joined, offsets, picked
from ...errors import Unsupported
from ...program import TensorRef
from ..file import MOST_NUMBERS
from ..writer import ProgramWriter, Results
from .call import OperatorCall, OperatorRule, OperatorTable, OutputSizes, Translation


def joined_sizes(call: OperatorCall) -> OutputSizes:
    """Concat; empty tensors are dropped."""
    parts = [tensor.sizes for tensor in call.operands if tensor.sizes != (0,)]
    if not parts:
        return [(0,)]
    axis = concat_axis(call, len(parts[0]))
    if any(len(sizes) != len(parts[0]) for sizes in parts):
        raise Unsupported("tensors with different numbers of axes")
    return [(*parts[0][:axis], sum(sizes[axis] for sizes in parts), *parts[0][axis + 1 :])]


def concat_axis(call: OperatorCall, rank: int) -> int:
    axis = int(call.attribute("axis", 1))
    if not -rank <= axis < rank:
        raise Unsupported(f"axis {axis} of {rank}")
    return axis % rank


def concatenated(w: ProgramWriter, call: OperatorCall) -> Results:
    refs = tuple([w.tensor(name) for name in call.node.inputs if name])
    sizes = joined_sizes(call)[0]
    if len(refs) == 1:
        return [refs[0]]
    return [w.emit("cat", refs, concat_axis(call, len(sizes)), sizes=sizes)]


def joined_numbers(call: OperatorCall, sizes: OutputSizes) -> list[list[Any] | None]:
    if prod(sizes[0]) > MOST_NUMBERS:
        return [None]
    indices = [index for index, tensor in enumerate(call.inputs) if tensor and tensor.elements]
    if not indices:
        return [[]]
    parts = [list(call.numbers(index)) for index in indices]
    axis = concat_axis(call, len(sizes[0]))
    return [joined(parts, [call.sizes(index) for index in indices], axis)]


def quantized_parts(call: OperatorCall) -> OperatorCall:
    """QLinearConcat as a Concat: its inputs are a scale, a zero point, and three for each part."""
    node = call.node._replace(inputs=call.node.inputs[2::3])
    return call._replace(node=node, inputs=call.inputs[2::3])


# Parts of an axis


def split_lengths(call: OperatorCall) -> list[int]:
    """The sizes of the parts; equal ones, of which the last may be smaller, if none are given."""
    given = call.integers("split", 1)
    if given:
        return list(given)
    size = call.sizes()[call.axis()]
    count = call.attribute("num_outputs") or call.outputs
    length = -(-size // count)
    return [length] * (count - 1) + [size - length * (count - 1)]


def split_sizes(call: OperatorCall) -> OutputSizes:
    axis, own, lengths = call.axis(), call.sizes(), split_lengths(call)
    if sum(lengths) != own[axis] or min(lengths) < 0:
        raise Unsupported("parts that are not the whole axis")
    return [(*own[:axis], length, *own[axis + 1 :]) for length in lengths]


def split(w: ProgramWriter, call: OperatorCall) -> Results:
    sizes = split_sizes(call)
    x = w.tensor(call.name())
    if len(sizes) == 1:
        return [x]
    return list(w.emit_parts("split", x, sizes=sizes, dim=call.axis()))


def split_numbers(call: OperatorCall, sizes: OutputSizes) -> list[list[Any] | None]:
    axis, own, numbers = call.axis(), call.sizes(), call.numbers(0)
    found: list[list[Any] | None] = []
    for start, end in offsets(split_lengths(call)):
        positions = [range(size) for size in own]
        positions[axis] = range(start, end)
        found.append(picked(numbers, own, positions))
    return found


class AxisSlice(NamedTuple):
    """The positions that are taken of one axis."""

    axis: int
    positions: range


def slices_of(call: OperatorCall) -> list[AxisSlice]:
    """The slices, from arguments, or from inputs since opset 10."""
    starts, ends = call.integers("starts", 1), call.integers("ends", 2)
    if starts is None or ends is None or len(starts) != len(ends):
        raise Unsupported("a slice without its ends")
    axes = call.integers("axes", 3) or tuple(range(len(starts)))
    steps = call.integers("steps", 4) or (1,) * len(starts)
    rank = call.rank()
    if len(axes) != len(starts) or len(steps) != len(starts) or 0 in steps:
        raise Unsupported("a slice that does not fit the axes")
    if any(not -rank <= axis < rank for axis in axes):
        raise Unsupported("an axis that is not there")
    found = []
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        size = call.sizes()[axis]
        last = None if step < 0 and end < -size else end
        positions = range(size)[slice(start, last, step)]
        found.append(AxisSlice(axis % rank, positions))
    return found


def sliced_sizes(call: OperatorCall) -> OutputSizes:
    sizes = list(call.sizes())
    for axis, positions in slices_of(call):
        sizes[axis] = len(positions)
    return [tuple(sizes)]


def sliced(w: ProgramWriter, call: OperatorCall) -> Results:
    """One slice for each axis that does not stay whole."""
    x = w.tensor(call.name())
    if not prod(sliced_sizes(call)[0]):
        return [TensorRef("constant", sliced_sizes(call)[0], call.node.outputs[0])]
    for axis, positions in slices_of(call):
        if len(positions) != x.sizes[axis] or positions.step < 0:
            x = one_slice(w, x, axis, positions)
    return [x]


def one_slice(w: ProgramWriter, x: TensorRef, axis: int, positions: range) -> TensorRef:
    sizes = (*x.sizes[:axis], len(positions), *x.sizes[axis + 1 :])
    if positions.step < 0:
        return w.emit("index_select", x, axis, tuple(positions), sizes=sizes)
    start, stop, step = positions.start, positions.stop, positions.step
    return w.emit("slice", x, axis, start, stop, step, sizes=sizes)


def sliced_numbers(call: OperatorCall, sizes: OutputSizes) -> list[list[Any] | None]:
    positions = [range(size) for size in call.sizes()]
    for axis, found in slices_of(call):
        positions[axis] = found
    return [picked(call.numbers(0), call.sizes(), positions)]


# Positions by their number


def gathered_sizes(call: OperatorCall) -> OutputSizes:
    axis, own = call.axis(), call.sizes()
    if axis >= len(own):
        raise Unsupported(f"axis {axis} of {len(own)}")
    return [(*own[:axis], *call.sizes(1), *own[axis + 1 :])]


def gathered(w: ProgramWriter, call: OperatorCall) -> Results:
    """Gather: rows of a table for each number, or positions that are known."""
    sizes, axis = gathered_sizes(call)[0], call.axis()
    table, indices = call.tensor(0), call.tensor(1)
    if table.is_constant:
        if axis or len(table.sizes) != 2:
            raise Unsupported("rows of other than a table of vectors")
        weight = w.weight(call.name())
        return [w.emit("embedding", w.tensor(call.name(1)), weight, sizes=sizes)]
    x, size = w.tensor(call.name()), table.sizes[axis]
    if not indices.is_constant:
        return [w.emit("gather", x, w.tensor(call.name(1)), sizes=sizes)]
    if indices.numbers is None:
        raise Unsupported("positions that are not known")
    places = [int(place) % size for place in indices.numbers]
    if not indices.sizes:
        return [w.emit("select", x, axis, places[0], sizes=sizes)]
    found = positions(w, x, axis, places)
    return [found if found.sizes == sizes else w.emit("view", found, sizes=sizes)]


def positions(w: ProgramWriter, x: TensorRef, axis: int, places: Sequence[int]) -> TensorRef:
    """Some positions along an axis; a slice if they are one after the other."""
    steps = {after - before for before, after in pairwise(places)}
    if len(steps) < 2 and min(steps, default=1) > 0:
        step = min(steps, default=1)
        found = range(places[0], places[-1] + 1, step)
        is_whole = len(found) == x.sizes[axis]
        return x if is_whole else one_slice(w, x, axis, found)
    sizes = (*x.sizes[:axis], len(places), *x.sizes[axis + 1 :])
    return w.emit("index_select", x, axis, tuple(places), sizes=sizes)


def gathered_numbers(call: OperatorCall, sizes: OutputSizes) -> list[list[Any] | None]:
    if prod(sizes[0]) > MOST_NUMBERS:
        return [None]
    axis, own = call.axis(), call.sizes()
    wanted: list[Sequence[int]] = [range(size) for size in own]
    wanted[axis] = [int(place) % own[axis] for place in call.numbers(1)]
    return [picked(call.numbers(0), own, wanted)]


def gathered_elements(w: ProgramWriter, call: OperatorCall) -> Results:
    """GatherElements: an element of an axis for each index."""
    x, indices = w.tensor(call.name()), w.tensor(call.name(1))
    return [w.emit("gather", x, call.axis(), indices, sizes=call.sizes(1))]


def gather_nd_sizes(call: OperatorCall) -> OutputSizes:
    batch = call.attribute("batch_dims", 0)
    return [(*call.sizes(1)[:-1], *call.sizes()[batch + call.sizes(1)[-1] :])]


def indexed(function: str, sizes_of: Any) -> Translation:
    """A function that takes or puts positions by a tensor of their numbers."""

    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        names = [name for name in call.node.inputs if name]
        refs = [w.tensor(name) for name in names]
        return [w.emit(function, *refs, sizes=sizes_of(call)[0])]

    return translation


def put(w: ProgramWriter, call: OperatorCall) -> Results:
    """ScatterND; new parts that are as many as all positions are the result.

    Exporters assign a slice that is the whole tensor with the numbers of all positions.
    """
    first, indices, new = (call.tensor(index) for index in range(3))
    is_whole = indices.is_constant and not new.is_constant
    if is_whole and new.elements == first.elements:
        x = w.tensor(call.name(2))
        return [x if x.sizes == first.sizes else w.emit("view", x, sizes=first.sizes)]
    return indexed("scatter_nd", own_sizes)(w, call)


def own_sizes(call: OperatorCall) -> OutputSizes:
    return [call.sizes()]


def index_sizes(call: OperatorCall) -> OutputSizes:
    return [call.sizes(1)]


def hot_sizes(call: OperatorCall) -> OutputSizes:
    """OneHot: one axis more, of so many classes."""
    classes, axis = int(call.numbers(1)[0]), call.axis(default=-1, extra=1)
    return [(*call.sizes()[:axis], classes, *call.sizes()[axis:])]


def rolled(w: ProgramWriter, call: OperatorCall) -> Results:
    """Positions that go out at one end of an axis and come in at the other."""
    shifts, axes = call.attribute("shifts"), call.attribute("axes")
    return [w.emit(ROLL, w.tensor(call.name()), shifts, axes, sizes=call.sizes())]


ROLL = "roll"
"""Two slices in the other order."""

OPERATORS: OperatorTable = {
    ROLL: OperatorRule(own_sizes, rolled),
    "Concat": OperatorRule(joined_sizes, concatenated, joined_numbers),
    "com.microsoft.QLinearConcat": OperatorRule(
        lambda call: joined_sizes(quantized_parts(call)),
        lambda w, call: concatenated(w, quantized_parts(call)),
    ),
    "Split": OperatorRule(split_sizes, split, split_numbers),
    "Slice": OperatorRule(sliced_sizes, sliced, sliced_numbers),
    "Gather": OperatorRule(gathered_sizes, gathered, gathered_numbers),
    "GatherND": OperatorRule(gather_nd_sizes, indexed("gather_nd", gather_nd_sizes)),
    "GatherElements": OperatorRule(index_sizes, gathered_elements),
    "ScatterND": OperatorRule(own_sizes, put),
    "ScatterElements": OperatorRule(own_sizes, indexed("scatter", own_sizes)),
    "OneHot": OperatorRule(hot_sizes, indexed("one_hot", hot_sizes)),
}
