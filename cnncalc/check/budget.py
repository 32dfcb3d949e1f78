"""Whether a network keeps within the limits of its file (`budget`)."""

from __future__ import annotations

from ..engine.report import Analysis
from ..network import Expectation
from ..problem import Problem
from .expect import number


def check_budget(report: Analysis) -> list[Problem]:
    """A problem for each limit that is exceeded.  Limits are for one sample."""
    problems = []
    for limit in report.network.budget:
        found = number(report, Expectation("", limit.number, limit.most, limit.span))
        if isinstance(found, int) and found > limit.most.value:
            over = found - limit.most.value
            message = (
                f"{limit.number}: {found:,} is over the budget of {limit.most.text} by {over:,}"
            )
            problems.append(Problem(limit.span, "budget", message))
    return problems
