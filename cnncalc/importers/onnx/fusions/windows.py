"""The elements under each window, which exporters gather along one axis after the other."""

from __future__ import annotations

from math import prod

from ....named_tuple import NamedTuple
from ...patterns.matching import Match, OperandPattern, Pattern
from ...patterns.replacing import FusedCall, FusedNode, Fusion
from ...patterns.words import X, gather, one_of, pad, reshape, transpose
from ..operators.call import OperatorCall
from ..operators.resizing import UNFOLD, pads_of
from .graph import CallGraph


class AxisWindows(NamedTuple):
    """Windows along one axis: the elements in each, how far these and the windows are apart."""

    kernel: int
    dilation: int
    stride: int


def windows_along(call: OperatorCall, axis: int) -> AxisWindows | None:
    """The windows whose elements a Gather takes along an axis; None if it takes others."""
    sizes = call.sizes(1)
    if call.axis() != axis or len(sizes) != 2 or min(sizes) < 1:
        return None
    kernel, count = sizes
    places = [int(place) for place in call.numbers(1)]
    dilation = places[count] if kernel > 1 else 1
    stride = places[1] if count > 1 else 1
    wanted = [step * dilation + place * stride for step in range(kernel) for place in range(count)]
    return AxisWindows(kernel, dilation, stride) if places == wanted else None


def unfolded(axes: int) -> FusedCall:
    """The windows along so many axes, whose elements become channels."""

    def fused(graph: CallGraph, match: Match) -> FusedNode | None:
        gathers = [graph.calls[match.calls[f"gather{axis}"]] for axis in range(axes)]
        places = enumerate(gathers)
        found = [windows_along(call, 2 + 2 * axis) for axis, call in places]
        padding = padding_of(graph, match, axes)
        columns = [one for one in found if one is not None]
        if len(columns) < axes or padding is None or not is_joined(graph, match, gathers):
            return None
        kernel, dilation, stride = zip(*columns, strict=True)
        attributes = {"kernel": kernel, "dilation": dilation, "stride": stride, "padding": padding}
        return UNFOLD, (match.tensors["x"],), attributes

    return fused


def padding_of(graph: CallGraph, match: Match, axes: int) -> tuple[int, ...] | None:
    """The zeros around each axis; None if the two ends of one differ, or others are padded."""
    if len(graph.tensors[match.tensors["x"]].sizes) != 2 + axes:
        return None
    if "pad" not in match.calls:
        return (0,) * axes
    call = graph.calls[match.calls["pad"]]
    pairs = pads_of(call)
    is_even = all(before == after >= 0 for before, after in pairs) and not any(map(any, pairs[:2]))
    is_zero = call.attribute("mode", "constant") == "constant" and call.attribute("value", 0) == 0
    return tuple([before for before, _ in pairs[2:]]) if is_even and is_zero else None


def is_joined(graph: CallGraph, match: Match, gathers: list[OperatorCall]) -> bool:
    """Whether the elements of the windows are put before all positions, and joined."""
    axes = range(len(gathers))
    if len(axes) > 1:
        order = (0, 1, *(2 + 2 * axis for axis in axes), *(3 + 2 * axis for axis in axes))
        if graph.calls[match.calls["order"]].attribute("perm") != order:
            return False
    back = graph.calls[match.calls["back"]]
    batch, channels = graph.tensors[match.tensors["x"]].sizes[:2]
    kernels, counts = zip(*(call.sizes(1) for call in gathers), strict=True)
    sizes = (batch, channels * prod(kernels), prod(counts))
    return graph.tensors[back.node.outputs[0]].sizes == sizes


def pattern(axes: int) -> Pattern:
    inner: OperandPattern = one_of(pad(X, label="pad"), X)
    for axis in range(axes):
        inner = gather(inner, label=f"gather{axis}")
    return reshape(transpose(inner, label="order") if axes > 1 else inner, label="back")


FUSIONS: tuple[Fusion, ...] = tuple(Fusion((pattern(axes),), unfolded(axes)) for axes in (3, 2, 1))
