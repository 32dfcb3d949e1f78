"""Deploying: the memory plan, the flash and the bound on time of a network on a device."""

from __future__ import annotations

from ..engine.analysis import Analysis
from .deployment import Deployment
from .device import Device, NoPeak, RuntimeName
from .estimate import time_estimate
from .memory_plan import MemoryPlan, memory_plan
from .tflm import UnsupportedOnDevice, tflm_program
from .tflm.padding import padding_cost
from .time_bound import TimeBound, time_bound


def deploy(
    analysis: Analysis, device: Device | None, runtime: RuntimeName | None = None
) -> Deployment:
    """What a network needs on a device, in its usual runtime unless another is given.

    Raises UnsupportedOnDevice or TooManyBuffers if it cannot run there, or not be planned.
    """
    chosen = runtime or (device.runtime if device else "file")
    plan = arena_plan(analysis) if chosen == "tflm" else None
    in_flash = plan is not None or (device is not None and has_flash(device))
    bound, no_bound = bound_on(analysis, device)
    is_usual = device is not None and chosen == device.runtime  # as calibrations are
    return Deployment(
        chosen,
        device,
        in_flash,
        analysis.flash.total if in_flash else analysis.totals.weight_bytes,
        plan.arena_bytes if plan else analysis.totals.peak_bytes,
        plan,
        padding_cost(plan, analysis.network) if plan else None,
        bound,
        no_bound,
        time_estimate(analysis, device) if device and is_usual else None,
    )


def arena_plan(analysis: Analysis) -> MemoryPlan:
    """The plan of TensorFlow Lite Micro, which is for one sample."""
    if analysis.batch > 1:
        message = f"one sample at a time, not a batch of {analysis.batch:,}"
        raise UnsupportedOnDevice(f"TensorFlow Lite Micro runs {message}")
    return memory_plan(tflm_program(analysis.network))


def has_flash(device: Device) -> bool:
    """Whether weights are in a memory of their own."""
    return device.flash is not None or "flash" in device.bandwidth


def bound_on(analysis: Analysis, device: Device | None) -> tuple[TimeBound | None, str]:
    """The bound on time; None with the reason if the device states no speed for the network."""
    if device is None:
        return None, ""
    try:
        return time_bound(analysis, device), ""
    except NoPeak as error:
        return None, str(error)
