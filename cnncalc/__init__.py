"""A calculator of CNN architectures.  `cnncalc.api` describes the Python interface."""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .api import (
        Change,
        Difference,
        DifferenceRow,
        Error,
        FieldReport,
        GroupReport,
        LayerReport,
        MeasureReport,
        Network,
        Problem,
        Report,
        RequestError,
        Share,
        Totals,
        TrainingTotals,
    )
    from .api.analysis import analyse, diff
    from .api.exporting import to_pytorch
    from .api.importing import MissingTorch, from_pytorch
    from .api.loading import NetworkError, load
    from .api.planning import NetworkPlan as Plan

__all__ = [
    "Change",
    "Difference",
    "DifferenceRow",
    "Error",
    "FieldReport",
    "GroupReport",
    "LayerReport",
    "MeasureReport",
    "MissingTorch",
    "Network",
    "NetworkError",
    "Plan",
    "Problem",
    "Report",
    "RequestError",
    "Share",
    "Totals",
    "TrainingTotals",
    "analyse",
    "diff",
    "from_pytorch",
    "load",
    "to_pytorch",
]


def __dir__() -> list[str]:
    """All public names, also those that were not accessed yet."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    """Import a name on first access: the command line needs none of them."""
    if name in __all__:
        from . import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
