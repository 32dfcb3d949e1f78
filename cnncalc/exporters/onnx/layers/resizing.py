"""Layers that change the sizes of spatial axes, or read computed places."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

from ....shape import Shape
from ..layer_writer import LayerWriter, NoOperator


def pad(w: LayerWriter, layer: Any, x: Shape) -> str:
    return padded(w, layer.amounts(x))


def padded(w: LayerWriter, amounts: Mapping[int, tuple[int, int]]) -> str:
    """Zeros before and after axes."""
    before = [begin for begin, _ in amounts.values()]
    after = [end for _, end in amounts.values()]
    axes = w.wholes(*(axis + 1 for axis in amounts))
    return w.op("Pad", w.x, w.wholes(*before, *after), "", axes, mode="constant")


def crop(w: LayerWriter, layer: Any, x: Shape) -> str:
    ends = [start + size for start, size in zip(layer.offset, layer.size, strict=True)]
    axes = w.wholes(*range(2, len(x) + 1))
    return w.op("Slice", w.x, w.wholes(*layer.offset), w.wholes(*ends), axes)


def unfold(w: LayerWriter, layer: Any, x: Shape) -> str:
    """The positions under each window, gathered along one axis after the other."""
    amounts = {axis: (size, size) for axis, size in enumerate(layer.padding, 1)}
    result = padded(w, amounts) if any(layer.padding) else w.x
    sizes = layer.output_sizes(x)
    columns = zip(layer.kernel, layer.dilation, layer.stride, sizes, strict=True)
    for axis, (kernel, dilation, stride, size) in enumerate(columns):
        pairs = product(range(0, kernel * dilation, dilation), range(0, size * stride, stride))
        places = w.op("Reshape", w.wholes(*map(sum, pairs)), w.wholes(kernel, size))
        result = w.op("Gather", result, places, axis=2 + 2 * axis)
    axes = range(len(sizes))
    order = (0, *(1 + 2 * axis for axis in axes), *(2 + 2 * axis for axis in axes))
    return w.reshaped(w.transposed(result, order), *w.shape)


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
