"""Objectives: the numbers that a sweep or a fit makes small or large."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from ..metrics import METRICS
from ..named_tuple import NamedTuple
from ..problem import suggestion
from ..quantities import QUANTITIES
from .columns import column_called
from .errors import InvalidSweep

Direction = Literal["min", "max"]
USUAL_PLOT = ("macs", "params")
SCARCE_UNITS = ("bytes", "seconds", "joules")
"""The units of what a device has little of."""


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


def usual_objectives(across: str, up: str) -> tuple[Objective, ...]:
    """The objectives of a plot of two columns: the first is a price, the second what it buys.

    A metric across is bought with the second; of bytes, times and energy, less is always better.

    >>> usual_objectives("macs", "params")
    (Objective(direction='min', name='macs'), Objective(direction='max', name='params'))
    """
    quantity = QUANTITIES.get(up)
    is_scarce = quantity is not None and quantity.unit in SCARCE_UNITS
    is_price = is_scarce or (across in METRICS and up not in METRICS)
    return (
        Objective("max" if across in METRICS else "min", across),
        Objective("min" if is_price else "max", up),
    )


def parse_plot(
    text: str | None, known: Collection[str], objectives: Sequence[Objective] = ()
) -> tuple[str, ...]:
    """The columns of a plot: two, or one for its distribution.  Raises InvalidSweep.

    Without a text, those of the first two objectives, or MACs and parameters.

    >>> parse_plot("macs,top1", ["macs", "top1"]), parse_plot("macs", ["macs"])
    (('macs', 'top1'), ('macs',))
    """
    names = [part.strip() for part in text.split(",")] if text is not None else list(USUAL_PLOT)
    if text is None and len(objectives) > 1:
        names = [objective.name for objective in objectives[:2]]
    columns = [column_called(name, known) for name in names]
    for name, column in zip(names, columns, strict=True):
        if column is None:
            raise InvalidSweep(f"--plot: there is no column `{name}`: {suggestion(name, known)}")
    if len(columns) > 2:
        raise InvalidSweep("--plot takes two columns, X,Y, or one for its distribution")
    return tuple([column for column in columns if column is not None])
