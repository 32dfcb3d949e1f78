"""Pooling."""

from __future__ import annotations

from typing import Any

from ....shape import Shape
from ...python.arguments import ModuleArgument, ModuleForm, given
from .convolution import padding_before, window_values
from .form import NoForm, TorchForm, aliased, module, of_rank


def maxpool(layer: Any, x: Shape) -> TorchForm:
    return pool(layer, x, "MaxPool", float("-inf"))


def avgpool(layer: Any, x: Shape) -> TorchForm:
    if layer.padding != layer.padding_end and not layer.count_include_pad:
        raise NoForm("a mean without its padding has the same padding at both ends")
    return pool(layer, x, "AvgPool", 0.0)


def pool(layer: Any, x: Shape, name: str, padding: float) -> TorchForm:
    before = padding_before(layer, "ConstantPad", ModuleArgument("", padding))
    call = ModuleForm(of_rank(name, x), aliased(layer, values=window_values(layer)))
    return TorchForm((*before, call))


def adaptive(layer: Any, x: Shape) -> TorchForm:
    name = "AdaptiveAvgPool" if layer.kind == "adaptive_avgpool" else "AdaptiveMaxPool"
    return module(of_rank(name, x), *aliased(layer))


def whole(layer: Any, x: Shape) -> TorchForm:
    name = "AdaptiveAvgPool" if layer.kind == "global_avgpool" else "AdaptiveMaxPool"
    return module(of_rank(name, x), given(1))


def unpool(layer: Any, x: Shape) -> TorchForm:
    size, stride = layer.output(x).spatial, layer.stride
    return module("Unpool", ModuleArgument("", size), ModuleArgument("", stride))


FORMS = {
    "maxpool": maxpool,
    "avgpool": avgpool,
    "adaptive_avgpool": adaptive,
    "adaptive_maxpool": adaptive,
    "global_avgpool": whole,
    "global_maxpool": whole,
    "unpool": unpool,
}
