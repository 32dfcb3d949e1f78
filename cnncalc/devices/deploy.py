"""Deploying: the memory plan, the flash and the bound on time of a network on a device."""

from __future__ import annotations

from ..engine.analysis import CountedNetwork
from .deployment import Deployment
from .device import Device, NoPeak, RuntimeName
from .estimate import time_estimate
from .memory_plan import MemoryPlan, memory_plan
from .tflm import UnsupportedOnDevice, tflm_program
from .tflm.padding import padding_cost
from .time_bound import TimeBound, time_bound


def deploy(
    counted: CountedNetwork, device: Device | None, runtime: RuntimeName | None = None
) -> Deployment:
    """What a network needs on a device, in its usual runtime unless another is given.

    Raises UnsupportedOnDevice or TooManyBuffers if it cannot run there, or not be planned.
    """
    chosen = chosen_runtime(device, runtime)
    plan = arena_plan(counted) if chosen == "tflm" else None
    in_flash = is_in_flash(device, chosen)
    bound, no_bound = bound_on(counted, device)
    is_usual = device is not None and chosen == device.runtime  # as calibrations are
    return Deployment(
        chosen,
        device,
        in_flash,
        counted.flash.total if in_flash else counted.totals.weight_bytes,
        plan.arena_bytes if plan else counted.totals.peak_bytes,
        plan,
        padding_cost(plan, counted.network) if plan else None,
        bound,
        no_bound,
        time_estimate(counted, device) if device and is_usual else None,
    )


def arena_plan(counted: CountedNetwork) -> MemoryPlan:
    """The plan of TensorFlow Lite Micro, which is for one sample."""
    if counted.batch > 1:
        message = f"one sample at a time, not a batch of {counted.batch:,}"
        raise UnsupportedOnDevice(f"TensorFlow Lite Micro runs {message}")
    return memory_plan(tflm_program(counted.network))


def chosen_runtime(device: Device | None, runtime: RuntimeName | None) -> RuntimeName:
    """The runtime that is given, or the usual one of the device."""
    return runtime or (device.runtime if device else "file")


def is_in_flash(device: Device | None, runtime: RuntimeName) -> bool:
    """Whether weights are in a memory of their own."""
    return runtime == "tflm" or (device is not None and device.has_flash)


def numbers_on(device: Device | None, runtime: RuntimeName | None) -> tuple[str, ...]:
    """The quantities of networks on a device, or in a runtime; a network may have fewer."""
    chosen = chosen_runtime(device, runtime)
    has_speed = device is not None and bool(device.macs)
    has_power = device is not None and device.active_power is not None
    is_calibrated = device is not None and chosen == device.runtime and bool(device.calibrations)
    found = {
        "flash_bytes": is_in_flash(device, chosen),
        "arena_bytes": chosen == "tflm",
        "ram_bytes": True,
        "at_least_s": has_speed,
        "estimate_s": is_calibrated,
        "energy_at_least_j": has_speed and has_power,
        "energy_j": is_calibrated and has_power,
    }
    return tuple([name for name, is_known in found.items() if is_known])


def bound_on(counted: CountedNetwork, device: Device | None) -> tuple[TimeBound | None, str]:
    """The bound on time; None with the reason if the device states no speed for the network."""
    if device is None:
        return None, ""
    try:
        return time_bound(counted, device), ""
    except NoPeak as error:
        return None, str(error)
