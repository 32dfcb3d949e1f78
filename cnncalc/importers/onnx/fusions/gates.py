"""Gated linear units: one half of an axis times the sigmoid of the other."""

from __future__ import annotations

from ....named_tuple import NamedTuple
from ...arrays import offsets
from ...patterns.matching import Match, ValuePattern
from ...patterns.replacing import FusedNode, Fusion
from ...patterns.words import mul, sigmoid
from ..operators.activation import GLU
from ..operators.parts import AxisSlice, slices_of, split_lengths
from .graph import CallGraph


class TensorPart(NamedTuple):
    """A part of a tensor along one axis."""

    source: str
    taken: AxisSlice


def gated(graph: CallGraph, match: Match) -> FusedNode | None:
    """A gated linear unit, if its operands are the first half and the second half of a tensor."""
    value, gate = (part_of(graph, match.tensors[name]) for name in ("value", "gate"))
    if value is None or gate is None or value.source != gate.source:
        return None
    axis, first = value.taken
    half, rest = divmod(graph.tensors[value.source].sizes[axis], 2)
    halves = range(half), range(half, 2 * half)
    if rest or axis != gate.taken.axis or (first, gate.taken.positions) != halves:
        return None
    return GLU, (value.source,), {"axis": axis}


def part_of(graph: CallGraph, name: str) -> TensorPart | None:
    """The part of another tensor that a tensor is; None if it is not one along one axis."""
    number = graph.makers.get(name)
    call = None if number is None else graph.calls[number]
    if call is not None and call.node.operator == "Split":
        start, end = list(offsets(split_lengths(call)))[call.node.outputs.index(name)]
        return TensorPart(call.name(), AxisSlice(call.axis(), range(start, end)))
    slices = slices_of(call) if call is not None and call.node.operator == "Slice" else []
    return TensorPart(call.name(), slices[0]) if call and len(slices) == 1 else None


FUSIONS: tuple[Fusion, ...] = (
    Fusion((mul(ValuePattern("value"), sigmoid(ValuePattern("gate"))),), gated),
)
