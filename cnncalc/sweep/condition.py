"""Conditions on the numbers and values of a variant: `macs <= 600M and params < 5M`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ..datum import Datum
from ..expression.expression import Reference, Unknown
from ..expression.grammar import compile_text
from ..figure import PARTS_OF, UNITS, parse_figure, parse_joules, parse_seconds
from ..named_tuple import NamedTuple
from ..problem import Refusal, suggestion
from ..shape import Shape
from .columns import column_called
from .errors import InvalidSweep

SMALL_UNITS = tuple([part + unit for part in PARTS_OF for unit in "sJ"])
FIGURE_UNITS = "|".join(filter(None, [*UNITS, *SMALL_UNITS]))
FIGURE = re.compile(rf"(?<![\w.])[0-9][0-9_.]*(?:{FIGURE_UNITS})(?![\w.])")


class VariantValues(NamedTuple):
    """The names that a condition may use: the numbers of a variant and the values of its axes."""

    values: Mapping[str, Datum]

    def value(self, name: str) -> Datum:
        value = self.values.get(name)
        if value is None:
            raise Unknown
        return value

    def shape(self, reference: Reference) -> Shape:
        raise Refusal(f"`{reference.text}` is not a number of the network")

    def spend(self, effort: int) -> None:
        """A condition is at most MAX_EXPRESSION_LENGTH characters."""


class RowCondition(NamedTuple):
    """An expression of the language over some columns, in which figures may have units.

    `columns` has the column of each name in the expression.
    """

    text: str
    expression: str
    columns: Mapping[str, str]

    def holds(self, values: Mapping[str, Datum]) -> bool:
        """Whether it is true, as in `when`; false if a column has no value.

        Raises InvalidSweep if it cannot be calculated.
        """
        named = {name: values.get(column) for name, column in self.columns.items()}
        try:
            return bool(compile_text(self.expression).run(VariantValues(named)))
        except Refusal as refusal:
            raise InvalidSweep(f"--where `{self.text}`: {refusal.message}") from None
        except Unknown:
            return False


def parse_condition(text: str, known: Collection[str]) -> RowCondition:
    """Read a condition over some columns.  Raises InvalidSweep.

    >>> parse_condition("macs <= 0.5M", ["macs"]).holds({"macs": 500_000})
    True
    """
    expression = FIGURE.sub(lambda found: plain(found[0], text), text)
    try:
        names = compile_text(expression).names
    except Refusal as refusal:
        hint = f": {refusal.hint}" if refusal.hint else ""
        raise InvalidSweep(f"--where `{text}`: {refusal.message}{hint}") from None
    columns = {}
    for name in names:
        column = column_called(name, known)
        if column is None:
            hint = suggestion(name, known)
            raise InvalidSweep(f"--where `{text}`: unknown name `{name}`: {hint}")
        columns[name] = column
    return RowCondition(text, expression, columns)


def plain(figure: str, text: str) -> str:
    """A figure as digits.  Raises InvalidSweep if it is not one."""
    for parse in (parse_seconds, parse_joules):
        if (small := parse(figure)) is not None:
            return f"{small:.9f}"
    found = parse_figure(figure)
    if found is None:
        raise InvalidSweep(f"--where `{text}`: `{figure}` is not a figure, such as 600M or 1.5G")
    return str(found.value)
