"""Layers that resize images, also before the network."""

from __future__ import annotations

from collections.abc import Sequence

from ...axes import TensorView
from ...errors import Unsupported
from ...rewrites import compact
from ..context import LayerCall
from .windows import image

MODES = {
    "nearest": ("nearest", "nearest", "nearest"),
    "bilinear": ("linear", "bilinear", "trilinear"),
    "bicubic": ("bicubic", "bicubic", "bicubic"),
    "area": ("area", "area", "area"),
}
"""The mode of `upsample` by that of Keras, for one to three spatial axes."""


def mode_of(name: str, axes: int) -> str:
    """Raises Unsupported for one that the catalogue does not have."""
    if name not in MODES:
        raise Unsupported(f"interpolation {name}")
    return MODES[name][axes - 1]


def upsampling(call: LayerCall) -> TensorView:
    x = image(call)
    factor = x.wide(call.config.sizes("size", x.axes, 2))
    mode = mode_of(call.config.text("interpolation", "nearest"), x.axes)
    return call.apply("upsample", {"factor": factor, "mode": mode}, x.view)


def resizing(call: LayerCall) -> TensorView:
    sizes = call.config.integer("height"), call.config.integer("width")
    return resized(call, sizes, call.config.text("interpolation", "bilinear"))


def resized(call: LayerCall, sizes: Sequence[int], mode: str) -> TensorView:
    """An image of other sizes."""
    x = image(call)
    lead = x.view.shape[1 : 1 + x.lead]
    return call.apply(
        "upsample", {"size": compact((*lead, *sizes)), "mode": mode_of(mode, x.axes)}, x.view
    )


def center_crop(call: LayerCall) -> TensorView:
    """CenterCrop, and RandomCrop at inference: images that are smaller are resized first."""
    x = image(call)
    sizes = call.config.integer("height"), call.config.integer("width")
    spatial = x.view.shape.spatial[x.lead :]
    if any(size < wanted for size, wanted in zip(spatial, sizes, strict=True)):
        return resizing(call)
    lead = x.view.shape[1 : 1 + x.lead]
    return call.apply("crop", {"size": compact((*lead, *sizes))}, x.view)


KINDS = {"upsample": upsampling}
CLASSES = {"Resizing": resizing, "CenterCrop": center_crop}
