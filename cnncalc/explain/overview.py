"""The network as a whole: where its parameters, operations and memory are."""

from __future__ import annotations

from ..devices.deployment import Deployment
from ..engine.analysis import Analysis
from ..engine.liveness import LiveValues
from ..engine.receptive_field import AxisField
from ..layers.formula import Terms
from ..named_tuple import NamedTuple
from .group import GroupPart, parts
from .layer import LiveTensor, live_tensors
from .receptive_field import field_steps

MAX_PARTS = 3


class OutputField(NamedTuple):
    """The last receptive field on the way to the output that does not cover the whole input.

    `whole_from` is the first layer whose positions see the whole input; empty if there is none.
    """

    path: str
    field: tuple[AxisField | None, ...]
    whole_from: str


class Overview(NamedTuple):
    """The parts of a network with the largest numbers.

    `params` and `macs` are the parts with the largest share, the largest first; `live_at_peak` are
    the tensors that are live at the memory peak; `on_device` are the terms of what it needs on a
    device.
    """

    analysis: Analysis
    params: tuple[GroupPart, ...]
    macs: tuple[GroupPart, ...]
    live_at_peak: tuple[LiveTensor, ...]
    output: OutputField | None
    on_device: Terms


def explain_network(analysis: Analysis) -> Overview:
    found = [
        part
        for part in parts(analysis, 0, len(analysis.layers), 0)
        if not is_training_only(analysis, part)
    ]
    by_params = sorted((part for part in found if part.added_params), key=added_params)
    by_macs = sorted((part for part in found if part.macs), key=lambda part: -part.macs)
    return Overview(
        analysis,
        tuple(by_params[:MAX_PARTS]),
        tuple(by_macs[:MAX_PARTS]),
        live_at_peak(analysis),
        output_field(analysis),
        on_device(analysis),
    )


def on_device(analysis: Analysis) -> Terms:
    """The terms of what the network needs on a device, if one is named."""
    found = analysis.supplement(Deployment)
    if found is None:
        return {}
    from .device import device_terms

    return device_terms(analysis, found)


def added_params(part: GroupPart) -> int:
    """The sort key for the largest first."""
    return -part.added_params


def is_training_only(analysis: Analysis, part: GroupPart) -> bool:
    layers = analysis.layers[part.start : part.start + part.layers]
    return all(layer.node.training_only for layer in layers)


def live_at_peak(analysis: Analysis) -> tuple[LiveTensor, ...]:
    peak = analysis.totals.peak_layer
    for index, layer in enumerate(analysis.layers):
        if layer.node.path == peak:
            return tuple(live_tensors(analysis, index, LiveValues(analysis.network)))
    return ()


def output_field(analysis: Analysis) -> OutputField | None:
    """The receptive field at the end of the main chain; None if no layer sees a part of a map."""
    end = analysis.network.outputs.get("output")
    if end is None or end.node < 0:
        return None
    steps = field_steps(analysis, end.node)
    partial = [index for index, step in enumerate(steps) if step.after and None not in step.after]
    if not partial:
        return None
    last = partial[-1]
    whole_from = steps[last + 1].path if last + 1 < len(steps) else ""
    return OutputField(steps[last].path, steps[last].after, whole_from)
