"""Norms, which the format has as several operators (see `fusing`)."""

from __future__ import annotations

from ...axes import TensorView, channels_at
from ...builder import LayerArguments
from ...operands import in_single_axes
from ..context import TfliteContext
from ..fusing import GROUP_NORM, LAYER_NORM, RMS_NORM
from .elementwise import activated


def affine(net: TfliteContext) -> LayerArguments:
    """Whether a norm has a gain and a shift."""
    scale, shift = net.number(1) >= 0, net.number(2) >= 0
    return {"scale": scale, "shift": shift} if scale or shift else {"affine": False}


def layer_norm(net: TfliteContext) -> list[TensorView]:
    """Over the last axes: those of the channels alone, or several."""
    owned, arguments = net.owned((1, 2)), affine(net)
    count = net.operator.option("axes")
    if count == 1:
        view = channels_at(net.builder, net.view(), -1)
        return [activated(net, net.applied("layernorm", arguments, view, owned))]
    view = in_single_axes(net.builder, net.view())
    axes = sorted(axis for entry in view.axes[-count:] for axis in entry)
    arguments = {**arguments, "axis": tuple(axes)}
    return [activated(net, net.applied("layernorm", arguments, view, owned))]


def rms_norm(net: TfliteContext) -> list[TensorView]:
    view = channels_at(net.builder, net.view(), -1)
    return [activated(net, net.applied("rmsnorm", {}, view, net.owned((1,))))]


def group_norm(net: TfliteContext) -> list[TensorView]:
    view = channels_at(net.builder, net.view(), -1)
    arguments = {"groups": net.operator.option("groups"), **affine(net)}
    return [activated(net, net.applied("groupnorm", arguments, view, net.owned((1, 2))))]


FUNCTIONS = {LAYER_NORM: layer_norm, RMS_NORM: rms_norm, GROUP_NORM: group_norm}
