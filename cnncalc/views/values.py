"""The values of table cells, and their text for people and for machines."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, log10
from typing import Literal

from ..escape import safe
from ..named_tuple import NamedTuple
from ..network import Value
from ..quantities import Quantity
from ..shape import Shape
from .text import percent, short, short_bytes, short_joules, short_seconds

Kind = Literal["text", "count", "bytes", "share", "ratio", "seconds", "joules", "integer"]


class Proportion(NamedTuple):
    """A part of a whole."""

    part: int
    whole: int

    def __float__(self) -> float:
        return self.part / self.whole


class Ratio(NamedTuple):
    """A number as a multiple of another one."""

    number: int | float
    unit: int | float

    def __float__(self) -> float:
        return self.number / self.unit

    def text(self, exact: bool) -> str:
        """The ratio to three significant digits, or with all of a float.

        >>> Ratio(3_504_872, 138_357_544).text(False), Ratio(53, 16).text(False)
        ('0.0253x', '3.31x')
        >>> Ratio(1, 3).text(True), Ratio(0, 3).text(False), Ratio(12_345, 10).text(False)
        ('0.3333333333333333x', '0x', '1,234x')
        """
        from decimal import Decimal  # few tables have ratios

        found = float(self)
        if exact:
            return f"{format(Decimal(repr(found)), 'f').removesuffix('.0')}x"
        if not found:
            return "0x"
        return f"{found:,.{max(0, 2 - floor(log10(found)))}f}x"


def kind_of(quantity: Quantity) -> Kind:
    """The kind of the cells of a quantity that is a number."""
    return "count" if quantity.unit == "shape" else quantity.unit


class Stated(NamedTuple):
    """A value with the text that states it, which is printed."""

    value: str | int | float
    text: str

    def __str__(self) -> str:
        return self.text

    def __float__(self) -> float:
        return float(self.value)


Cell = str | int | float | Proportion | Ratio | Stated | None


def human(kind: Kind, cell: Cell, exact: bool) -> str:
    """A cell for people; empty for nothing, and for zero but of kind `integer`."""
    if kind == "integer" and isinstance(cell, int):
        return f"{cell:,}"
    if cell is None or cell == 0:
        return ""
    if isinstance(cell, Stated):
        return cell.text
    if isinstance(cell, Proportion):
        return percent(*cell)
    if isinstance(cell, Ratio):
        return cell.text(exact)
    if kind == "seconds" and isinstance(cell, float):
        return f"{cell:g} s" if exact else short_seconds(cell)
    if kind == "joules" and isinstance(cell, float):
        return f"{cell:g} J" if exact else short_joules(cell)
    if isinstance(cell, float):
        return f"{cell:.1f}"
    if kind == "text" or isinstance(cell, str):
        return str(cell)
    if exact:
        return f"{cell:,}"
    return short_bytes(cell) if kind == "bytes" else short(cell)


def machine(cell: Cell) -> str:
    """A cell for machines: all digits, and no unit."""
    if cell is None:
        return ""
    if isinstance(cell, Stated):
        return cell.text
    return f"{float(cell):.6g}" if isinstance(cell, float | Proportion | Ratio) else str(cell)


def shapes(values: Mapping[str, Shape] | Mapping[str, Value]) -> str:
    """Shapes by name: `3x224x224` if there is one, or `left 1x105x105, right 1x105x105`."""
    found = {name: shape_of(value) for name, value in values.items()}
    if len(found) == 1:
        return str(next(iter(found.values())))
    return ", ".join(f"{safe(name)} {shape}" for name, shape in found.items())


def shape_of(value: Shape | Value) -> Shape:
    return value.shape if isinstance(value, Value) else value
