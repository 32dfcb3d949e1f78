"""Layers that move elements or reduce axes."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from ....shape import Shape
from ..layer_writer import LayerWriter, NoOperator
from .dense import as_indices

LAST = 2**31 - 1
"""The end of a slice up to the end of an axis."""


def flatten(w: LayerWriter, layer: Any, x: Shape) -> str:
    return w.op("Flatten", w.x, axis=1)


def reshape(w: LayerWriter, layer: Any, x: Shape) -> str:
    return w.reshaped(w.x, *w.shape)


def permute(w: LayerWriter, layer: Any, x: Shape) -> str:
    return w.op("Transpose", w.x, perm=(0, *(axis + 1 for axis in layer.order)))


def cut(w: LayerWriter, x: str, axis: int, start: int, end: int = LAST, step: int = 1) -> str:
    """A range of an axis after the batch."""
    steps = (w.wholes(step),) if step != 1 else ()
    return w.op("Slice", x, w.wholes(start), w.wholes(end), w.wholes(axis + 1), *steps)


def sliced(w: LayerWriter, layer: Any, x: Shape) -> str:
    start, end = layer.range if isinstance(layer.range, tuple) else (layer.range, None)
    return cut(w, w.x, layer.axis, start, LAST if end is None else end, layer.step)


def select(w: LayerWriter, layer: Any, x: Shape) -> str:
    index = layer.index
    places = w.wholes(*index) if isinstance(index, tuple) else w.whole(index)
    return w.op("Gather", w.x, places, axis=layer.axis + 1)


def chunk(w: LayerWriter, layer: Any, x: Shape) -> tuple[str, ...]:
    sizes = [part[layer.axis] for part in w.outputs]
    return w.ops("Split", w.x, w.wholes(*sizes), count=len(sizes), axis=layer.axis + 1)


def roll(w: LayerWriter, layer: Any, x: Shape) -> str:
    """Along each axis, its end before its beginning."""
    if layer.shift is None or layer.axis is None:
        raise NoOperator("by how much is not stated: it needs `shift` and `axis`")
    result = w.x
    for axis, amount in layer.shifts(x).items():
        start = -amount % x[axis]
        if start:
            end, begin = cut(w, result, axis, start), cut(w, result, axis, 0, start)
            result = w.op("Concat", end, begin, axis=axis + 1)
    return result


def channel_shuffle(w: LayerWriter, layer: Any, x: Shape) -> str:
    apart = w.reshaped(w.x, layer.groups, x.channels // layer.groups, *x.spatial)
    swapped = w.transposed(apart, (1, 0, *range(2, len(x) + 1)))
    return w.reshaped(swapped, *x)


def pixel_shuffle(w: LayerWriter, layer: Any, x: Shape) -> str:
    if len(x.spatial) != 2:
        return moved_channels(w, layer.factor, x)
    return w.op("DepthToSpace", w.x, blocksize=layer.factor, mode="CRD")


def moved_channels(w: LayerWriter, factor: int, x: Shape) -> str:
    """Channels as positions between the others, along any number of axes."""
    axes = len(x.spatial)
    channels = x.channels // factor**axes
    apart = w.reshaped(w.x, channels, *(factor,) * axes, *x.spatial)
    order = [place for axis in range(axes) for place in (1 + axes + axis, 1 + axis)]
    return w.reshaped(w.transposed(apart, (0, *order)), *w.shape)


def pixel_unshuffle(w: LayerWriter, layer: Any, x: Shape) -> str:
    """As torch.nn.PixelUnshuffle; SpaceToDepth has the channels in another order."""
    axes = len(x.spatial)
    pairs = [size for full in x.spatial for size in (full // layer.factor, layer.factor)]
    apart = w.reshaped(w.x, x.channels, *pairs)
    inner = [2 + 2 * axis for axis in range(axes)]
    outer = [1 + 2 * axis for axis in range(axes)]
    return w.reshaped(w.transposed(apart, (0, *inner, *outer)), *w.shape)


def expand(w: LayerWriter, layer: Any, x: Shape) -> str:
    return w.op("Expand", w.per_rank(w.x, len(x), len(layer.shape)), w.wholes(1, *layer.shape))


def gather(w: LayerWriter, layer: Any, x: Shape, indices: Shape) -> str:
    return w.op("GatherElements", w.x, as_indices(w, w.inputs[1]), axis=layer.axis + 1)


# Reductions

OPERATORS = {
    "reduce_sum": "ReduceSum",
    "reduce_mean": "ReduceMean",
    "reduce_max": "ReduceMax",
}


def reduced(w: LayerWriter, operator: str, x: str, axes: Sequence[int], keep: bool) -> str:
    return w.op(operator, x, w.wholes(*(axis + 1 for axis in axes)), keepdims=int(keep))


def reduction(w: LayerWriter, layer: Any, x: Shape) -> str:
    return reduced(w, OPERATORS[layer.kind], w.x, layer.axis, layer.keep)


def variance(w: LayerWriter, layer: Any, x: Shape) -> str:
    """The sum of the squared differences from the mean, divided by their number less 1.

    Another `correction` than 1 is subtracted in its place.
    """
    correction = 1.0 if layer.correction is None else float(layer.correction)
    count = prod(x[axis] for axis in layer.axis)
    centered = w.op("Sub", w.x, reduced(w, "ReduceMean", w.x, layer.axis, True))
    squares = w.op("Mul", centered, centered)
    total = reduced(w, "ReduceSum", squares, layer.axis, layer.keep)
    divided = w.op("Div", total, w.number(max(0.0, count - correction)))
    return w.op("Sqrt", divided) if layer.kind == "reduce_std" else divided


WRITERS = {
    "flatten": flatten,
    "tokens": reshape,
    "reshape": reshape,
    "permute": permute,
    "slice": sliced,
    "select": select,
    "chunk": chunk,
    "roll": roll,
    "channel_shuffle": channel_shuffle,
    "pixel_shuffle": pixel_shuffle,
    "pixel_unshuffle": pixel_unshuffle,
    "expand": expand,
    "gather": gather,
    **dict.fromkeys(OPERATORS, reduction),
    "reduce_std": variance,
    "reduce_var": variance,
}
