"""The numbers of a network, and the difference between two."""

from __future__ import annotations

from .. import engine
from ..documents.diff import Difference
from ..documents.show import Report
from ..network import Network
from ..views.show.notebook import report_html


def analyse(network: Network, *, batch: int = 1) -> Report:
    """All numbers of a network, for a batch of the given size."""
    return Report.of(engine.analyse(network, batch))


def diff(before: Network, after: Network, *, batch: int = 1, flat: bool = False) -> Difference:
    """What changed from one network to another, aligned as a person would align them.

    `flat` compares the layers alone, whatever their names, groups and order in the file are.
    """
    from ..difference import compare

    analyses = engine.analyse(before, batch), engine.analyse(after, batch)
    return Difference.of(compare(*analyses, is_flat=flat))


Report._repr_html_ = report_html  # type: ignore[method-assign, assignment]
