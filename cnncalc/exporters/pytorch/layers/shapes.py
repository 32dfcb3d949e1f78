"""Layers that move elements, change sizes or reduce axes."""

from __future__ import annotations

from typing import Any

from ....shape import Shape
from ...python.arguments import (
    ModuleArgument,
    ModuleForm,
    compact,
    given,
    keyword,
    slice_text,
)
from ...python.spelling import quoted
from .form import NoForm, TorchForm, aliased, module, of_rank, pads


def reshape(layer: Any, x: Shape) -> TorchForm:
    shape = tuple(layer.output(x))
    if len(x) == 1:
        return module("nn.Unflatten", given(1), ModuleArgument("", shape, "shape"))
    text = f"{{0}}.reshape(-1, {', '.join(map(str, shape))})"
    sizes = ModuleArgument("", tuple(layer.shape), "shape")
    return TorchForm(expression=text, varied=ModuleForm("Reshape", (sizes,)))


def permute(layer: Any, x: Shape) -> TorchForm:
    order = ", ".join(str(axis + 1) for axis in layer.order)
    return TorchForm(expression=f"{{0}}.permute(0, {order})")


def axis_place(axis: int) -> str:
    """The start of an index of a tensor at an axis after the batch."""
    return ":, " * (axis + 1)


def sliced(layer: Any, x: Shape) -> TorchForm:
    return TorchForm(expression=f"{{0}}[{axis_place(layer.axis)}{slice_text(layer, x)}]")


def select(layer: Any, x: Shape) -> TorchForm:
    if not isinstance(layer.index, tuple):
        return TorchForm(expression=f"{{0}}[{axis_place(layer.axis)}{layer.index}]")
    text = f"{{0}}[{axis_place(layer.axis)}{list(layer.index)}]"
    chosen = ModuleForm("Select", (ModuleArgument("", layer.index, "index"),))
    return TorchForm(expression=text, varied=chosen if layer.axis == 0 else None)


def chunk(layer: Any, x: Shape) -> TorchForm:
    if isinstance(layer.parts, tuple):
        text = f"{{0}}.split({list(layer.parts)}, dim={layer.axis + 1})"
        axis = keyword("dim", layer.axis + 1, 1)
        split = ModuleForm("Split", (ModuleArgument("", layer.parts, "parts"), axis))
        return TorchForm(expression=text, varied=split)
    parts = len(layer.part_sizes(x))
    if parts != layer.parts:
        raise NoForm(f"the axis has only {parts} parts")
    if parts == 1:
        return TorchForm(expression="{0}")
    return TorchForm(expression=f"{{0}}.chunk({layer.parts}, dim={layer.axis + 1})")


def roll(layer: Any, x: Shape) -> TorchForm:
    if layer.shift is None or layer.axis is None:
        raise NoForm("torch.roll needs `shift` and `axis`")
    shifts = layer.shifts(x)
    dims = tuple([axis + 1 for axis in shifts])
    text = f"torch.roll({{0}}, {tuple(shifts.values())!r}, dims={dims!r})"
    if len(shifts) != len(layer.axis):
        return TorchForm(expression=text)
    amounts = ModuleArgument("", layer.shift, "shift")
    varied = ModuleForm("Roll", (amounts, ModuleArgument("", dims)))
    return TorchForm(expression=text, varied=varied)


# Sizes


def pad(layer: Any, x: Shape) -> TorchForm:
    amounts = layer.amounts(x)
    if 0 not in amounts and 1 <= len(x.spatial) <= 3:
        ends = [amounts.get(axis, (0, 0)) for axis in range(1, len(x))]
        around = pads(ends)
        return module(of_rank("ZeroPad", x), given(around))
    if set(amounts) == {0}:
        begin, end = amounts[0]
        last = ModuleArgument("", end, "end")
        return module("ChannelPad", given(begin, "begin"), *(() if begin == end else (last,)))
    around = pads([amounts.get(axis, (0, 0)) for axis in range(len(x))])
    return TorchForm(expression=f"F.pad({{0}}, {around!r})")


def crop(layer: Any, x: Shape) -> TorchForm:
    sizes = zip(x.spatial, layer.size, strict=True)
    is_central = layer.offset == tuple(max(0, full - size) // 2 for full, size in sizes)
    offset = () if is_central else (ModuleArgument("offset", layer.offset),)
    size = ModuleArgument("", layer.size)
    sized = "center_crop({0}, {size})" if is_central else ""
    like = ModuleForm("CropLike", (given(layer.offset, "offset"),))
    is_even = len(set(layer.offset)) == 1
    return module("Crop", size, *offset)._replace(sized=sized, like=like if is_even else None)


def upsample(layer: Any, x: Shape) -> TorchForm:
    mode = LINEAR.get(len(x.spatial), "") if layer.mode in LINEAR.values() else layer.mode
    rest = [
        keyword("mode", mode.replace("_", "-"), "nearest", "mode"),
        keyword("align_corners", layer.align_corners, None, "align_corners"),
    ]
    if layer.size is None:
        arguments = [ModuleArgument("scale_factor", compact(layer.factor), "factor"), *rest]
        return module("nn.Upsample", *arguments)
    texts = [f"{one.name}={option(one.value)}" for one in rest if not one.is_optional]
    sized = f"F.interpolate({', '.join(['{0}', 'size={size}', *texts])})"
    size = ModuleArgument("", compact(layer.size), "size")
    return module("nn.Upsample", size, *rest)._replace(sized=sized)


LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
"""What PyTorch calls linear interpolation, by the number of axes."""


def option(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else repr(value)


def unfold(layer: Any, x: Shape) -> TorchForm:
    if len(x.spatial) != 2:
        raise NoForm("nn.Unfold takes images")
    rest = [
        keyword("dilation", layer.dilation, 1, "dilation"),
        keyword("padding", layer.padding, 0, "padding"),
        keyword("stride", layer.stride, 1, "stride"),
    ]
    return module("nn.Unfold", given(layer.kernel, "kernel"), *rest)


def pixels(layer: Any, x: Shape) -> TorchForm:
    name = "PixelShuffle" if layer.kind == "pixel_shuffle" else "PixelUnshuffle"
    if len(x.spatial) != 2:
        raise NoForm(f"nn.{name} takes images")
    return module(f"nn.{name}", *aliased(layer))


def expand(layer: Any, x: Shape) -> TorchForm:
    sizes = ", ".join(map(str, layer.shape))
    missing = len(layer.shape) - len(x)
    more = f"[:, :{', None' * missing}]" if missing else ""
    return TorchForm(expression=f"{{0}}{more}.expand(-1, {sizes})")


# Reductions

FUNCTIONS = {
    "reduce_sum": "sum",
    "reduce_mean": "mean",
    "reduce_max": "amax",
    "reduce_std": "std",
    "reduce_var": "var",
}


def reduction(layer: Any, x: Shape) -> TorchForm:
    axes = tuple(axis + 1 for axis in layer.axis)
    options = [str(axes[0]) if len(axes) == 1 else repr(axes)]
    correction = getattr(layer, "correction", None)
    if correction is not None:
        options.append(f"correction={correction!r}")
    if layer.keep:
        options.append("keepdim=True")
    return TorchForm(expression=f"{{0}}.{FUNCTIONS[layer.kind]}({', '.join(options)})")


# Sampling


def sample(layer: Any, x: Shape, grid: Shape) -> TorchForm:
    mode = "" if layer.mode == "bilinear" else f", mode={quoted(layer.mode)}"
    arguments = f"{{0}}, {{1}}.movedim(1, -1){mode}, align_corners=False"
    if len(x.spatial) == 1:
        raise NoForm("F.grid_sample takes images and volumes")
    return TorchForm(expression=f"F.grid_sample({arguments})")


def gather(layer: Any, x: Shape, indices: Shape) -> TorchForm:
    return TorchForm(expression=f"{{0}}.gather({layer.axis + 1}, {{1}}.long())")


FORMS = {
    "flatten": lambda layer, x: module("nn.Flatten"),
    "tokens": lambda layer, x: module("nn.Flatten", given(2)),
    "reshape": reshape,
    "permute": permute,
    "slice": sliced,
    "select": select,
    "chunk": chunk,
    "roll": roll,
    "channel_shuffle": lambda layer, x: module("nn.ChannelShuffle", *aliased(layer)),
    "pad": pad,
    "crop": crop,
    "upsample": upsample,
    "unfold": unfold,
    "pixel_shuffle": pixels,
    "pixel_unshuffle": pixels,
    "expand": expand,
    **dict.fromkeys(FUNCTIONS, reduction),
    "sample": sample,
    "gather": gather,
}
