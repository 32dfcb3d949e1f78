"""Values as a file has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ..layers import layer_class
from ..layers.field import Field
from ..layers.parameter import Default
from ..unparse.layout import Tree
from ..unparse.scalars import scalar

LISTS = frozenset(("order", "range", "index", "shift", "axis", "parts", "begin", "end"))
"""Arguments whose lists are not sizes: they are written in brackets, not as 3x5."""

MAX_DENOMINATOR = 1000
LONG = 8  # characters of a number


def literal(value: Any, argument: str = "") -> Tree:
    """A value as a tree: sizes as 3x5, lists in brackets, fractions as 1/24."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "none"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, tuple | list):
        are_sizes = all(type(entry) is int and entry > 0 for entry in value)
        if are_sizes and len(value) > 1 and argument not in LISTS:
            return "x".join(map(str, value))
        return [literal(entry) for entry in value]
    return quoted(str(value)) if isinstance(value, str) else str(value)


def number(value: float) -> str:
    """A number: whole, a short decimal, or the shortest expression that is exactly it.

    >>> number(2.0), number(0.5), number(1 / 3), number(0.1)
    ('2', '0.5', '1 / 3', '0.1')
    >>> number(32**-0.5), number(1.04**-0.5), number(3 * 0.0125)
    ('32 ** -0.5', '1.04 ** -0.5', '3 * 0.0125')
    """
    if value.is_integer():
        return str(int(value))
    text = repr(value)
    if len(text) <= LONG or not 1e-6 < abs(value) < 1e6:
        return text
    found = [candidate for candidate, exact in short_forms(value) if exact == value]
    return min((text, *found), key=len)


def short_forms(value: float) -> Iterator[tuple[str, float]]:
    """Expressions that are about a number, and what they are."""
    from fractions import Fraction  # slow to import, and few numbers have a fraction

    fraction = Fraction(value).limit_denominator(MAX_DENOMINATOR)
    if fraction:
        quotient = fraction.numerator / fraction.denominator
        yield f"{fraction.numerator} / {fraction.denominator}", quotient
    for factor in range(2, 10):
        short = round(value / factor, 5)
        yield f"{factor} * {short}", factor * short
    if value > 0:
        for exponent in (-0.5, 0.5, -0.25):
            base = round(value ** (1 / exponent), 4)
            base = int(base) if base.is_integer() else base
            if base > 0:
                yield f"{base} ** {exponent}", base**exponent
        base = round(value**-2, 4)
        if base > 0:
            yield f"1 / {base} ** 0.5", 1 / base**0.5


def quoted(text: str) -> str:
    """An expression or word as a YAML scalar: in quotes if YAML would read it otherwise.

    >>> quoted("4 * planes"), quoted("max(1, c)"), quoted("[-1, 2 * c]")
    ('4 * planes', '"max(1, c)"', '[-1, 2 * c]')
    """
    return text if is_plain_list(text) else scalar(text)


def is_plain_list(text: str) -> bool:
    """True for a list that YAML reads as one, with entries that need no quotes."""
    return re.fullmatch(r"\[[^\[\]{}():#\"]*\]", text) is not None


def first_argument(kind: str) -> str:
    """The argument that a file may give without its name; empty if a layer has none."""
    return next(iter(layer_class(kind).fields), "")


def is_default(kind: str, argument: str, value: Any, others: dict[str, Any]) -> bool:
    """True if a layer has this value of an argument anyway."""
    field: Field | None = layer_class(kind).fields.get(argument)
    if field is None or field.required:
        return False
    default = field.default
    if isinstance(default, Default):
        default = default.of(dict.fromkeys(layer_class(kind).fields) | others, None)
        if default is None:
            return False
    return same(value, default)


def same(value: Any, default: Any) -> bool:
    """True for equal values of one type; sizes may be one number for all axes."""
    if isinstance(value, bool) != isinstance(default, bool):
        return False
    if isinstance(value, Sequence) and not isinstance(value, str) and isinstance(default, int):
        return all(entry == default for entry in value)
    return bool(value == default)
