"""Whether a network stays within the limits of its file (`budget`)."""

from __future__ import annotations

from ..engine.analysis import Analysis
from ..engine.quantity_values import network_number, per_sample
from ..problem import Problem


def check_budget(analysis: Analysis) -> list[Problem]:
    """A problem for each limit that is exceeded.  Limits are for one sample."""
    problems = []
    for limit in analysis.network.budget:
        name = limit.number
        found = per_sample(analysis, name, network_number(analysis, name))
        excess = found - limit.most.value
        if excess > 0:
            message = f"{name}: {found:,} is over the budget of {limit.most.text} by {excess:,}"
            problems.append(Problem(limit.span, "budget", message))
    return problems
