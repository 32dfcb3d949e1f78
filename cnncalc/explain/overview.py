"""The network as a whole: where its parameters, operations and memory are."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from typing import NamedTuple

from ..engine.analysis import Analysis
from ..engine.liveness import LiveValues
from ..engine.receptive_field import AxisField
from .group import GroupPart, parts
from .layer import Held, held
from .receptive_field import field_steps

MOST = 3


class Sight(NamedTuple):
    """What an output sees: the last layer whose positions see a part of the input only, and its field."""

    path: str
    field: tuple[AxisField | None, ...]
    whole_from: str  # the layer from which on the whole input is seen; "" where there is none


class Overview(NamedTuple):
    """Where a network's numbers are.

    `params` and `macs` are the parts that have the most, the largest first; `peak` what is alive at the peak.
    """

    report: Analysis
    params: tuple[GroupPart, ...]
    macs: tuple[GroupPart, ...]
    peak: tuple[Held, ...]
    sight: Sight | None


def tell(report: Analysis) -> Overview:
    """The story of a network."""
    found = [
        part
        for part in parts(report, 0, len(report.layers), 0)
        if not is_training_only(report, part)
    ]
    by_params = sorted((part for part in found if part.params), key=lambda part: -part.params)
    by_macs = sorted((part for part in found if part.macs), key=lambda part: -part.macs)
    peak = next(
        (
            index
            for index, layer in enumerate(report.layers)
            if layer.node.path == report.totals.peak_layer
        ),
        None,
    )
    return Overview(
        report,
        tuple(by_params[:MOST]),
        tuple(by_macs[:MOST]),
        () if peak is None else tuple(held(report, peak, LiveValues(report.network))),
        sight(report),
    )


def is_training_only(report: Analysis, part: GroupPart) -> bool:
    return all(
        layer.node.training_only for layer in report.layers[part.start : part.start + part.layers]
    )


def sight(report: Analysis) -> Sight | None:
    """What the end of the main chain sees."""
    end = report.network.outputs.get("output")
    if end is None or end.node < 0:
        return None
    steps = field_steps(report, end.node)
    partial = [step for step in steps if step.after and None not in step.after]
    if not partial:
        return None
    last = steps.index(partial[-1])
    return Sight(
        partial[-1].path, partial[-1].after, steps[last + 1].path if last + 1 < len(steps) else ""
    )
