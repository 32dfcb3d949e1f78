"""Conditions on the numbers and values of a variant: `macs <= 600M and params < 5M`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ..datum import Datum
from ..expression.expression import Reference, Unknown
from ..expression.grammar import compile_text
from ..figure import UNITS, parse_figure
from ..named_tuple import NamedTuple
from ..problem import Refusal, suggestion
from ..shape import Shape
from .errors import InvalidSweep

FIGURE = re.compile(rf"(?<![\w.])[0-9][0-9_.]*(?:{'|'.join(filter(None, UNITS))})(?![\w.])")


class VariantValues(NamedTuple):
    """The names that a condition may use: the numbers of a variant and the values of its axes."""

    values: Mapping[str, Datum]

    def value(self, name: str) -> Datum:
        if name not in self.values:
            raise Unknown
        return self.values[name]

    def shape(self, reference: Reference) -> Shape:
        raise Refusal(f"`{reference.text}` is not a number of the network")

    def spend(self, effort: int) -> None:
        """A condition is at most MAX_EXPRESSION_LENGTH characters."""


class RowCondition(NamedTuple):
    """An expression of the language over some names, in which figures may have units."""

    text: str
    expression: str
    names: frozenset[str]

    def holds(self, values: Mapping[str, Datum]) -> bool:
        """Whether it is true, as in `when`.  Raises InvalidSweep if it has no value."""
        try:
            return bool(compile_text(self.expression).run(VariantValues(values)))
        except Refusal as refusal:
            raise InvalidSweep(f"--where `{self.text}`: {refusal.message}") from None
        except Unknown:
            return False


def parse_condition(text: str, known: Collection[str]) -> RowCondition:
    """Read a condition over some names.  Raises InvalidSweep.

    >>> parse_condition("macs <= 0.5M", ["macs"]).holds({"macs": 500_000})
    True
    """
    expression = FIGURE.sub(lambda found: plain(found[0], text), text)
    try:
        names = compile_text(expression).names
    except Refusal as refusal:
        hint = f": {refusal.hint}" if refusal.hint else ""
        raise InvalidSweep(f"--where `{text}`: {refusal.message}{hint}") from None
    for name in names:
        if name not in known:
            raise InvalidSweep(
                f"--where `{text}`: unknown name `{name}`: {suggestion(name, known)}"
            )
    return RowCondition(text, expression, frozenset(names))


def plain(figure: str, text: str) -> str:
    """A figure as digits.  Raises InvalidSweep if it is not one."""
    found = parse_figure(figure)
    if found is None:
        raise InvalidSweep(f"--where `{text}`: `{figure}` is not a figure, such as 600M or 1.5G")
    return str(found.value)
