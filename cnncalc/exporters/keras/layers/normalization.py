"""Normalization."""

from __future__ import annotations

from typing import Any

from ...python.arguments import ModuleArgument, given, keyword
from .form import KerasForm, KerasPlace, epsilon, expression, function, helper, layer


def learned(norm: Any) -> tuple[ModuleArgument, ...]:
    """Whether a norm has a factor and a summand."""
    has_scale, has_shift = norm.affine and norm.scale, norm.affine and norm.shift
    return keyword("center", has_shift, True), keyword("scale", has_scale, True)


def bn(norm: Any, place: KerasPlace) -> KerasForm:
    """The momentum of Keras is the part of the old statistics, in PyTorch that of the new ones."""
    momentum = norm.momentum
    kept = () if momentum is None else (ModuleArgument("momentum", round(1 - momentum, 10)),)
    return layer("BatchNormalization", *kept, *epsilon(norm), *learned(norm))


def layernorm(norm: Any, place: KerasPlace) -> KerasForm:
    axes = tuple(sorted(axis % len(place.x) for axis in norm.axis))
    names = tuple([*axes[1:], -1] if axes[0] == 0 else axes)
    axis = () if names == (-1,) else (ModuleArgument("axis", names),)
    return layer("LayerNormalization", *axis, *epsilon(norm), *learned(norm))


def groupnorm(norm: Any, place: KerasPlace) -> KerasForm:
    return layer("GroupNormalization", given(norm.groups, "groups"), *epsilon(norm), *learned(norm))


def instancenorm(norm: Any, place: KerasPlace) -> KerasForm:
    """A group for each channel."""
    groups = ModuleArgument("groups", -1)
    return layer("GroupNormalization", groups, *epsilon(norm), *learned(norm))


def rmsnorm(norm: Any, place: KerasPlace) -> KerasForm:
    return layer("RMSNormalization", *epsilon(norm, None))


def grn(norm: Any, place: KerasPlace) -> KerasForm:
    return helper("GlobalResponseNorm", *epsilon(norm, None))


def lrn(norm: Any, place: KerasPlace) -> KerasForm:
    options = [
        ModuleArgument(name, value, name)
        for name, value in (("alpha", norm.alpha), ("beta", norm.beta), ("k", norm.k))
        if value is not None
    ]
    return function("local_response_norm", given(norm.size, "size"), *options)


def l2norm(norm: Any, place: KerasPlace) -> KerasForm:
    if norm.eps is not None:
        return expression(f"ops.normalize({{0}}, axis=-1, epsilon={norm.eps!r})")
    return layer("UnitNormalization")


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
