"""Padding, interpolation, and functions that move positions to channels and back."""

from __future__ import annotations

from typing import Any

from ...axes import TensorView, batch_first, channels_at, separated, standard
from ...errors import Unsupported
from ...program import Operation
from ..arguments import compact, first_tensor, named, per_axis
from ..context import LoweringContext
from ..names import plain

UPSAMPLE = "upsample_"


def pad(low: LoweringContext, op: Operation) -> TensorView:
    """pad: pairs of numbers from the last axis on."""
    view = low.view(first_tensor(op))
    given = op.argument(1, "pad")
    padded = [view.rank - 1 - place // 2 for place, size in enumerate(given) if size]
    if any(len(view.axes[dim]) > 1 for dim in padded):
        view = separated(low.builder, view)
    begin: dict[int, int] = {}
    end: dict[int, int] = {}
    for pair in range(len(given) // 2):
        if given[2 * pair] or given[2 * pair + 1]:
            axis = view.axis(view.rank - 1 - pair)
            begin[axis], end[axis] = given[2 * pair], given[2 * pair + 1]
    if not begin:
        return view
    axes = sorted(begin)
    arguments: dict[str, Any] = {"begin": compact(tuple(begin[axis] for axis in axes))}
    last = compact(tuple(end[axis] for axis in axes))
    if last != arguments["begin"]:
        arguments["end"] = last
    if axes != list(range(1, len(view.shape))):
        arguments["axis"] = axes[0] if len(axes) == 1 else tuple(axes)
    return low.apply("pad", arguments, view)


def interpolate(low: LoweringContext, op: Operation) -> TensorView:
    """interpolate, and the functions of ATen for each mode: upsample_bilinear2d."""
    view = standard(low.builder, low.view(first_tensor(op)))
    given = named(op, "input", "size", "scale_factor", "mode", "align_corners")
    name = plain(op.function)
    mode = given.get("mode", "nearest")
    if name.startswith(UPSAMPLE):
        mode = name.removeprefix(UPSAMPLE)[:-2].strip("_")
        given["size"] = given.get("output_size")
        given["scale_factor"] = given.get("scale_factors")
    factors = given.get("scale_factor")
    axes = len(view.shape) - 1
    arguments: dict[str, Any] = {"mode": mode.replace("-", "_")}
    if factors is not None:
        factors = factors if isinstance(factors, tuple) else (factors,) * axes
        arguments["factor"] = compact(tuple(whole(factor) for factor in factors))
    else:
        arguments["size"] = compact(op.results[0][2:])
    if given.get("align_corners"):
        arguments["align_corners"] = True
    return batch_first(low.add("upsample", arguments, [view.value]))


def whole(factor: float) -> float:
    return int(factor) if float(factor).is_integer() else factor


def pixels(low: LoweringContext, op: Operation) -> TensorView:
    """pixel_shuffle and pixel_unshuffle."""
    view = standard(low.builder, low.view(first_tensor(op)))
    factor = op.argument(1, "upscale_factor", op.keywords.get("downscale_factor"))
    return batch_first(low.add(plain(op.function), {"factor": factor}, [view.value]))


def channel_shuffle(low: LoweringContext, op: Operation) -> TensorView:
    view = channels_at(low.builder, low.view(first_tensor(op)), 1)
    return low.apply("channel_shuffle", {"groups": op.argument(1, "groups")}, view)


def unfold(low: LoweringContext, op: Operation) -> TensorView:
    """unfold of torch.nn.functional (im2col of ATen); the method of tensors is another one."""
    ref = first_tensor(op)
    given = named(op, "input", "kernel_size", "dilation", "padding", "stride")
    axes = len(ref.sizes) - 2
    if axes not in (1, 2, 3) or "kernel_size" not in given or len(op.results[0]) != 3:
        raise Unsupported("windows along one axis")
    view = standard(low.builder, low.view(ref))
    arguments = {
        "kernel": compact(per_axis(given["kernel_size"], axes)),
        "dilation": compact(per_axis(given.get("dilation") or 1, axes)),
        "padding": compact(per_axis(given.get("padding") or 0, axes)),
        "stride": compact(per_axis(given.get("stride") or 1, axes)),
    }
    return batch_first(low.add("unfold", arguments, [view.value]))


MODES = (
    *("nearest1d", "nearest2d", "nearest3d", "linear1d", "bilinear2d", "bicubic2d"),
    *("trilinear3d", "_nearest_exact1d", "_nearest_exact2d", "_nearest_exact3d"),
)
FUNCTIONS: dict[str, Any] = {
    "pad": pad,
    "constant_pad_nd": pad,
    "interpolate": interpolate,
    "upsample": interpolate,
    **{f"{UPSAMPLE}{mode}": interpolate for mode in MODES},
    "pixel_shuffle": pixels,
    "pixel_unshuffle": pixels,
    "channel_shuffle": channel_shuffle,
    "unfold": unfold,
    "im2col": unfold,
}
