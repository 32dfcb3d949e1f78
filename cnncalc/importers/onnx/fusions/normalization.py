"""Norms that exporters write as several operators."""

from __future__ import annotations

from math import prod

from ...program import TensorSizes
from ..operators.normalization import AFFINE, AXES, RESPONSE_NORM
from ..operators.pooling import reduced_axes
from .fusion import FusedNode, Fusion
from .graph import CallGraph
from .patterns import Match, OperandPattern, Pattern
from .words import (
    EPS,
    GAIN,
    SHIFT,
    X,
    absolute,
    add,
    batch_norm,
    clip,
    div,
    expand,
    instance_norm,
    maximum,
    mean,
    mul,
    norm,
    one_of,
    reciprocal,
    reshape,
    root,
    squared,
    sub,
    total,
)


def affine(inner: OperandPattern) -> tuple[Pattern, ...]:
    """With a gain and a shift, or a gain alone."""
    return add(mul(inner, GAIN), SHIFT), mul(inner, GAIN)


def divided(dividend: OperandPattern, divisor: OperandPattern) -> tuple[Pattern, ...]:
    return (
        div(dividend, divisor),
        mul(dividend, reciprocal(divisor)),
        mul(dividend, div(1.0, divisor)),
    )


CENTERED = sub(X, mean(X, label="mean"))
DEVIATION = root(add(mean(squared(CENTERED)), EPS))
NORMALIZED = divided(CENTERED, DEVIATION)

MAGNITUDE = root(add(mean(squared(X), label="mean"), EPS))
BY_MAGNITUDE = divided(X, MAGNITUDE)

LEAST = one_of(clip(norm(X, label="norm")), maximum(norm(X, label="norm"), EPS))
BY_LENGTH = (div(X, expand(LEAST)), div(X, LEAST))

LENGTHS = one_of(norm(X, label="norm"), root(total(squared(X), label="norm")), absolute(X))
RELATIVE = divided(LENGTHS, add(mean(LENGTHS, label="mean"), EPS))
RESPONSE = mul(mul(X, one_of(*RELATIVE)), GAIN)
BY_RESPONSE = one_of(RESPONSE, mul(RESPONSE, 1.0), mul(mul(X, GAIN), one_of(*RELATIVE)))

GROUPED = reshape(instance_norm(reshape(X), label="norm"), label="back")
BATCH_NORMALIZED = batch_norm(X, label="norm")


def layer_norm(graph: CallGraph, match: Match) -> FusedNode | None:
    """A norm over the axes of the mean, whose gain and shift have an element for each position."""
    call = graph.calls[match.calls["mean"]]
    axes = tuple(reduced_axes(call))
    rank = call.rank()
    own = (1,) if axes == tuple(range(2, rank)) else axes
    vectors = [match.tensors[name] for name in ("gain", "shift") if name in match.tensors]
    if not all(graph.is_vector(name, prod(call.sizes()[axis] for axis in own)) for name in vectors):
        return None
    return "LayerNormalization", (match.tensors["x"], *vectors), {AXES: axes, AFFINE: True}


def rms_norm(graph: CallGraph, match: Match) -> FusedNode | None:
    call = graph.calls[match.calls["mean"]]
    axes = reduced_axes(call)
    gain = match.tensors.get("gain", "")
    if axes != [call.rank() - 1] or not graph.is_vector(gain, call.sizes()[-1]):
        return None
    return "RMSNormalization", (match.tensors["x"], gain), {AFFINE: True}


def l2_norm(graph: CallGraph, match: Match) -> FusedNode | None:
    axes = reduced_axes(graph.calls[match.calls["norm"]])
    if len(axes) != 1:
        return None
    return "LpNormalization", (match.tensors["x"],), {"axis": axes[0], "p": 2}


def response_norm(graph: CallGraph, match: Match) -> FusedNode | None:
    """The length of each channel over all positions, relative to their mean over the channels."""
    call = graph.calls[match.calls["mean"]]
    rank, sizes = call.rank(), graph.tensors[match.tensors["x"]].sizes
    measured = match.calls.get("norm")
    axes = [] if measured is None else reduced_axes(graph.calls[measured])
    channels = [axis for axis in range(1, rank) if axis not in axes]
    vectors = [match.tensors[name] for name in ("gain", "shift")]
    if 0 in axes or reduced_axes(call) != channels or len(channels) != 1:
        return None
    if not all(is_along(graph, name, channels[0], sizes) for name in vectors):
        return None
    return RESPONSE_NORM, (match.tensors["x"], *vectors), {"axis": channels[0]}


def is_along(graph: CallGraph, name: str, axis: int, sizes: TensorSizes) -> bool:
    """Whether a constant has one element for each position of an axis of a tensor."""
    found = graph.constant(name)
    own = found.sizes if found is not None else ()
    wanted = [1] * len(sizes)
    wanted[axis] = sizes[axis]
    return list((1,) * (len(sizes) - len(own)) + own) == wanted


def group_norm(graph: CallGraph, match: Match) -> FusedNode | None:
    """An instance norm of channels that are grouped, and apart again after it."""
    call, back = graph.calls[match.calls["norm"]], graph.calls[match.calls["back"]]
    x = match.tensors["x"]
    sizes = graph.tensors[x].sizes
    result = graph.tensors[back.node.outputs[0]].sizes
    vectors = [match.tensors[name] for name in ("gain", "shift") if name in match.tensors]
    is_plain = graph.number(call.node.inputs[1]) == 1
    if result != sizes or len(sizes) < 2 or not is_plain or sizes[1] % call.sizes()[1]:
        return None
    if not all(graph.is_vector(name, sizes[1]) for name in vectors):
        return None
    return "GroupNormalization", (x, *vectors), {"num_groups": call.sizes()[1], AFFINE: True}


def scaled_batch_norm(graph: CallGraph, match: Match) -> FusedNode | None:
    """A batch norm whose gain and shift are layers of their own, as Caffe has them."""
    call = graph.calls[match.calls["norm"]]
    gain, shift = match.tensors["gain"], match.tensors["shift"]
    channels = call.sizes()[1]
    own = graph.constant(call.node.inputs[1])
    is_plain = own is not None and (own.stored is None or graph.number(call.node.inputs[1]) == 1)
    if not is_plain or not graph.is_vector(gain, channels) or not graph.is_vector(shift, channels):
        return None
    x, _, _, *statistics = call.node.inputs
    return "BatchNormalization", (x, gain, shift, *statistics), call.node.attributes


FUSIONS: tuple[Fusion, ...] = (
    Fusion(
        (*(pattern for inner in NORMALIZED for pattern in affine(inner)), *NORMALIZED), layer_norm
    ),
    Fusion(tuple(affine(inner)[1] for inner in BY_MAGNITUDE), rms_norm),
    Fusion(BY_LENGTH, l2_norm),
    Fusion(
        (add(add(BY_RESPONSE, SHIFT), X), add(BY_RESPONSE, add(X, SHIFT))),
        response_norm,
    ),
    Fusion((*affine(GROUPED), GROUPED), group_norm),
    Fusion(affine(BATCH_NORMALIZED)[:1], scaled_batch_norm),
)
