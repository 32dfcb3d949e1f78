"""Pooling and reductions."""

from __future__ import annotations

from math import prod
from typing import Any

from ....named_tuple import NamedTuple
from ....sketch import SketchValue
from ...axes import BATCH, TensorView, batch_first, renumbered, standard
from ...errors import Unsupported
from ...program import Argument, Operation, TensorRef
from ..arguments import compact, dimensions, first_tensor, named, number_in, per_axis
from ..context import Derived, FunctionResults, LoweringContext
from ..names import plain
from .frames import NEUTRAL, frame_axes, with_frames

MAX_POOL = ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode")
AVERAGE_POOL = ("input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")


class PooledInput(NamedTuple):
    """The input of a pooling with its axes after the batch.

    `is_folded` is true if axes that are in the batch are its first spatial axis.
    """

    view: TensorView
    is_folded: bool

    def results(self, value: SketchValue, axes: int) -> TensorView:
        """The tensor of a result, with the axes of the input."""
        return TensorView(value, frame_axes(axes)) if self.is_folded else batch_first(value)


def pooled(low: LoweringContext, op: Operation) -> PooledInput:
    view = low.view(first_tensor(op))
    if len(view.axes[0]) > 1:
        return PooledInput(with_frames(low, view), True)
    return PooledInput(standard(low.builder, view), False)


def max_pool(low: LoweringContext, op: Operation) -> FunctionResults:
    axes = number_in(op.function)
    given = named(op, *MAX_POOL)
    source = pooled(low, op)
    dilation = per_axis(given.get("dilation") or 1, axes)
    arguments = {
        **window(given, axes, source.is_folded),
        "dilation": compact((1,) * source.is_folded + dilation),
        "ceil": bool(given.get("ceil_mode")),
    }
    result = source.results(low.add("maxpool", arguments, [source.view.value]), axes)
    return [result, *(Derived(sizes) for sizes in op.results[1:])]


def average_pool(low: LoweringContext, op: Operation) -> TensorView:
    axes = number_in(op.function)
    given = named(op, *AVERAGE_POOL)
    source = pooled(low, op)
    value = source.view.value
    arguments = window(given, axes, source.is_folded)
    is_padded = arguments["padding"] or arguments.get("padding_end")
    if arguments["kernel"] == compact(value.shape.spatial) and not is_padded:
        return batch_first(low.add("global_avgpool", {}, [value]))
    included = given.get("count_include_pad")
    arguments |= {
        "ceil": bool(given.get("ceil_mode")),
        "count_include_pad": True if included is None else bool(included),
    }
    return source.results(low.add("avgpool", arguments, [value]), axes)


def window(given: dict[str, Any], axes: int, is_folded: bool) -> dict[str, Any]:
    """Kernel, stride and padding of a pooling window; the stride is the kernel by default.

    An axis that is folded into the batch has a window of one position.
    """
    kernel = per_axis(given["kernel_size"], axes)
    stride = per_axis(given["stride"], axes) if given.get("stride") else kernel
    found = {"kernel": kernel, "stride": stride}
    for name in ("padding", "padding_end"):
        if name == "padding" or name in given:
            found[name] = per_axis(given.get(name) or 0, axes)
    if is_folded:
        found = {name: (NEUTRAL[name], *sizes) for name, sizes in found.items()}
    return {name: compact(sizes) for name, sizes in found.items()}


def adaptive_pool(low: LoweringContext, op: Operation) -> FunctionResults:
    source = pooled(low, op)
    value = source.view.value
    sizes = op.results[0][2:]
    word = "avgpool" if "avg" in op.function else "maxpool"
    if prod(sizes) == 1 and not source.is_folded:
        value = low.add(f"global_{word}", {}, [value])
    else:
        frames = value.shape[1:2] if source.is_folded else ()
        value = low.add(f"adaptive_{word}", {"size": compact((*frames, *sizes))}, [value])
    result = source.results(value, len(sizes))
    return [result, *(Derived(sizes) for sizes in op.results[1:])]


def unpool(low: LoweringContext, op: Operation) -> TensorView:
    """max_unpool: the values at the positions of their maxima, which cost nothing."""
    axes = number_in(op.function)
    given = named(op, "input", "indices", "kernel_size", "stride", "padding", "output_size")
    source = pooled(low, op)
    arguments = window(given, axes, source.is_folded)
    if source.is_folded or arguments.pop("padding"):
        raise Unsupported("unpooling with a padding, or of frames")
    view = source.view
    windows = (per_axis(arguments[name], axes) for name in ("kernel", "stride"))
    usual = [(size - 1) * s + k for size, k, s in zip(view.shape.spatial, *windows, strict=True)]
    if list(op.results[0][2:]) != usual:
        arguments["size"] = compact(op.results[0][2:])
    return batch_first(low.add("unpool", arguments, [view.value]))


# Reductions

REDUCTIONS = {
    "mean": "reduce_mean",
    "sum": "reduce_sum",
    "amax": "reduce_max",
    "max": "reduce_max",
    "std": "reduce_std",
    "var": "reduce_var",
}
SPREADS = ("reduce_std", "reduce_var")
GLOBAL = {"reduce_mean": "global_avgpool", "reduce_max": "global_maxpool"}


def reduction(low: LoweringContext, op: Operation) -> FunctionResults:
    """A sum, mean or maximum over axes; over all spatial axes it is a global pooling."""
    from .joins import element_wise

    kind = REDUCTIONS[plain(op.function)]
    dim = op.argument(1, "dim")
    if isinstance(dim, TensorRef) or isinstance(op.argument(1, "other"), TensorRef):
        return element_wise(low, op)
    if len(op.results) > 1 and low.is_read(1):
        raise Unsupported("a maximum whose positions are read")
    positions = [Derived(sizes, function="positions") for sizes in op.results[1:]]
    return [reduced_view(low, op, kind, dim), *positions]


def reduced_view(low: LoweringContext, op: Operation, kind: str, dim: Argument) -> TensorView:
    """The result of a reduction over some axes, or all."""
    view = low.view(first_tensor(op))
    dims = dimensions(dim if dim != () else None, view.rank)
    keep = bool(op.argument(3 if kind in SPREADS else 2, "keepdim", False))
    axes = sorted(axis for entry in dims for axis in view.axes[entry])
    if BATCH in axes:
        raise Unsupported("a reduction over the batch")
    kept = tuple(e for d, e in enumerate(view.axes) if keep or d not in dims)
    if not axes and kind in SPREADS:
        raise Unsupported("a variance of single elements")
    if not axes:
        return view._replace(axes=kept)
    if is_spatial(view, axes) and kind in GLOBAL:
        return TensorView(low.add(GLOBAL[kind], {}, [view.value]), kept)
    correction = correction_of(op) if kind in SPREADS else 1
    return reduced(low, view, kind, axes, kept, keep, correction)


def correction_of(op: Operation) -> float:
    """What is subtracted from the number of elements before a sum of squares is divided by it."""
    given = op.keywords.get("correction")
    return int(bool(op.argument(2, "unbiased", True))) if given is None else given


def is_spatial(view: TensorView, axes: list[int]) -> bool:
    """True if these are all spatial axes with more than one position, and not the channels."""
    large = [axis for axis in range(1, len(view.shape)) if view.shape[axis] != 1]
    return 0 not in axes and [axis for axis in axes if view.shape[axis] != 1] == large


def reduced(
    low: LoweringContext,
    view: TensorView,
    kind: str,
    axes: list[int],
    kept: tuple[tuple[int, ...], ...],
    keep: bool,
    correction: float = 1,
) -> TensorView:
    """A reduction over axes of the value; a value of no axis keeps them with size 1."""
    keeps = keep or len(axes) == len(view.shape)
    axis = axes[0] if len(axes) == 1 else tuple(axes)
    arguments: dict[str, Argument] = {"axis": axis, "keep": keeps}
    if correction != 1:
        arguments["correction"] = correction
    value = low.add(kind, arguments, [view.value])
    if keeps:
        return TensorView(value, kept)
    left = [axis for axis in range(len(view.shape)) if axis not in axes]
    return TensorView(value, renumbered(kept, {axis: n for n, axis in enumerate(left)}))


FUNCTIONS: dict[str, Any] = {
    **{f"max_pool{axes}d": max_pool for axes in (1, 2, 3)},
    **{f"max_pool{axes}d_with_indices": max_pool for axes in (1, 2, 3)},
    **{f"avg_pool{axes}d": average_pool for axes in (1, 2, 3)},
    **{f"adaptive_avg_pool{axes}d": adaptive_pool for axes in (1, 2, 3)},
    **{f"adaptive_max_pool{axes}d": adaptive_pool for axes in (1, 2, 3)},
    **{f"max_unpool{axes}d": unpool for axes in (1, 2, 3)},
    **dict.fromkeys(REDUCTIONS, reduction),
}
