"""Convolutions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import prod
from typing import Any

from ....shape import Shape
from ...axes import TensorView, batch_first, standard
from ...errors import Unsupported
from ...program import Operation
from ..arguments import compact, named, number_in, per_axis
from ..context import LoweringContext
from .frames import NEUTRAL, frame_axes, with_frames
from .gains import with_gain

CONVOLUTION = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
TRANSPOSED = (
    *("input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation"),
)


def convolution(low: LoweringContext, op: Operation) -> TensorView:
    """conv1d, conv2d and conv3d: `conv`, or `depthwise` with a group for each channel.

    Where the batch and one axis are in one (frames of a video), it is a convolution with one axis
    more, in which its kernel has size 1.
    """
    axes = number_in(op.function)
    given = named(op, *CONVOLUTION)
    weight, bias = given["weight"], given.get("bias")
    view = low.view(given["input"])
    if view.rank != axes + 2:
        raise Unsupported("a convolution without a batch")
    is_folded = len(view.axes[0]) > 1
    view = with_frames(low, view) if is_folded else standard(low.builder, view)
    owned = low.own_weights(weight, bias)
    arguments = window_arguments(given, weight.sizes[2:], axes, is_folded)
    groups = given.get("groups") or 1
    out = weight.sizes[0]
    if groups == view.shape.channels and groups > 1:
        kind, arguments = "depthwise", {**arguments, "multiplier": out // groups}
    else:
        kind, arguments = "conv", {"out": out, **arguments, "groups": groups}
    arguments["bias"] = bias is not None
    positions = op.results[0][2:]
    macs = prod(positions) * prod(weight.sizes) * (view.shape[1] if is_folded else 1)
    stored = prod(weight.sizes) + (out if bias is not None else 0)
    value = with_gain(low, kind, arguments, view, owned, macs, stored)
    return TensorView(value, frame_axes(axes) if is_folded else batch_first(value).axes)


def window_arguments(
    given: dict[str, Any], kernel: tuple[int, ...], axes: int, is_folded: bool
) -> dict[str, Any]:
    """Kernel, stride, padding and dilation, with an axis of kernel 1 for frames.

    A `padding_end` is not PyTorch's: other formats pad both ends of an axis differently.
    """
    stride = per_axis(given.get("stride") or 1, axes)
    dilation = per_axis(given.get("dilation") or 1, axes)
    padding = padding_of(given.get("padding") or 0, kernel, dilation)
    end = per_axis(given["padding_end"], axes) if "padding_end" in given else None
    return dict(compact_windows(kernel, stride, padding, dilation, end, is_folded))


@cache
def compact_windows(
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    dilation: tuple[int, ...],
    end: tuple[int, ...] | None,
    is_folded: bool,
) -> Mapping[str, Any]:
    """The arguments of a window by name, one number for all axes where it is the same."""
    windows = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    if end is not None:
        windows["padding_end"] = end
    if is_folded:
        windows = {name: (NEUTRAL[name], *sizes) for name, sizes in windows.items()}
    return {name: compact(sizes) for name, sizes in windows.items()}


def padding_of(padding: Any, kernel: tuple[int, ...], dilation: tuple[int, ...]) -> tuple[int, ...]:
    """The padding of each axis; "same" pads by half of the kernel."""
    if padding == "valid":
        return (0,) * len(kernel)
    if padding == "same":
        totals = [step * (size - 1) for size, step in zip(kernel, dilation, strict=True)]
        if any(total % 2 for total in totals):
            raise Unsupported("`same` padding of an even kernel")
        return tuple(total // 2 for total in totals)
    return per_axis(padding, len(kernel))


def transposed_convolution(low: LoweringContext, op: Operation) -> TensorView:
    """conv_transpose1d, 2d and 3d."""
    axes = number_in(op.function)
    given = named(op, *TRANSPOSED)
    weight, bias = given["weight"], given.get("bias")
    view = standard(low.builder, low.view(given["input"]))
    arguments = {
        "out": op.results[0][1],
        "kernel": compact(weight.sizes[2:]),
        "stride": compact(per_axis(given.get("stride") or 1, axes)),
        "padding": compact(per_axis(given.get("padding") or 0, axes)),
        "output_padding": compact(per_axis(given.get("output_padding") or 0, axes)),
        "dilation": compact(per_axis(given.get("dilation") or 1, axes)),
        "groups": given.get("groups") or 1,
        "bias": bias is not None,
    }
    macs = Shape(view.shape).elements * prod(weight.sizes[1:])
    owned = low.own_weights(weight, bias)
    return batch_first(low.add("conv_transpose", arguments, [view.value], owned, macs))


FUNCTIONS = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), convolution),
    **dict.fromkeys(
        ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), transposed_convolution
    ),
}
