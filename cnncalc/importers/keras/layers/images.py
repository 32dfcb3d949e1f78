"""Functions of images: tf.image in files of Keras 2, and keras.ops.image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...axes import TensorView
from ...errors import Unsupported
from ...products import product
from ..context import LayerCall
from .operation_arguments import argument, operation_key, whole_number, whole_numbers
from .parts import sliced_by
from .resizing import resized
from .shaping import padded

IMAGE_RANK = 4


def image_of(call: LayerCall) -> tuple[TensorView, int, int]:
    """A batch of images, channels last, with their height and width."""
    view = call.view
    if view.rank != IMAGE_RANK:
        raise Unsupported("a tensor that is not a batch of images")
    _, height, width, _ = call.sizes(view)
    return view, height, width


def resize(call: LayerCall) -> TensorView:
    sizes = whole_numbers(argument(call, ("size",), 0), "a size")
    mode = argument(call, ("interpolation", "method"), 1) or "bilinear"
    return resized(call, sizes, str(mode))


MODES = {
    "resizebilinear": "bilinear",
    "resizenearestneighbor": "nearest",
    "resizebicubic": "bicubic",
    "resizearea": "area",
}
"""Of the functions of TensorFlow 1."""


def resize_by_name(call: LayerCall) -> TensorView:
    sizes = whole_numbers(argument(call, ("size",), 0), "a size")
    return resized(call, sizes, MODES[operation_key(call.layer)])


def targets(call: LayerCall) -> tuple[int, int]:
    """The height and width of the result."""
    height = whole_number(argument(call, ("target_height",), 0), "a size")
    width = whole_number(argument(call, ("target_width",), 1), "a size")
    if min(height, width) < 1:
        raise Unsupported("an image of no positions")
    return height, width


def cropped(
    call: LayerCall, view: TensorView, starts: Sequence[int], sizes: Sequence[int]
) -> TensorView:
    """The part of each image from a position on."""
    for dim, (start, size) in enumerate(zip(starts, sizes, strict=True), 1):
        if start < 0 or start + size > call.sizes(view)[dim]:
            raise Unsupported("a part that is not in the image")
        view = sliced_by(call, view, dim, slice(start, start + size))
    return view


def crop_to_box(call: LayerCall) -> TensorView:
    view, *_ = image_of(call)
    names = ("offset_height", "offset_width", "target_height", "target_width")
    given = [argument(call, (name,), place) for place, name in enumerate(names)]
    top, left, height, width = (whole_number(entry, "a position") for entry in given)
    return cropped(call, view, (top, left), (height, width))


def central_crop(call: LayerCall) -> TensorView:
    """tf.image.central_crop: as many rows are omitted at one end as at the other."""
    view, *sizes = image_of(call)
    fraction = argument(call, ("central_fraction",), 0)
    if not isinstance(fraction, int | float) or not 0 < fraction <= 1:
        raise Unsupported("a fraction that is not written in the file")
    starts = [int((size - size * fraction) / 2) for size in sizes]
    kept = [size - 2 * start for size, start in zip(sizes, starts, strict=True)]
    return cropped(call, view, starts, kept)


def crop_or_pad(call: LayerCall) -> TensorView:
    """tf.image.resize_with_crop_or_pad: around the center."""
    view, *sizes = image_of(call)
    wanted = targets(call)
    pairs = list(zip(sizes, wanted, strict=True))
    starts = [max(size - target, 0) // 2 for size, target in pairs]
    view = cropped(call, view, starts, [min(pair) for pair in pairs])
    return centered(call, view, wanted)


def centered(call: LayerCall, view: TensorView, wanted: Sequence[int]) -> TensorView:
    """An image with zeros around it."""
    missing = [target - size for size, target in zip(call.sizes(view)[1:3], wanted, strict=True)]
    pairs = [(count // 2, count - count // 2) for count in missing]
    return padded(call, view, [(0, 0), *pairs, (0, 0)])


def resize_with_pad(call: LayerCall) -> TensorView:
    """tf.image.resize_with_pad: with the ratio of its sides, and zeros where these do not fit."""
    _, *sizes = image_of(call)
    wanted = targets(call)
    ratio = max(size / target for size, target in zip(sizes, wanted, strict=True))
    mode = argument(call, ("method",), 2) or "bilinear"
    inner = [max(int(size / ratio), 1) for size in sizes]
    return centered(call, resized(call, inner, str(mode)), wanted)


def grayscale(call: LayerCall) -> TensorView:
    """rgb_to_grayscale: a product with three weights at each position."""
    rank = call.view.rank
    is_first = argument(call, ("data_format",), 0) == "channels_first"
    view = call.view.permuted([0, *range(2, rank), 1]) if is_first else call.view
    *sizes, channels = call.sizes(view)
    if channels != GRAY_CHANNELS or rank < 3:
        raise Unsupported("an image of other channels than red, green and blue")
    value = call.add("constant", {"shape": (GRAY_CHANNELS, 1)}, [])
    gray = product(call.builder, view, TensorView(value, ((0,), (1,))), (*sizes, 1))
    return gray.permuted([0, rank - 1, *range(1, rank - 1)]) if is_first else gray


GRAY_CHANNELS = 3


def sides_of(call: LayerCall, word: str) -> list[tuple[int, int]]:
    """How many rows and columns are added or cut at both sides, of keras.ops.image."""
    pairs = [("top", "bottom"), ("left", "right")]
    found = [[argument(call, (f"{side}_{word}",), 9) for side in pair] for pair in pairs]
    return [
        (whole_number(before, "a number of rows"), whole_number(after, "a number of rows"))
        for before, after in found
    ]


def pad_images(call: LayerCall) -> TensorView:
    view, *_ = image_of(call)
    return padded(call, view, [(0, 0), *sides_of(call, "padding"), (0, 0)])


def crop_images(call: LayerCall) -> TensorView:
    view, *sizes = image_of(call)
    pairs = sides_of(call, "cropping")
    kept = [size - sum(pair) for size, pair in zip(sizes, pairs, strict=True)]
    return cropped(call, view, [before for before, _ in pairs], kept)


OPERATIONS: dict[str, Callable[[LayerCall], Any]] = {
    "resize": resize,
    **dict.fromkeys(MODES, resize_by_name),
    "croptoboundingbox": crop_to_box,
    "centralcrop": central_crop,
    "resizewithcroporpad": crop_or_pad,
    "resizewithpad": resize_with_pad,
    "padimages": pad_images,
    "cropimages": crop_images,
    "rgbtograyscale": grayscale,
}
"""By the name without underscores, in lower case."""
