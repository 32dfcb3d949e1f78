"""The devices of the collection, and those of files."""

from __future__ import annotations

import os

from ..problem import Error, suggestion
from .device import Device
from .reading import read_device

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")


class UnknownDevice(Error, LookupError):
    """A name that is not the name of a device."""


def device_names() -> list[str]:
    """The names of the devices of the collection, sorted."""
    names = (name for name in os.listdir(FOLDER) if name.endswith(".yaml"))
    return sorted(name.removesuffix(".yaml") for name in names)


def bundled_device(name: str) -> Device:
    """A device of the collection.  Raises UnknownDevice."""
    names = device_names()
    if name not in names:
        hint = suggestion(name[:100], names)
        raise UnknownDevice(f"there is no device {name[:100] or '``'}: {hint}")
    with open(os.path.join(FOLDER, f"{name}.yaml"), "rb") as file:
        device = read_device(file.read(), name).device
    assert device is not None, name
    return device
