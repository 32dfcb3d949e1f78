"""`--fail-on`: conditions on numbers under which a diff fails."""

from __future__ import annotations

import operator
import re

from ..engine.analysis import Analysis
from ..engine.quantity_values import network_number
from ..named_tuple import NamedTuple
from ..problem import Error
from ..quantities import names_for, quantity_called
from ..shape import Shape
from .comparison import Comparison

NUMBERS = names_for("fail-on")
CONDITION = re.compile(r"\s*(\w[\w -]*?)\s*(>=|<=|>|<)\s*([+-]?)\s*([\d_.]+)\s*(%|[A-Za-z]*)\s*")
OPERATORS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


class ConditionError(Error, ValueError):
    """A text that is not a condition; the message states what is expected."""


class FailCondition(NamedTuple):
    """A number above or below a limit; its change if there is a `sign`, in percent if `percent`.

    The condition `output` has no limit: it applies if the output shape is different.
    """

    text: str
    number: str
    sign: str = ""
    operator: str = ""
    limit: int = 0
    percent: float | None = None

    def reason(self, comparison: Comparison) -> str:
        """The number with which a comparison meets the condition; empty if it does not."""
        before, after = comparison.before, comparison.after
        if self.number == "output":
            present = bool(before.layers and after.layers)
            differs = present and output_shapes(before) != output_shapes(after)
            return "the output shape is different" if differs else ""
        earlier, later = network_number(before, self.number), network_number(after, self.number)
        change = later - earlier
        if self.percent is not None:
            if not before.layers or not after.layers or not earlier:
                return ""  # a change from nothing has no percentage
            holds = self.holds(100 * change, self.percent * earlier)
            return f"{100 * change / earlier:+.2f} %" if holds else ""
        if self.sign:
            return f"{change:+,}" if self.holds(change, self.limit) else ""
        return f"{later:,}" if self.holds(later, self.limit) else ""

    def holds(self, found: float, limit: float) -> bool:
        return bool(OPERATORS[self.operator](found, limit))


def output_shapes(analysis: Analysis) -> dict[str, Shape]:
    return {name: value.shape for name, value in analysis.network.outputs.items()}


def parse_condition(text: str) -> FailCondition:
    """Read `params > +5%`, `macs > +100M`, `peak_bytes > 8 MiB` or `output`.

    Raises ConditionError.
    """
    from ..figure import parse_figure

    if text.strip() == "output":
        return FailCondition(text, "output")
    found = CONDITION.fullmatch(text)
    if not found:
        raise ConditionError(
            f"--fail-on takes a rule such as 'params > +5%', or output; found {text}"
        )
    name, operator, sign, amount, unit = found.groups()
    quantity = quantity_called(name)
    if quantity is None or quantity.name not in NUMBERS:
        raise ConditionError(f"--fail-on takes {', '.join(NUMBERS)} and output; found {name}")
    number = quantity.name
    factor = -1 if sign == "-" else 1
    if unit == "%":
        try:
            percent = factor * float(amount.replace("_", ""))
        except ValueError:
            raise ConditionError(f"--fail-on: {amount} is not a number") from None
        return FailCondition(text, number, sign or "+", operator, 0, percent)
    limit = parse_figure(amount + unit, is_count=quantity.unit == "count")
    if limit is None:
        example = "use for example 5%, 100k or 8 MiB"
        raise ConditionError(f"--fail-on: {amount + unit} is not a number: {example}")
    return FailCondition(text, number, sign, operator, factor * limit.value)
