"""Functions of each element, and of the elements of several blobs."""

from __future__ import annotations

from math import log

from ....sketch import SketchValue
from ...builder import LayerArguments
from ...errors import Unsupported
from ...operands import aligned, complete
from ..context import Blob, CaffeContext, UnstatedCaffeLayer
from .axes import with_axis

PLAIN = {
    "Sigmoid": "sigmoid",
    "TanH": "tanh",
    "AbsVal": "abs",
    "BNLL": "softplus",
    "ReLU6": "relu6",
    "SeLu": "selu",
    "Swish": "silu",
    "Mish": "mish",
    "HardSwish": "hardswish",
    "HardSigmoid": "hardsigmoid",
}
"""Layers that are one layer without arguments."""


def plain(net: CaffeContext) -> list[Blob]:
    return net.applied(PLAIN[net.layer.kind], {})


def relu(net: CaffeContext) -> list[Blob]:
    slope = net.param("relu_param").real("negative_slope")
    if slope:
        return net.applied("leaky_relu", {"slope": slope})
    return net.applied("relu", {})


def prelu(net: CaffeContext) -> list[Blob]:
    is_shared = net.param("prelu_param").flag("channel_shared")
    blob = with_axis(net, net.blob(), 1, 0)
    value = net.add("prelu", {"per_channel": not is_shared}, [blob.view.value])
    return [blob._replace(view=blob.view.with_value(value))]


def elu(net: CaffeContext) -> list[Blob]:
    return net.applied("elu", {"alpha": net.param("elu_param").real("alpha", 1.0)})


def swish(net: CaffeContext) -> list[Blob]:
    beta = net.param("swish_param").real("beta", 1.0)
    if beta != 1:
        raise UnstatedCaffeLayer("swish with a factor", net.value().shape, [net.value()])
    return net.applied("silu", {})


def clip(net: CaffeContext) -> list[Blob]:
    param = net.param("clip_param")
    return net.applied("hardtanh", {"min": param.real("min"), "max": param.real("max")})


def dropout(net: CaffeContext) -> list[Blob]:
    ratio = net.param("dropout_param").real("dropout_ratio", 0.5)
    return net.applied("dropout", {"p": ratio})


def softmax(net: CaffeContext) -> list[Blob]:
    """Along an axis, by default the channels."""
    axis = net.param("softmax_param").integer("axis", 1)
    blob = with_axis(net, net.blob(), axis, None)
    kind = "log_softmax" if net.layer.kind == "LogSoftmax" else "softmax"
    arguments: LayerArguments = {"axis": blob.view.axis(axis % blob.rank)}
    value = net.add(kind, arguments, [blob.view.value])
    return [blob._replace(view=blob.view.with_value(value))]


# Powers, exponentials and logarithms


def affine(net: CaffeContext, value: SketchValue, scale: float, shift: float) -> SketchValue:
    if scale != 1:
        value = net.add("mul", {}, [value, scale])
    return net.add("add", {}, [value, shift]) if shift else value


def power(net: CaffeContext) -> list[Blob]:
    """(shift + scale * x) ^ power."""
    param, blob = net.param("power_param"), net.blob()
    value = affine(net, blob.view.value, param.real("scale", 1.0), param.real("shift"))
    exponent = param.real("power", 1.0)
    if exponent != 1:
        arguments: LayerArguments = {"function": "pow", "exponent": exponent}
        value = net.add("elementwise", arguments, [value])
    return [blob._replace(view=blob.view.with_value(value))]


def exponential(net: CaffeContext) -> list[Blob]:
    """base ^ (shift + scale * x); without a base, that of natural logarithms."""
    param, blob = net.param("exp_param"), net.blob()
    base = param.real("base", -1.0)
    factor = log(base) if base > 0 else 1.0
    scale, shift = param.real("scale", 1.0) * factor, param.real("shift") * factor
    value = affine(net, blob.view.value, scale, shift)
    value = net.add("elementwise", {"function": "exp"}, [value])
    return [blob._replace(view=blob.view.with_value(value))]


def logarithm(net: CaffeContext) -> list[Blob]:
    param, blob = net.param("log_param"), net.blob()
    value = affine(net, blob.view.value, param.real("scale", 1.0), param.real("shift"))
    value = net.add("elementwise", {"function": "log"}, [value])
    base = param.real("base", -1.0)
    if base > 0 and base != 1:
        value = net.add("div", {}, [value, log(base)])
    return [blob._replace(view=blob.view.with_value(value))]


def threshold(net: CaffeContext) -> list[Blob]:
    raise UnstatedCaffeLayer("a step of each element", net.value().shape, [net.value()])


# Several blobs

OPERATIONS = {"PROD": "mul", "0": "mul", "SUM": "add", "1": "add", "MAX": "max", "2": "max"}


def joined(net: CaffeContext, kind: str, blobs: list[Blob]) -> list[Blob]:
    """Blobs of equal sizes, element by element."""
    lead = blobs[0]
    view = complete(net.builder, lead.view, lead.sizes)
    values = [view.value, *(aligned(net.builder, blob.view, view) for blob in blobs[1:])]
    value = net.add(kind, {}, values)
    return [Blob(view.with_value(value), lead.sizes)]


def eltwise(net: CaffeContext) -> list[Blob]:
    """The sum, with coefficients if there are any, the product or the maximum."""
    param, blobs = net.param("eltwise_param"), net.all_blobs()
    kind = OPERATIONS.get(param.text("operation", "SUM"))
    if kind is None:
        raise param.invalid("operation", "SUM, PROD or MAX")
    if len(blobs) < 2:
        return blobs
    if any(blob.rank != blobs[0].rank for blob in blobs):
        raise Unsupported("blobs with other numbers of axes")
    factors = param.reals("coeff")
    if kind != "add" or not factors or set(factors) == {1.0}:
        return joined(net, kind, blobs)
    if len(factors) != len(blobs):
        raise param.invalid("coeff", "one number for each blob")
    if factors == [1, -1]:
        return joined(net, "sub", blobs)
    scaled = []
    for blob, factor in zip(blobs, factors, strict=True):
        value = affine(net, blob.view.value, factor, 0)
        scaled.append(blob._replace(view=blob.view.with_value(value)))
    return joined(net, "add", scaled)


def gated_sum(net: CaffeContext) -> list[Blob]:
    """`Axpy`: a factor for each channel times a map, plus a map."""
    factor, x, y = net.blob(0), net.blob(1), net.blob(2)
    product = joined(net, "mul", [x, factor])[0]
    return joined(net, "add", [product, y])


FUNCTIONS = {
    **dict.fromkeys(PLAIN, plain),
    "ReLU": relu,
    "PReLU": prelu,
    "ELU": elu,
    "Swish": swish,
    "Clip": clip,
    "Dropout": dropout,
    "SeLuDropout": dropout,
    "Softmax": softmax,
    "LogSoftmax": softmax,
    "Power": power,
    "Exp": exponential,
    "Log": logarithm,
    "Threshold": threshold,
    "Eltwise": eltwise,
    "Axpy": gated_sum,
}
