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
}
"""Where each convention lives: the module beside this one, and its name there.  `cnncalc` itself needs none."""


def load(name: str) -> Convention:
    """The convention of that name; KeyError where there is none."""
    module, attribute = CONVENTIONS[name]
    found: Convention = getattr(import_module(f"{__package__}.{module}"), attribute)
    return found
