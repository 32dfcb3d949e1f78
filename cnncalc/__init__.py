"""A calculator of convolutional network architectures.  The Python interface is described in `cnncalc.api`."""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .api import Group, Layer, Network, NetworkError, Problem, ReceptiveField, Report, Share, Totals, TrainingTotals
    from .api import WrongRequest as WrongRequest
    from .api import analyse as analyse
    from .api import load as load

__all__ = [
    "Group", "Layer", "Network", "NetworkError", "Problem", "ReceptiveField", "Report", "Share", "Totals", "TrainingTotals",
    "WrongRequest", "analyse", "load",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """Names are imported when they are asked for: the command line needs none of them."""
    if name in __all__:
        from . import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
