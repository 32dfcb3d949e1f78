"""What a network needs on a device and in training, as data of the page."""

from __future__ import annotations

from typing import Any

from ...devices.deployment import Deployment
from ...devices.device import Device, NoPeak
from ...devices.memory_plan import MemoryPlan
from ...devices.roofline import NoBandwidth, roofline
from ...devices.training_memory import Training
from ...engine.analysis import Analysis


def device_object(analysis: Analysis) -> dict[str, Any]:
    """The sections of the page; empty without a device and a training step.

    `needs` are the lines of `cnncalc show`, `plan` the buffers in the arena, and `roofline` the
    operators with their two limits; the last two only where they are known.
    """
    deployed, trained = analysis.supplement(Deployment), analysis.supplement(Training)
    found: dict[str, Any] = {}
    if deployed is not None:
        found["needs"] = [deployment_object(deployed, analysis)]
        if deployed.plan is not None:
            found["plan"] = plan_object(deployed.plan, analysis)
        if deployed.device is not None:
            found |= roofline_object(deployed.device, analysis)
    if trained is not None:
        found["needs"] = [*found.get("needs", ()), training_object(trained)]
    return found


def deployment_object(found: Deployment, analysis: Analysis) -> dict[str, Any]:
    from ..show.deployment import TITLES, deployment_title, needs

    lines = [list(line) for line in needs(found, analysis, exact=False)]
    return {"title": deployment_title(found, analysis), "titles": TITLES, "lines": lines}


def training_object(found: Training) -> dict[str, Any]:
    from ..show.training import training_lines, training_remarks, training_title

    return {
        "title": training_title(found.memory),
        "titles": ["", "needed", ""],
        "lines": [list(line) for line in training_lines(found, exact=False)],
        "remarks": list(training_remarks(found, exact=False)),
    }


def plan_object(plan: MemoryPlan, analysis: Analysis) -> dict[str, Any]:
    """The arena: its operators, and of each buffer its name, place and time.

    A buffer is live from operator `first` to operator `last`; 0 is before the first.
    """
    nodes = analysis.network.nodes
    return {
        "bytes": plan.arena_bytes,
        "operators": [
            [operator.name, nodes[operator.layers[0]].path if operator.layers else ""]
            for operator in plan.program.operators
        ],
        "buffers": [list(buffer) for buffer in plan.placements],
    }


def roofline_object(device: Device, analysis: Analysis) -> dict[str, Any]:
    """The roofline, if the device states its peak and its bandwidth."""
    try:
        found = roofline(analysis, device)
    except (NoPeak, NoBandwidth):
        return {}
    points = [list(point) for point in found.points]
    limits = {"peak": found.peak, "bandwidth": found.bandwidth}
    return {"roofline": {**limits, "points": points}}
