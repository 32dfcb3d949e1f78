"""Whether a network stays within limits: those of its file (`budget`), and given ones."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.analysis import Analysis
from ..engine.quantity_values import network_number, per_sample
from ..figure import Figure, parse_figure
from ..network import Limit
from ..problem import Error, Problem, Span
from ..quantities import names_for, quantity_called

START = Span(1, 1, 1, 2)
"""The position of a limit that is not in the file."""


class LimitError(Error, ValueError):
    """A text that is not a limit; the message states what is expected."""


def given_limit(text: str) -> Limit:
    """The limit that a text such as `params=5M` states.  Raises LimitError."""
    name, _, amount = text.partition("=")
    quantity, most = quantity_called(name.strip()), parse_figure(amount.strip())
    if quantity is None or quantity.name not in names_for("budget"):
        raise LimitError(f"a budget limits {', '.join(names_for('budget'))}; found {text}")
    if most is None:
        raise LimitError(f"a budget is a number and its limit, such as params=5M; found {text}")
    return Limit(quantity.name, most, START)


def check_budget(analysis: Analysis, given: Sequence[Limit] = ()) -> list[Problem]:
    """A problem for each limit that is exceeded, of the file or given.

    Limits are for one sample.
    """
    problems = []
    for limit in (*analysis.network.budget, *given):
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
