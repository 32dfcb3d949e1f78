"""Objectives: the numbers that a sweep or a fit makes small or large."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from ..named_tuple import NamedTuple
from ..problem import suggestion
from .columns import column_called
from .errors import InvalidSweep

Direction = Literal["min", "max"]


class Objective(NamedTuple):
    """A number to make as small or as large as possible."""

    direction: Direction
    name: str

    def cost(self, value: float) -> float:
        """The value, or its negative: smaller is better."""
        return value if self.direction == "min" else -value


def parse_objectives(text: str, known: Collection[str]) -> tuple[Objective, ...]:
    """Read `min macs, max accuracy`.  Raises InvalidSweep.

    >>> parse_objectives("min macs, max params", ["macs", "params"])[1].name
    'params'
    """
    return tuple([parse_objective(part, known) for part in text.split(",")])


def parse_objective(text: str, known: Collection[str]) -> Objective:
    direction, _, name = text.strip().partition(" ")
    name = name.strip()
    if direction not in ("min", "max") or not name:
        raise InvalidSweep(f"`{text.strip()}` is not an objective: write min NUMBER or max NUMBER")
    column = column_called(name, known)
    if column is None:
        raise InvalidSweep(f"there is no number `{name}`: {suggestion(name, known)}")
    return Objective("min" if direction == "min" else "max", column)
