"""Whether a network stays within the limits of its file (`budget`)."""

from __future__ import annotations

from ..engine.analysis import Analysis
from ..engine.quantity_values import network_number, per_sample
from ..figure import Figure
from ..problem import Problem


def check_budget(analysis: Analysis) -> list[Problem]:
    """A problem for each limit that is exceeded.  Limits are for one sample."""
    problems = []
    for limit in analysis.network.budget:
        name = limit.number
        found = per_sample(analysis, name, network_number(analysis, name))
        if found > limit.most.value:
            message = f"{name}: {excess_text(found, limit.most, place_of(analysis, name))}"
            problems.append(Problem(limit.span, "budget", message))
    return problems


def place_of(analysis: Analysis, name: str) -> str:
    """The layer at which a number arises, for a number that is not a sum over layers."""
    layer = analysis.totals.peak_layer if name == "peak_bytes" else None
    return f" at `{layer}`" if layer else ""


def excess_text(found: int, most: Figure, place: str) -> str:
    """By how much a number is over its limit, all in the same unit: ones, or bytes.

    The limit is also shown as the file states it.

    >>> excess_text(262144, Figure("250 KiB", 256000, 1024), " at `relu1`")
    '262,144 at `relu1` is over the budget of 256,000 (250 KiB) by 6,144'
    """
    limit = f"{most.value:,}"
    if most.text.replace("_", "") != str(most.value):
        limit += f" ({most.text})"
    return f"{found:,}{place} is over the budget of {limit} by {found - most.value:,}"
