"""Normalization."""

from __future__ import annotations

from typing import Any

from ...errors import Unsupported
from ...program import TensorRef
from ..writer import ProgramWriter, Results
from .call import OperatorCall, OperatorRule, OperatorTable, OutputSizes, first_sizes

AFFINE = "affine"
"""True for a norm whose gain and shift were operators of their own."""

AXES = "axes"
"""The axes of a norm that was several operators."""


def learned(w: ProgramWriter, call: OperatorCall, index: int) -> Any:
    """A gain or a shift; None if it is omitted.

    Exporters write ones and zeros for a norm that has none: one number without a name of its own.
    What was an operator of its own is learned.
    """
    if not call.has(index):
        return None
    tensor = call.tensor(index)
    is_plain = not tensor.sources and len(w.values(tensor) or (0, 1)) == 1
    is_filler = is_plain and not call.attribute(AFFINE)
    return None if is_filler else w.weight(call.name(index))


def batch_norm(w: ProgramWriter, call: OperatorCall) -> Results:
    result = w.emit(
        "batch_norm",
        sizes=call.sizes(),
        input=w.tensor(call.name()),
        weight=learned(w, call, 1),
        bias=learned(w, call, 2),
        running_mean=w.statistics(call.name(3)),
        running_var=w.statistics(call.name(4)),
    )
    return [result]


def instance_norm(w: ProgramWriter, call: OperatorCall) -> Results:
    gain, shift = learned(w, call, 1), learned(w, call, 2)
    x = w.tensor(call.name())
    return [w.emit("instance_norm", sizes=call.sizes(), input=x, weight=gain, bias=shift)]


def layer_norm(w: ProgramWriter, call: OperatorCall) -> Results:
    """LayerNormalization over the axes from `axis` on; one that was fused states its axes."""
    axes = call.integers(AXES)
    if axes is not None and axes != tuple(range(call.rank()))[-len(axes) :]:
        return [norm_over(w, call, axes)]
    first = axes[0] if axes else call.axis(default=-1)
    result = w.emit(
        "layer_norm",
        sizes=call.sizes(),
        input=w.tensor(call.name()),
        normalized_shape=call.sizes()[first:],
        weight=learned(w, call, 1),
        bias=learned(w, call, 2),
    )
    return [result]


def norm_over(w: ProgramWriter, call: OperatorCall, axes: tuple[int, ...]) -> TensorRef:
    """A norm over other axes: one that is put last for it, space, or all but the batch."""
    rank, sizes = call.rank(), call.sizes()
    gain, shift = learned(w, call, 1), learned(w, call, 2)
    x = w.tensor(call.name())
    if axes == tuple(range(2, rank)):
        return w.emit("instance_norm", sizes=sizes, input=x, weight=gain, bias=shift)
    if len(axes) != 1:
        raise Unsupported("a norm over axes that are not the last ones")
    order = (*(axis for axis in range(rank) if axis != axes[0]), axes[0])
    back = tuple(order.index(axis) for axis in range(rank))
    last = tuple(sizes[axis] for axis in order)
    turned = w.emit("permute", x, order, sizes=last)
    normal = (last[-1],)
    result = w.emit(
        "layer_norm", sizes=last, input=turned, normalized_shape=normal, weight=gain, bias=shift
    )
    return w.emit("permute", result, back, sizes=sizes)


def skip_layer_norm(w: ProgramWriter, call: OperatorCall) -> Results:
    """The norm of a sum, which is the fourth output."""
    total = w.emit("add", w.tensor(call.name(0)), w.tensor(call.name(1)), sizes=call.sizes())
    if call.has(4):
        total = w.emit("add", total, w.tensor(call.name(4)), sizes=call.sizes())
    result = w.emit(
        "layer_norm",
        sizes=call.sizes(),
        input=total,
        normalized_shape=call.sizes()[-1:],
        weight=learned(w, call, 2),
        bias=learned(w, call, 3),
    )
    return [result, None, None, total]


def skip_sizes(call: OperatorCall) -> OutputSizes:
    return [call.sizes()] * max(1, call.outputs)


def group_norm(w: ProgramWriter, call: OperatorCall) -> Results:
    groups = call.attribute("num_groups") or call.attribute("groups")
    result = w.emit(
        "group_norm",
        sizes=call.sizes(),
        input=w.tensor(call.name()),
        num_groups=groups,
        weight=learned(w, call, 1),
        bias=learned(w, call, 2),
    )
    return [result]


def rms_norm(w: ProgramWriter, call: OperatorCall) -> Results:
    result = w.emit(
        "rms_norm",
        sizes=call.sizes(),
        input=w.tensor(call.name()),
        normalized_shape=call.sizes()[call.axis(default=-1) :],
        weight=learned(w, call, 1),
    )
    return [result]


def local_response_norm(w: ProgramWriter, call: OperatorCall) -> Results:
    size = call.attribute("size")
    return [w.emit("local_response_norm", w.tensor(call.name()), size, sizes=call.sizes())]


def lp_norm(w: ProgramWriter, call: OperatorCall) -> Results:
    order, axis = call.attribute("p", 2), call.axis(default=-1)
    return [w.emit("normalize", w.tensor(call.name()), order, axis, sizes=call.sizes())]


def response_norm(w: ProgramWriter, call: OperatorCall) -> Results:
    gain, shift = (w.weight(call.name(index)) for index in (1, 2))
    result = w.emit(
        RESPONSE_NORM,
        sizes=call.sizes(),
        input=w.tensor(call.name()),
        dim=call.axis(),
        weight=gain,
        bias=shift,
    )
    return [result]


def mean_variance(w: ProgramWriter, call: OperatorCall) -> Results:
    """Normalization over the batch and space, which is that of a batch norm in training."""
    axes = call.integers("axes") or (0, 2, 3)
    spatial = tuple(range(2, call.rank()))
    if axes != spatial:
        raise Unsupported("a norm over the batch")
    x = w.tensor(call.name())
    return [w.emit("instance_norm", sizes=call.sizes(), input=x)]


RESPONSE_NORM = "global_response_norm"
"""The lengths of the channels relative to their mean, as a gain, next to the input itself."""

OPERATORS: OperatorTable = {
    RESPONSE_NORM: OperatorRule(first_sizes, response_norm),
    "BatchNormalization": OperatorRule(first_sizes, batch_norm),
    "InstanceNormalization": OperatorRule(first_sizes, instance_norm),
    "LayerNormalization": OperatorRule(first_sizes, layer_norm),
    "com.microsoft.SkipLayerNormalization": OperatorRule(skip_sizes, skip_layer_norm),
    **dict.fromkeys(
        ("GroupNormalization", "com.microsoft.GroupNorm"), OperatorRule(first_sizes, group_norm)
    ),
    **dict.fromkeys(
        ("RMSNormalization", "SimplifiedLayerNormalization"), OperatorRule(first_sizes, rms_norm)
    ),
    "LRN": OperatorRule(first_sizes, local_response_norm),
    "LpNormalization": OperatorRule(first_sizes, lp_norm),
    "MeanVarianceNormalization": OperatorRule(first_sizes, mean_variance),
}
