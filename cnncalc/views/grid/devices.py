"""Devices as rows: one per device, or one per number of a device with its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...devices.calibration import Calibration
from ...devices.device import Device
from ..values import Cell
from .grid import Grid, GridColumn

DEVICES = (
    GridColumn("name", "name", rank=9, color="bold"),
    GridColumn("title", "device", rank=4, least=12),
    GridColumn("clock", "Hz", "count", rank=3),
    GridColumn("dtype", "dtype", rank=5),
    GridColumn("macs", "MACs/s", "count", rank=6),
    GridColumn("ram", "RAM", "bytes", rank=8),
    GridColumn("flash", "flash", "bytes", rank=7),
    GridColumn("runtime", "runtime", rank=2),
    GridColumn("unchecked", "unchecked", "count", rank=1),
)
NUMBERS = (
    GridColumn("number", "number", rank=9, color="bold"),
    GridColumn("value", "value", rank=8, right=True),
    GridColumn("unit", "unit", rank=5),
    GridColumn("checked", "checked", rank=6),
    GridColumn("source", "source", rank=7, least=16),
)


def devices_grid(devices: Sequence[Device]) -> Grid:
    """One row per device; its MACs a second are those of its usual type."""
    return Grid(DEVICES, tuple([device_row(device) for device in devices]), title="Devices")


def device_row(device: Device) -> tuple[Cell, ...]:
    peak = device.macs.get(device.dtype)
    return (
        device.name,
        device.title,
        whole(device.clock),
        device.dtype,
        whole(peak),
        device.ram,
        device.flash,
        device.runtime,
        len(device.unchecked),
    )


def whole(number: float | None) -> int | None:
    return None if number is None else round(number)


def device_grid(device: Device) -> Grid:
    """One row per number of a device."""
    return Grid(NUMBERS, tuple(number_rows(device)), title=device.title)


def number_rows(device: Device) -> Iterator[tuple[Cell, ...]]:
    """The numbers with their units; those of each type or memory have its name."""
    for key, unit, number in stated(device):
        main = key.partition(".")[0]
        source = main
        if main == "macs" and "macs" not in device.sources:
            source = "macs_per_cycle"
        checked = "no" if source in device.unchecked else "yes"
        text = device.sources.get(source, "")
        yield key, number_text(number), unit, checked if text else "", text
    checked = "no" if "calibrations" in device.unchecked else "yes"
    for index, calibration in enumerate(device.calibrations, 1):
        for key, unit, number in speeds(calibration):
            name = f"calibrations.{index}.{key}"
            yield name, number_text(number), unit, checked, calibration.source


def speeds(calibration: Calibration) -> Iterator[tuple[str, str, float]]:
    """The fitted speeds and their errors, with their units."""
    yield "macs", "MACs/s", calibration.macs
    if calibration.depthwise is not None:
        yield "depthwise", "MACs/s", calibration.depthwise
    if calibration.bandwidth is not None:
        yield "bandwidth", "B/s", calibration.bandwidth
    if calibration.operator:
        yield "operator", "s", calibration.operator
    yield "median", "", calibration.median
    yield "within", "", calibration.within


def number_text(number: float) -> str:
    """A number with all digits.

    >>> number_text(41.3e12), number_text(0.042)
    ('41,300,000,000,000', '0.042')
    """
    return f"{round(number):,}" if number == round(number) else f"{number:g}"


def stated(device: Device) -> Iterator[tuple[str, str, float]]:
    """The keys of the stated numbers, with their units."""
    if device.clock is not None:
        yield "clock", "Hz", device.clock
    for dtype, speed in device.macs.items():
        yield f"macs.{dtype}", "MACs/s", speed
    for memory, speed in device.bandwidth.items():
        yield f"bandwidth.{memory}", "B/s", speed
    sizes = {"ram": device.ram, "ram_block": device.ram_block, "flash": device.flash}
    for key, size in sizes.items():
        if size is not None:
            yield key, "B", size
    if device.active_power is not None:
        yield "active_power", "W", device.active_power
