"""Devices: what a network runs on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ..named_tuple import NamedTuple
from ..problem import Error
from .calibration import Calibration

RuntimeName = Literal["file", "tflm", "eager"]
MemoryName = Literal["ram", "flash"]
MEMORIES: tuple[MemoryName, ...] = ("ram", "flash")
RUNTIMES: tuple[RuntimeName, ...] = ("file", "tflm", "eager")


class NoPeak(Error):
    """A type in which a device states no speed."""


class Device(NamedTuple):
    """A device, as its file states it.

    - `name`: the name of its file, `title` the product;
    - `clock`: Hz; `macs`: the most multiply-accumulates a second, by type;
    - `bandwidth`: bytes a second, by memory (`ram`, `flash`);
    - `ram`, `ram_block`, `flash`: bytes; the block is the largest that is contiguous;
    - `runtime`, `dtype`: what is usual there; `weights`: the memory that weights are in;
    - `active_power`: watts;
    - `calibrations`: speeds fitted to measured times, for a runtime, type and batch each;
    - `sources`: where each number is from, by its key; `unchecked` are the keys of numbers that
      nobody compared with that source.

    What is not stated is None, or missing.
    """

    name: str
    title: str
    clock: float | None
    macs: Mapping[str, float]
    bandwidth: Mapping[str, float]
    ram: int | None
    ram_block: int | None
    flash: int | None
    runtime: RuntimeName
    dtype: str
    weights: MemoryName | None
    active_power: float | None
    calibrations: tuple[Calibration, ...]
    sources: Mapping[str, str]
    unchecked: frozenset[str]

    @property
    def has_flash(self) -> bool:
        """Whether weights are in a memory of their own."""
        if self.weights is not None:
            return self.weights == "flash"
        return self.flash is not None or "flash" in self.bandwidth

    def ram_of(self, runtime: RuntimeName) -> int | None:
        """The RAM that a runtime can use; an arena is in the largest contiguous block."""
        return (self.ram_block if runtime == "tflm" else None) or self.ram

    def peak(self, dtype: str) -> float:
        """The most multiply-accumulates a second in a type.  Raises NoPeak."""
        if dtype not in self.macs:
            known = ", ".join(self.macs) or "no type"
            raise NoPeak(f"the speed of {self.name} is stated for {known}, not for {dtype}")
        return self.macs[dtype]
