"""Normalization."""

from __future__ import annotations

from typing import Any

from ....shape import Shape
from ...python.arguments import ModuleArgument, channels, keyword
from .form import NoForm, TorchForm, aliased, module, of_rank


def partly_learned(layer: Any, class_name: str) -> str:
    """The class of a norm, of which `scale: false` or `shift: false` takes a part away."""
    if not layer.affine or (layer.scale and layer.shift):
        return class_name
    missing = "Weight" if layer.shift else "Bias" if layer.scale else "Both"
    return f"{class_name}:{missing}"


def bn(layer: Any, x: Shape) -> TorchForm:
    rank = max(1, len(x.spatial))
    if rank > 3:
        raise NoForm(f"nn.BatchNorm has at most three spatial axes, not {rank}")
    return module(partly_learned(layer, f"nn.BatchNorm{rank}d"), *aliased(layer, [channels(x)]))


def layernorm(layer: Any, x: Shape) -> TorchForm:
    axes = tuple(layer.axis)
    is_affine = keyword("elementwise_affine", layer.affine, True, "affine")
    if axes == (0,):
        shape = channels(x)
    else:
        shape = ModuleArgument("", tuple([x[axis] for axis in axes]))
    arguments = (shape, is_affine, *eps_of(layer))
    if not layer.scale and layer.affine:
        raise NoForm("nn.LayerNorm has a weight if it has a bias")
    if layer.affine and not layer.shift:
        arguments = (*arguments, ModuleArgument("bias", False))
    if axes == tuple(range(len(x) - len(axes), len(x))):
        return module("nn.LayerNorm", *arguments)
    if axes == (0,):
        return module("ChannelLayerNorm", *arguments)
    return module("AxesLayerNorm", ModuleArgument("", tuple(axis + 1 for axis in axes)), *arguments)


def eps_of(layer: Any) -> tuple[ModuleArgument, ...]:
    return () if layer.eps is None else (ModuleArgument("eps", layer.eps, "eps"),)


def groupnorm(layer: Any, x: Shape) -> TorchForm:
    groups, *others = aliased(layer)
    return module(partly_learned(layer, "nn.GroupNorm"), groups, channels(x), *others)


def instancenorm(layer: Any, x: Shape) -> TorchForm:
    return module(of_rank("InstanceNorm", x), *aliased(layer, [channels(x)]))


def rmsnorm(layer: Any, x: Shape) -> TorchForm:
    arguments = (channels(x), *eps_of(layer))
    return module("nn.RMSNorm" if len(x) == 1 else "ChannelRMSNorm", *arguments)


def grn(layer: Any, x: Shape) -> TorchForm:
    return module("GlobalResponseNorm", channels(x), *eps_of(layer))


def lrn(layer: Any, x: Shape) -> TorchForm:
    if len(x) == 1:
        raise NoForm("nn.LocalResponseNorm needs a spatial axis")
    size, *others = aliased(layer)
    size = size._replace(name="", is_optional=False)
    return module("nn.LocalResponseNorm", size, *others)


def l2norm(layer: Any, x: Shape) -> TorchForm:
    eps = "" if layer.eps is None else f", eps={layer.eps!r}"
    return TorchForm(expression=f"F.normalize({{0}}, dim=1{eps})")


FORMS = {
    "bn": bn,
    "layernorm": layernorm,
    "groupnorm": groupnorm,
    "instancenorm": instancenorm,
    "rmsnorm": rmsnorm,
    "grn": grn,
    "lrn": lrn,
    "l2norm": l2norm,
}
