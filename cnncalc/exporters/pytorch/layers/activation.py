"""Activations, regularization and learned tensors."""

from __future__ import annotations

from typing import Any

from ....layers.aliases import PYTORCH
from ....shape import Shape
from ...python.arguments import ModuleArgument, channels, given, keyword
from .form import NoForm, TorchForm, aliased, module


def named(layer: Any, *inputs: Shape) -> TorchForm:
    """A class of torch.nn with the arguments that it has there."""
    return module(f"nn.{PYTORCH[layer.kind].names[0]}", *aliased(layer))


def along_axis(layer: Any, x: Shape) -> TorchForm:
    """softmax and log_softmax: the axis counts from the batch."""
    name = "Softmax" if layer.kind == "softmax" else "LogSoftmax"
    return module(f"nn.{name}", ModuleArgument("dim", layer.axis + 1))


def prelu(layer: Any, x: Shape) -> TorchForm:
    if layer.per_element:
        return module("ElementPReLU", *(ModuleArgument("", size) for size in x))
    return module("nn.PReLU", channels(x)) if layer.per_channel else module("nn.PReLU")


def elementwise(layer: Any, x: Shape) -> TorchForm:
    exponent = "" if layer.exponent is None else f", {layer.exponent!r}"
    return TorchForm(expression=f"torch.{layer.function}({{0}}{exponent})")


def scale(layer: Any, x: Shape) -> TorchForm:
    return module(
        "Scale",
        channels(x),
        keyword("axes", len(x.spatial), 2),
        keyword("bias", layer.bias, False, "bias"),
    )


def droppath(layer: Any, x: Shape) -> TorchForm:
    return module("DropPath", given(layer.p, "p"))


def dropout(layer: Any, x: Shape) -> TorchForm:
    p = keyword("", layer.p, 0.5, "p")
    return module("nn.Dropout", p, keyword("inplace", layer.inplace or False, False, "inplace"))


def leaky_relu(layer: Any, x: Shape) -> TorchForm:
    return module("nn.LeakyReLU", keyword("", layer.slope, 0.01, "slope"))


def weight(layer: Any) -> TorchForm:
    return TorchForm(parameter="nn.Parameter(torch.zeros({sizes}))", shape=sizes(layer))


def constant(layer: Any) -> TorchForm:
    if layer.buffer:
        return TorchForm(parameter="nn.Buffer(torch.zeros({sizes}))", shape=sizes(layer))
    listed = ", ".join(map(str, (1, *layer.shape)))
    return TorchForm(expression=f"torch.zeros({listed})")


def sizes(layer: Any) -> ModuleArgument:
    return ModuleArgument("", tuple(layer.shape), "shape")


def custom(layer: Any, *inputs: Shape) -> TorchForm:
    raise NoForm("what it computes is not stated in the file, only its numbers are")


PLAIN = (
    *("relu", "relu6", "elu", "selu", "sigmoid", "hardsigmoid", "tanh", "hardtanh", "silu"),
    *("hardswish", "gelu", "mish", "softplus", "identity"),
)
FORMS = {
    **dict.fromkeys(PLAIN, named),
    "leaky_relu": leaky_relu,
    "softmax": along_axis,
    "log_softmax": along_axis,
    "squash": lambda layer, x: module("Squash"),
    "abs": lambda layer, x: TorchForm(expression="{0}.abs()"),
    "elementwise": elementwise,
    "glu": lambda layer, x: module("nn.GLU", ModuleArgument("dim", 1)),
    "prelu": prelu,
    "dropout": dropout,
    "droppath": droppath,
    "scale": scale,
    "weight": weight,
    "constant": constant,
    "custom": custom,
}
