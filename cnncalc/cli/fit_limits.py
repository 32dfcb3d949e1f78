"""The limits of a fit: those that `--under` states, and those of a device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..check.budget import LimitError, given_device_limit, given_limit, named_quantity
from ..quantities import device_limits, folded
from ..sweep.errors import InvalidSweep
from ..sweep.search import SearchLimit
from .device import DeviceOptions, numbers_there
from .sweep_job import numbers_of


def limits_of(under: Sequence[str], target: DeviceOptions) -> tuple[SearchLimit, ...]:
    """The limits that `--under` states, and those of a device.  Raises InvalidSweep."""
    try:
        stated = [limit_of(part, target) for text in under for part in text.split(",")]
    except LimitError as error:
        raise InvalidSweep(f"--under: {error}") from None
    limits = {one.number: one for one in (*whole_device(target), *stated)}
    if len({one.number for one in stated}) < len(stated):
        raise InvalidSweep("--under gives two limits of a number")
    if not limits:
        raise InvalidSweep("nothing is limited: add --under NUMBER=FIGURE, or --device NAME")
    return tuple(limits.values())


def limit_of(text: str, target: DeviceOptions) -> SearchLimit:
    """The limit that a text states.  Raises LimitError or InvalidSweep."""
    quantity, amount = named_quantity(text)
    key = folded(quantity.words)
    is_known = quantity.name in numbers_of(target)
    if not (is_known or target) and key in device_limits():
        raise InvalidSweep(f"--under: {key} is a number on a device: add --device NAME")
    if not is_known:
        place = f"on {target.device.name}" if target.device else "of every network"
        raise InvalidSweep(f"--under: {key} is not a number {place}")
    if not (target and key in device_limits()):
        limit = given_limit(quantity, amount, text)
        return SearchLimit(quantity.name, quantity.name, limit.most.value)
    on_device = given_device_limit(quantity, amount)
    whole = capacity(quantity.name, target) if on_device.is_share else 1
    if whole is None:
        raise InvalidSweep(f"--under: {text} is a share, and the device does not state the whole")
    return SearchLimit(key, quantity.name, on_device.amount * whole)


def whole_device(target: DeviceOptions) -> Iterator[SearchLimit]:
    """The limits of a device: all of its flash and RAM."""
    for key, quantity in device_limits().items():
        whole = capacity(quantity.name, target)
        if whole is not None and quantity.name != "arena_bytes":
            yield SearchLimit(key, quantity.name, whole)


def capacity(number: str, target: DeviceOptions) -> int | None:
    """How much a device has of what a number of bytes is a part of; None if it states nothing."""
    device = target.device
    if device is None or number not in numbers_there(target):
        return None
    if number == "flash_bytes":
        return device.flash
    is_ram = number in ("ram_bytes", "arena_bytes")
    return device.ram_of(target.runtime or device.runtime) if is_ram else None
