"""Layers that change the sizes of spatial axes, or read computed places."""

from __future__ import annotations

from math import prod
from typing import Any

from ....shape import Shape
from ..layer_writer import LayerWriter, NoOperator


def pad(w: LayerWriter, layer: Any, x: Shape) -> str:
    amounts = layer.amounts(x)
    before = [begin for begin, _ in amounts.values()]
    after = [end for _, end in amounts.values()]
    axes = w.wholes(*(axis + 1 for axis in amounts))
    return w.op("Pad", w.x, w.wholes(*before, *after), "", axes, mode="constant")


def crop(w: LayerWriter, layer: Any, x: Shape) -> str:
    ends = [start + size for start, size in zip(layer.offset, layer.size, strict=True)]
    axes = w.wholes(*range(2, len(x) + 1))
    return w.op("Slice", w.x, w.wholes(*layer.offset), w.wholes(*ends), axes)


def unfold(w: LayerWriter, layer: Any, x: Shape) -> str:
    """Moved axes for windows next to each other; else, filters that each take one element."""
    if is_tiling(layer, x):
        return patches(w, layer, x)
    taps = prod(layer.kernel)
    identity = w.op("EyeLike", w.filled((taps, taps), 0.0))
    one = w.op("Reshape", identity, w.wholes(taps, 1, *layer.kernel))
    filters = w.op("Tile", one, w.wholes(x.channels, *(1,) * (len(x))))
    windows = w.op(
        "Conv",
        w.x,
        filters,
        kernel_shape=layer.kernel,
        strides=layer.stride,
        pads=(*layer.padding, *layer.padding),
        dilations=layer.dilation,
        group=x.channels,
    )
    return w.reshaped(windows, *w.shape)


def is_tiling(layer: Any, x: Shape) -> bool:
    """True for windows that have each element of the input once."""
    columns = zip(x.spatial, layer.kernel, layer.stride, layer.padding, layer.dilation, strict=True)
    return all(
        not size % kernel and kernel == stride and not padding and dilation == 1
        for size, kernel, stride, padding, dilation in columns
    )


def patches(w: LayerWriter, layer: Any, x: Shape) -> str:
    pairs = zip(x.spatial, layer.kernel, strict=True)
    apart = w.reshaped(
        w.x, x.channels, *(part for size, kernel in pairs for part in (size // kernel, kernel))
    )
    axes = range(len(x.spatial))
    order = (0, *(2 + 2 * axis for axis in axes), *(1 + 2 * axis for axis in axes))
    return w.reshaped(w.transposed(apart, order), *w.shape)


# Interpolation

NEAREST = {
    "nearest": {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
    "nearest_exact": {
        "coordinate_transformation_mode": "half_pixel",
        "nearest_mode": "round_prefer_ceil",
    },
}
MODES = {"linear": "linear", "bilinear": "linear", "trilinear": "linear", "bicubic": "cubic"}


def upsample(w: LayerWriter, layer: Any, x: Shape) -> str:
    if layer.mode == "area":
        return area(w, layer, x)
    options = NEAREST.get(layer.mode)
    if options is None:
        corners = "align_corners" if layer.align_corners else "pytorch_half_pixel"
        options = {"coordinate_transformation_mode": corners}
    mode = MODES.get(layer.mode, "nearest")
    if mode == "cubic":
        return resized(w, x, mode, cubic_coeff_a=-0.75, **options)
    return resized(w, x, mode, **options)


def resized(w: LayerWriter, x: Shape, mode: str, **options: Any) -> str:
    """To the output size along the spatial axes."""
    axes = range(2, len(x) + 1)
    return w.op("Resize", w.x, "", "", w.wholes(*w.shape.spatial), axes=axes, mode=mode, **options)


def area(w: LayerWriter, layer: Any, x: Shape) -> str:
    """The mean of windows, which have one size if the output size divides the input's."""
    pairs = list(zip(x.spatial, w.shape.spatial, strict=True))
    if any(full % size for full, size in pairs):
        raise NoOperator("means of windows of different sizes (`mode: area`)")
    windows = [full // size for full, size in pairs]
    return w.op("AveragePool", w.x, kernel_shape=windows, strides=windows)


# Sampling


def sample(w: LayerWriter, layer: Any, x: Shape, grid: Shape) -> str:
    if len(x.spatial) == 1:
        raise NoOperator("GridSample takes images and volumes")
    places = w.transposed(w.inputs[1], (*range(1, len(grid)), 0))
    mode = "linear" if layer.mode == "bilinear" else "nearest"
    return w.op("GridSample", w.x, places, mode=mode, padding_mode="zeros", align_corners=0)


WRITERS = {
    "pad": pad,
    "crop": crop,
    "unfold": unfold,
    "upsample": upsample,
    "sample": sample,
}
