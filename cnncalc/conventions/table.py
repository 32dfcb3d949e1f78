"""The conventions by name."""

from __future__ import annotations

from importlib import import_module

from .convention import Convention

CONVENTIONS = {
    "torchinfo": ("torchinfo", "CONVENTION"),
    "fvcore": ("fvcore", "CONVENTION"),
    "ptflops": ("ptflops", "CONVENTION"),
    "thop": ("thop", "CONVENTION"),
    "calflops": ("calflops", "MACS"),
    "calflops-flops": ("calflops", "FLOPS"),
    "keras": ("keras", "CONVENTION"),
}
"""The module of this package and the attribute that hold each convention.

`cnncalc`, the project's own count, needs no convention.
"""


def load(name: str) -> Convention:
    """The convention with that name. Raises KeyError if there is none."""
    module, attribute = CONVENTIONS[name]
    found: Convention = getattr(import_module(f"{__package__}.{module}"), attribute)
    return found
