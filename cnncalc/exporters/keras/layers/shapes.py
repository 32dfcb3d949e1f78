"""Layers that move elements, change sizes or reduce axes."""

from __future__ import annotations

from math import prod
from typing import Any

from ...python.arguments import ModuleArgument, given, keyword, slice_text
from .form import (
    CallForm,
    KerasForm,
    KerasPlace,
    NoKerasForm,
    at_axis,
    expression,
    first_last,
    function,
    helper,
    keras_axis,
    layer,
    of_axes,
)


def flatten(given: Any, place: KerasPlace) -> KerasForm:
    return expression("{0}") if place.is_flat[0] else layer("Flatten")


def tokens(given: Any, place: KerasPlace) -> KerasForm:
    """The positions as one axis."""
    shape = (prod(place.x.spatial), place.x.channels)
    return layer("Reshape", ModuleArgument("", shape))


def reshape(given: Any, place: KerasPlace) -> KerasForm:
    """The order of the elements is that of the file, except those of a vector to a map."""
    x, target = place.x, place.output
    if len(x) == 1:
        return layer("Reshape", ModuleArgument("", first_last(target)))
    before = permuted((len(x), *range(1, len(x))), "before")
    shape = CallForm("layers.Reshape", (ModuleArgument("", tuple(given.shape), "shape"),))
    if len(target) == 1:
        return KerasForm((before, shape))
    after = permuted((*range(2, len(target) + 1), 1), "after")
    return KerasForm((before, shape, after))


def permuted(order: tuple[int, ...], part: str = "") -> CallForm:
    return CallForm("layers.Permute", (ModuleArgument("", order),), part)


def permute(given: Any, place: KerasPlace) -> KerasForm:
    """The order of the axes of Keras, which are counted from 1."""
    rank = len(place.x)
    order = [axis or rank for axis in given.order]
    return KerasForm((permuted((*order[1:], order[0])),))


def sliced(part: Any, place: KerasPlace) -> KerasForm:
    return expression(f"{{0}}[{at_axis(part.axis, place.x, slice_text(part, place.x))}]")


def select(part: Any, place: KerasPlace) -> KerasForm:
    """One position of an axis; the channels after it are the next axis of the file."""
    x, axis = place.x, part.axis % len(place.x)
    if isinstance(part.index, tuple):
        place_of_axis = ModuleArgument("axis", keras_axis(axis, x))
        return function("ops.take", ModuleArgument("", part.index, "index"), place_of_axis)
    text = f"{{0}}[{at_axis(axis, x, str(part.index))}]"
    return expression(channels_last(text, len(x) - 1) if axis == 0 else text)


def channels_last(text: str, rank: int) -> str:
    """A value of some axes, of which the first are the channels."""
    order = (0, *range(2, rank + 1), 1)
    return f"ops.transpose({text}, {order!r})" if rank > 1 else text


def chunk(parts: Any, place: KerasPlace) -> KerasForm:
    sizes = parts.part_sizes(place.x)
    axis = keras_axis(parts.axis, place.x)
    if len(sizes) == 1:
        return expression("{0}")
    if not isinstance(parts.parts, tuple) and len(set(sizes)) == 1:
        return expression(f"ops.split({{0}}, {len(sizes)}, axis={axis})")
    return function("split", ModuleArgument("", sizes, "parts"), keyword("axis", axis, -1))


def roll(moved: Any, place: KerasPlace) -> KerasForm:
    if moved.shift is None or moved.axis is None:
        raise NoKerasForm("a roll without `shift` and `axis`")
    shifts = moved.shifts(place.x)
    axes = tuple([keras_axis(axis, place.x) for axis in shifts])
    return expression(f"ops.roll({{0}}, {tuple(shifts.values())!r}, axis={axes!r})")


# Sizes


def pad(around: Any, place: KerasPlace) -> KerasForm:
    x = place.x
    amounts = around.amounts(x)
    if 0 not in amounts and 1 <= len(x.spatial) <= 3:
        ends = tuple([amounts.get(axis, (0, 0)) for axis in range(1, len(x))])
        zeros = CallForm(f"layers.{of_axes('pad', x)}", (zeros_argument(positive(ends)),))
        if min(map(min, ends)) >= 0:
            return KerasForm((zeros,))
        cut = zeros_argument(positive(tuple([(-before, -after) for before, after in ends])))
        return KerasForm((CallForm(f"layers.Cropping{len(ends)}D", (cut,), "crop"), zeros))
    if set(amounts) == {0}:
        begin, end = amounts[0]
        more = () if begin == end else (given(end, "end"),)
        return function("pad_channels", given(begin, "begin"), *more)
    ends = first_last([amounts.get(axis, (0, 0)) for axis in range(len(x))])
    return expression(f"ops.pad({{0}}, {((0, 0), *ends)!r})")


def positive(ends: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """The amounts of ends without negative ones."""
    return tuple([(max(before, 0), max(after, 0)) for before, after in ends])


def zeros_argument(ends: tuple[tuple[int, int], ...]) -> ModuleArgument:
    if all(before == after for before, after in ends):
        return given(tuple([before for before, _ in ends]), "begin")
    return ModuleArgument("", ends if len(ends) > 1 else ends[0])


def crop(part: Any, place: KerasPlace) -> KerasForm:
    x = place.x
    sizes = list(zip(x.spatial, part.size, strict=True))
    is_image, is_even = len(sizes) == 2, len(set(part.offset)) == 1
    like = CallForm("crop_like", (given(part.offset, "offset"),))
    alike = like if is_image and is_even else None
    if is_image and part.offset == tuple((full - size) // 2 for full, size in sizes):
        form = layer("CenterCrop", *[ModuleArgument("", size) for size in part.size])
        sized = "layers.CenterCrop(*{size}, name={name})({0})"
        return form._replace(sized=sized, like=alike)
    pairs = zip(sizes, part.offset, strict=True)
    ends = tuple([(start, full - size - start) for (full, size), start in pairs])
    name = f"Cropping{len(ends)}D"
    form = layer(name, ModuleArgument("", ends if len(ends) > 1 else ends[0]))
    return form._replace(like=alike)


def upsample(larger: Any, place: KerasPlace) -> KerasForm:
    x = place.x
    mode = MODES.get(larger.mode)
    if mode is None or (mode != "nearest" and larger.align_corners):
        raise NoKerasForm(f"Keras has no {larger.mode} interpolation of these positions")
    word = ModuleArgument("interpolation", mode, "", mode == "nearest")
    if larger.size is None and all(float(one).is_integer() for one in larger.factor):
        if len(x.spatial) != 2 and mode != "nearest":
            raise NoKerasForm(f"Keras has no {larger.mode} interpolation along other axes")
        factor = tuple(int(one) for one in larger.factor)
        options = () if mode == "nearest" else (word,)
        return layer(of_axes("upsample", x), given(factor, "factor"), *options)
    if len(x.spatial) != 2:
        raise NoKerasForm("Keras resizes images to a size")
    size = [ModuleArgument("", one) for one in place.output.spatial]
    form = layer("Resizing", *size, word._replace(is_optional=False))
    sized = f'layers.Resizing(*{{size}}, interpolation="{mode}", name={{name}})({{0}})'
    return form._replace(sized=sized)


MODES = {"nearest": "nearest", "bilinear": "bilinear", "linear": "bilinear"}
"""The interpolations that are equal in Keras."""


def pixels(moved: Any, place: KerasPlace) -> KerasForm:
    if len(place.x.spatial) != 2:
        raise NoKerasForm("pixels are moved in images")
    return helper(moved.kind, given(moved.factor, "factor"))


def expand(larger: Any, place: KerasPlace) -> KerasForm:
    x, shape = place.x, tuple(larger.shape)
    if len(shape) != len(x):
        raise NoKerasForm("a repetition along new axes")
    repeats = [new // old for new, old in zip(shape, x, strict=True)]
    return expression(f"ops.tile({{0}}, {(1, *first_last(repeats))!r})")


# Reductions

FUNCTIONS = {
    "reduce_sum": "sum",
    "reduce_mean": "mean",
    "reduce_max": "max",
    "reduce_std": "std",
    "reduce_var": "var",
}


def reduction(reduced: Any, place: KerasPlace) -> KerasForm:
    x = place.x
    if getattr(reduced, "correction", None) != 0 and reduced.kind in ("reduce_std", "reduce_var"):
        raise NoKerasForm("Keras divides by the number of elements: `correction: 0`")
    axes = tuple([keras_axis(axis, x) for axis in reduced.axis])
    axis = repr(axes[0]) if len(axes) == 1 else repr(axes)
    keep = ", keepdims=True" if reduced.keep else ""
    text = f"ops.{FUNCTIONS[reduced.kind]}({{0}}, axis={axis}{keep})"
    if -1 in axes and not reduced.keep:
        text = channels_last(text, len(x) - len(axes))
    return expression(text)


def not_in_keras(given: Any, place: KerasPlace) -> KerasForm:
    raise NoKerasForm(f"Keras has no layer for {given.kind}")


FORMS = {
    "flatten": flatten,
    "tokens": tokens,
    "reshape": reshape,
    "permute": permute,
    "slice": sliced,
    "select": select,
    "chunk": chunk,
    "roll": roll,
    "channel_shuffle": lambda moved, place: helper(moved.kind, given(moved.groups, "groups")),
    "pad": pad,
    "crop": crop,
    "upsample": upsample,
    "pixel_shuffle": pixels,
    "pixel_unshuffle": pixels,
    "expand": expand,
    **dict.fromkeys(FUNCTIONS, reduction),
    **dict.fromkeys(("unfold", "sample", "gather"), not_in_keras),
}
