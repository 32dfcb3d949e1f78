"""Deployment: what a network needs on a device, or in a runtime: flash, RAM and time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..named_tuple import NamedTuple

if TYPE_CHECKING:  # a document or a view needs the class alone
    from .device import Device, RuntimeName
    from .estimate import TimeEstimate
    from .memory_plan import MemoryPlan
    from .tflm.padding import PaddingCost
    from .time_bound import TimeBound


class Deployment(NamedTuple):
    """A network in a runtime, and on a device if one is given.

    - `runtime`: how it is executed;
    - `weight_bytes`: those of its weights as they are stored: in flash, with norms folded, if
      `in_flash`, and else in RAM;
    - `value_bytes`: the most that values need at once: the arena of TensorFlow Lite Micro, else the
      peak memory;
    - `plan`: where TensorFlow Lite Micro places the values, None for other runtimes;
    - `padding`: the layers whose padding takes memory in that plan;
    - `bound`: the minimum time; None if the device states no speed, and then `no_bound` says why;
    - `estimate`: the estimated time, None if the device has no calibration for the network.
    """

    runtime: RuntimeName
    device: Device | None
    in_flash: bool
    weight_bytes: int
    value_bytes: int
    plan: MemoryPlan | None
    padding: PaddingCost | None
    bound: TimeBound | None
    no_bound: str
    estimate: TimeEstimate | None

    @property
    def ram_bytes(self) -> int:
        """The values, about what an interpreter keeps, and the weights if they are not in flash."""
        persistent = self.plan.persistent_bytes if self.plan else 0
        return self.value_bytes + persistent + (0 if self.in_flash else self.weight_bytes)

    @property
    def ram_limit(self) -> int | None:
        """The RAM that the device has for the runtime."""
        return self.device.ram_of(self.runtime) if self.device else None

    @property
    def flash_limit(self) -> int | None:
        return self.device.flash if self.device and self.in_flash else None

    @property
    def least_energy(self) -> float | None:
        """The joules of the minimum time at the active power of the device, if both are known."""
        power = self.device and self.device.active_power
        return power * self.bound.seconds if power and self.bound else None

    @property
    def numbers(self) -> Mapping[str, int | float]:
        """The quantities that are known."""
        found: dict[str, int | float] = {"ram_bytes": self.ram_bytes}
        if self.in_flash:
            found["flash_bytes"] = self.weight_bytes
        if self.plan:
            found["arena_bytes"] = self.plan.arena_bytes
        if self.bound:
            found["at_least_s"] = self.bound.seconds
        if self.least_energy is not None:
            found["energy_at_least_j"] = self.least_energy
        if self.estimate:
            found["estimate_s"] = self.estimate.seconds
            if self.estimate.energy is not None:
                found["energy_j"] = self.estimate.energy
        return found
