"""Values at computed places: deformable convolutions and grids."""

from __future__ import annotations

from math import prod
from typing import Any

from ...axes import TensorView, batch_first, channels_at, standard
from ...errors import Unsupported
from ...program import Operation
from ..arguments import compact, first_tensor, named
from ..context import LoweringContext

DEFORMABLE = (
    *("input", "weight", "offset", "mask", "bias", "stride_h", "stride_w", "pad_h", "pad_w"),
    *("dilation_h", "dilation_w", "groups", "offset_groups", "use_mask"),
)
MODES = ("bilinear", "nearest")


def deformable_convolution(low: LoweringContext, op: Operation) -> TensorView:
    """deform_conv2d of torchvision, with the arguments of its operator."""
    given = named(op, *DEFORMABLE)
    weight, bias = given["weight"], given["bias"]
    has_bias = bias is not None and prod(bias.sizes) > 0
    read = [given["input"], given["offset"], *([given["mask"]] if given["use_mask"] else [])]
    values = [standard(low.builder, low.view(ref)).value for ref in read]
    arguments = {
        "out": weight.sizes[0],
        "kernel": compact(weight.sizes[2:]),
        "stride": compact((given["stride_h"], given["stride_w"])),
        "padding": compact((given["pad_h"], given["pad_w"])),
        "dilation": compact((given["dilation_h"], given["dilation_w"])),
        "groups": given["groups"],
        "bias": has_bias,
    }
    owned = low.own_weights(weight, bias if has_bias else None)
    return batch_first(low.add("deform_conv", arguments, values, owned))


def grid_sample(low: LoweringContext, op: Operation) -> TensorView:
    """grid_sample, and grid_sampler of ATen, whose modes are numbers."""
    view = standard(low.builder, low.view(first_tensor(op)))
    grid = channels_at(low.builder, low.view(op.argument(1, "grid")), -1)
    mode: Any = op.argument(2, "mode", op.keywords.get("interpolation_mode", "bilinear"))
    mode = MODES[mode] if mode in (0, 1) else mode
    if mode not in MODES:
        raise Unsupported(f"{mode} interpolation")
    return batch_first(low.add("sample", {"mode": mode}, [view.value, grid.value]))


def gather(low: LoweringContext, op: Operation) -> TensorView:
    """gather: an element of an axis for each index."""
    dim, index = op.argument(1, "dim"), op.argument(2, "index")
    if not isinstance(dim, int):
        raise Unsupported("rows at computed places")
    view = standard(low.builder, low.view(first_tensor(op)))
    indices = standard(low.builder, low.view(index))
    value = low.add("gather", {"axis": view.axis(dim)}, [view.value, indices.value])
    return batch_first(value)


FUNCTIONS = {
    "gather": gather,
    "deform_conv2d": deformable_convolution,
    **dict.fromkeys(("grid_sample", "grid_sampler"), grid_sample),
}
