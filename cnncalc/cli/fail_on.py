"""`--fail-on`: how far a number may change."""

from __future__ import annotations

import re
from typing import NamedTuple

import click

from ..difference.comparison import Comparison
from ..engine.quantities import network_number
from ..quantities import names_for
from ..views.text import safe

NUMBERS = names_for("fail-on")
RULE = re.compile(r"\s*(\w+)\s*(>=|<=|>|<)\s*([+-]?)\s*([\d_.]+)\s*(%|[A-Za-z]*)\s*")


class FailCondition(NamedTuple):
    """What makes a diff fail: a number over or under a limit, or its change where `relative` or `sign` say so.

    `output` has no limit: it may not change.
    """

    text: str
    number: str
    sign: str = ""
    operator: str = ""
    limit: int = 0
    percent: float | None = None

    def broken(self, difference: Comparison) -> str:
        """How a difference breaks the rule, in words; empty where it does not."""
        before, after = difference.before, difference.after
        if self.number == "output":
            shapes = [
                {name: value.shape for name, value in side.network.outputs.items()}
                for side in (before, after)
            ]
            return (
                "the output is another"
                if shapes[0] != shapes[1] and before.layers and after.layers
                else ""
            )
        earlier, later = network_number(before, self.number), network_number(after, self.number)
        if self.percent is not None:
            if not before.layers or not after.layers or not earlier:
                return ""  # of nothing there is no percent
            found = 100 * (later - earlier) / earlier
            return (
                f"{found:+.2f} %"
                if self.holds(100 * (later - earlier), self.percent * earlier)
                else ""
            )
        if self.sign:
            return f"{later - earlier:+,}" if self.holds(later - earlier, self.limit) else ""
        return f"{later:,}" if self.holds(later, self.limit) else ""

    def holds(self, found: float, limit: float) -> bool:
        results = {
            ">": found > limit,
            ">=": found >= limit,
            "<": found < limit,
            "<=": found <= limit,
        }
        return results[self.operator]


def rule(text: str) -> FailCondition:
    """Read `params > +5%`, `macs > +100M`, `peak_bytes > 8 MiB` or `output`.  Raises UsageError."""
    from ..figure import figure

    if text.strip() == "output":
        return FailCondition(text, "output")
    found = RULE.fullmatch(text)
    if not found:
        raise click.UsageError(
            f"--fail-on takes a rule as in 'params > +5%', or output, found {safe(text)}"
        )
    number, operator, sign, amount, unit = found.groups()
    if number not in NUMBERS:
        raise click.UsageError(
            f"--fail-on knows {', '.join(NUMBERS)} and output, found {safe(number)}"
        )
    factor = -1 if sign == "-" else 1
    if unit == "%":
        try:
            return FailCondition(
                text, number, sign or "+", operator, 0, factor * float(amount.replace("_", ""))
            )
        except ValueError:
            raise click.UsageError(f"--fail-on: {safe(amount)} is no number") from None
    read = figure(amount + unit)
    if read is None:
        raise click.UsageError(
            f"--fail-on: {safe(amount + unit)} is no number: as in 5%, 100k, 8 MiB"
        )
    return FailCondition(text, number, sign, operator, factor * read.value)
