"""Pooling."""

from __future__ import annotations

from typing import Any

from ....shape import Shape
from ..layer_writer import LayerWriter, NoOperator
from .convolution import window


def maxpool(w: LayerWriter, layer: Any, x: Shape) -> str:
    more = {"dilations": layer.dilation, "ceil_mode": int(layer.ceil)}
    return w.op("MaxPool", w.x, **window(layer), **more)


def avgpool(w: LayerWriter, layer: Any, x: Shape) -> str:
    more = {"ceil_mode": int(layer.ceil), "count_include_pad": int(layer.count_include_pad)}
    return w.op("AveragePool", w.x, **window(layer), **more)


def whole(w: LayerWriter, layer: Any, x: Shape) -> str:
    word = "Average" if layer.kind.endswith("avgpool") else "Max"
    return w.op(f"Global{word}Pool", w.x)


def adaptive(w: LayerWriter, layer: Any, x: Shape) -> str:
    """Windows of equal sizes, which is what ONNX has."""
    pairs = list(zip(x.spatial, layer.size, strict=True))
    if all(size == 1 for _, size in pairs):
        return whole(w, layer, x)
    if any(full % size for full, size in pairs):
        raise NoOperator("windows of different sizes: the output size does not divide the input's")
    windows = [full // size for full, size in pairs]
    word = "Average" if layer.kind == "adaptive_avgpool" else "Max"
    return w.op(f"{word}Pool", w.x, kernel_shape=windows, strides=windows)


def unpool(w: LayerWriter, layer: Any, x: Shape) -> str:
    raise NoOperator("the file does not state which pooling found the positions")


WRITERS = {
    "maxpool": maxpool,
    "avgpool": avgpool,
    "adaptive_avgpool": adaptive,
    "adaptive_maxpool": adaptive,
    "global_avgpool": whole,
    "global_maxpool": whole,
    "unpool": unpool,
}
