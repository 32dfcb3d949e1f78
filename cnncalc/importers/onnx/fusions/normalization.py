"""Norms that exporters write as several operators."""

from __future__ import annotations

from math import prod

from ...patterns.matching import Match
from ...patterns.norms import MEAN, SPREAD, affine, layer_norms, rms_norms
from ...patterns.replacing import FusedNode, Fusion
from ...patterns.words import (
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
    total,
)
from ...program import TensorSizes
from ..operators.normalization import AFFINE, AXES, RESPONSE_NORM
from ..operators.pooling import reduced_axes
from .graph import CallGraph

LEAST = one_of(clip(norm(X, label="norm")), maximum(norm(X, label="norm"), EPS))
BY_LENGTH = (div(X, expand(LEAST)), div(X, LEAST))

LENGTHS = one_of(norm(X, label="norm"), root(total(squared(X), label="norm")), absolute(X))
BELOW = add(mean(LENGTHS, label="mean"), EPS)
RELATIVE = (
    div(LENGTHS, BELOW),
    mul(LENGTHS, reciprocal(BELOW)),
    mul(LENGTHS, div(1.0, BELOW)),
)
RESPONSE = mul(mul(X, one_of(*RELATIVE)), GAIN)
BY_RESPONSE = one_of(RESPONSE, mul(RESPONSE, 1.0), mul(mul(X, GAIN), one_of(*RELATIVE)))

GROUPED = reshape(instance_norm(reshape(X), label="norm"), label="back")
BATCH_NORMALIZED = batch_norm(X, label="norm")


def layer_norm(graph: CallGraph, match: Match) -> FusedNode | None:
    """A norm over the axes of the mean, whose gain and shift have an element for each position."""
    call, spread = (graph.calls[match.calls[label]] for label in (MEAN, SPREAD))
    axes = tuple(reduced_axes(call))
    rank = call.rank()
    own = (1,) if axes == tuple(range(2, rank)) else axes
    gain, shift = (match.tensors.get(name, "") for name in ("gain", "shift"))
    vectors = [name for name in (gain, shift) if name]
    if reduced_axes(spread) != list(axes):
        return None
    if not all(graph.is_vector(name, prod(call.sizes()[axis] for axis in own)) for name in vectors):
        return None
    return "LayerNormalization", (match.tensors["x"], gain, shift), {AXES: axes, AFFINE: True}


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
    Fusion(layer_norms(), layer_norm),
    Fusion(rms_norms(), rms_norm),
    Fusion(BY_LENGTH, l2_norm),
    Fusion(
        (add(add(BY_RESPONSE, SHIFT), X), add(BY_RESPONSE, add(X, SHIFT))),
        response_norm,
    ),
    Fusion((*affine(GROUPED), GROUPED), group_norm),
    Fusion(affine(BATCH_NORMALIZED)[:1], scaled_batch_norm),
)
