"""Normalization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....shape import Shape
from ..layer_writer import LayerWriter

USUAL_EPS = 1e-5
FLOAT_EPS = 1.1920929e-07
"""The distance from 1 to the next 32-bit float, the default of torch.nn.RMSNorm."""

GRN_EPS = 1e-6
NEGLIGIBLE_EPS = 1e-12
"""The default of torch.nn.functional.normalize, the least length that it divides by."""


def eps_of(layer: Any, usual: float = USUAL_EPS) -> float:
    return usual if layer.eps is None else float(layer.eps)


def factor(w: LayerWriter, sizes: Sequence[int]) -> str:
    """The learned factor of a norm, or ones."""
    return w.weight("weight", 1.0) if w.has("weight") else w.filled(sizes, 1.0)


def summand(w: LayerWriter, sizes: Sequence[int]) -> str:
    """The learned summand of a norm, or zeros."""
    return w.weight("bias") if w.has("bias") else w.filled(sizes, 0.0)


def bn(w: LayerWriter, layer: Any, x: Shape) -> str:
    sizes = (x.channels,)
    vectors = [factor(w, sizes), summand(w, sizes)]
    vectors += [w.own("running_mean", sizes), w.own("running_var", sizes, 1.0)]
    # That of ONNX is the part of the old statistics, that of PyTorch the part of the new ones.
    kept = {} if layer.momentum is None else {"momentum": float(round(1 - layer.momentum, 10))}
    return w.op("BatchNormalization", w.x, *vectors, epsilon=eps_of(layer), **kept)


def layernorm(w: LayerWriter, layer: Any, x: Shape) -> str:
    """Over the last axes, so that others are put there and back."""
    axes = tuple(layer.axis)
    sizes = [x[axis] for axis in axes]
    order = [*(axis for axis in range(len(x)) if axis not in axes), *axes]
    result = w.op(
        "LayerNormalization",
        w.transposed(w.x, order),
        factor(w, sizes),
        *w.bias(),
        axis=-len(axes),
        epsilon=eps_of(layer),
    )
    return w.transposed(result, [order.index(axis) for axis in range(len(x))])


def groupnorm(w: LayerWriter, layer: Any, x: Shape) -> str:
    """An instance norm of the groups, then a factor and a summand for each channel.

    GroupNormalization has them for each channel only from opset 21 on.
    """
    sizes = (layer.groups,)
    grouped = w.reshaped(w.x, layer.groups, x.elements // layer.groups)
    ones, zeros = w.filled(sizes, 1.0), w.filled(sizes, 0.0)
    normal = w.op("InstanceNormalization", grouped, ones, zeros, epsilon=eps_of(layer))
    return affine(w, w.reshaped(normal, *x), len(x))


def affine(w: LayerWriter, result: str, axes: int) -> str:
    """A value times the learned factor plus the learned summand, as far as there are any."""
    if w.has("weight"):
        result = w.op("Mul", result, w.per_channel(w.weight("weight", 1.0), axes))
    if w.has("bias"):
        result = w.op("Add", result, w.per_channel(w.weight("bias"), axes))
    return result


def instancenorm(w: LayerWriter, layer: Any, x: Shape) -> str:
    sizes = (x.channels,)
    return w.op(
        "InstanceNormalization", w.x, factor(w, sizes), summand(w, sizes), epsilon=eps_of(layer)
    )


def rmsnorm(w: LayerWriter, layer: Any, x: Shape) -> str:
    """RMSNormalization is an operator from opset 23 on."""
    order = [*range(1, len(x)), 0]
    last = w.transposed(w.x, order)
    mean = w.op("ReduceMean", w.op("Pow", last, w.number(2.0)), w.wholes(-1), keepdims=1)
    root = w.op("Sqrt", w.op("Add", mean, w.number(eps_of(layer, FLOAT_EPS))))
    scaled = w.op("Mul", w.op("Div", last, root), w.weight("weight", 1.0))
    return w.transposed(scaled, [order.index(axis) for axis in range(len(x))])


def grn(w: LayerWriter, layer: Any, x: Shape) -> str:
    axes = range(2, len(x) + 1)
    norm = w.op("ReduceL2", w.x, w.wholes(*axes), keepdims=1) if axes else w.op("Abs", w.x)
    mean = w.op("ReduceMean", norm, w.wholes(1), keepdims=1)
    relative = w.op("Div", norm, w.op("Add", mean, w.number(eps_of(layer, GRN_EPS))))
    return w.op("Add", affine(w, w.op("Mul", w.x, relative), len(x)), w.x)


def lrn(w: LayerWriter, layer: Any, x: Shape) -> str:
    given = {"alpha": layer.alpha, "beta": layer.beta, "bias": layer.k}
    stated = {name: float(value) for name, value in given.items() if value is not None}
    return w.op("LRN", w.x, size=layer.size, **stated)


def l2norm(w: LayerWriter, layer: Any, x: Shape) -> str:
    if layer.eps is None or layer.eps <= NEGLIGIBLE_EPS:
        return w.op("LpNormalization", w.x, axis=1, p=2)
    length = w.op("ReduceL2", w.x, w.wholes(1), keepdims=1)
    return w.op("Div", w.x, w.op("Max", length, w.number(layer.eps)))


WRITERS = {
    "bn": bn,
    "layernorm": layernorm,
    "groupnorm": groupnorm,
    "instancenorm": instancenorm,
    "rmsnorm": rmsnorm,
    "grn": grn,
    "lrn": lrn,
    "l2norm": l2norm,
}
