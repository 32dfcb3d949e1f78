"""Operators: arithmetic and comparisons, with bounds on every result."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

from ..datum import Datum, show, whole
from ..limits import MAX_EXPONENT, MAX_VALUE
from ..problem import Refusal
from .lists import on_lists
from .value import Names


def bounded(value: Datum) -> Datum:
    """Refuse numbers without bounds; everything that is calculated passes here."""
    kind = type(value)
    if kind is float and not math.isfinite(value):
        raise Refusal("the result is not a finite number", rule="bad-value")
    if (kind is int or kind is float) and not -MAX_VALUE <= value <= MAX_VALUE:
        raise Refusal("numbers go up to 10^15, the result is larger", rule="limit")
    return value


def number(value: Datum, mark: str) -> int | float:
    if type(value) is not int and type(value) is not float:
        raise Refusal(f"`{mark}` takes numbers, found {show(value)}", rule="bad-value")
    return value


def required_whole(value: Datum, name: str) -> int:
    result = whole(value)
    if result is None:
        raise Refusal(f"`{name}` takes a whole number there, found {show(value)}", rule="bad-value")
    return result


def power(left: float, right: float) -> Datum:
    if abs(right) > MAX_EXPONENT:
        raise Refusal(f"an exponent is at most {MAX_EXPONENT}, found {show(right)}", rule="limit")
    result = left**right
    if isinstance(result, complex):
        raise Refusal("the result is not a number", rule="bad-value")
    return result


ARITHMETIC: dict[str, Callable[[float, float], Datum]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": power,
}
COMPARISONS: dict[str, Callable[[Datum, Datum], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def calculate(mark: str, left: Datum, right: Datum, names: Names) -> Datum:
    if type(left) is not int or type(right) is not int:  # most are
        if isinstance(left, tuple) or isinstance(right, tuple):
            return on_lists(mark, left, right, names)
        number(left, mark)
        number(right, mark)
    try:
        return bounded(ARITHMETIC[mark](left, right))
    except ZeroDivisionError:
        raise Refusal("division by zero", rule="bad-value") from None
    except OverflowError:
        raise Refusal("numbers go up to 10^15, the result is larger", rule="limit") from None


def compare(mark: str, left: Datum, right: Datum) -> bool:
    if mark not in ("==", "!="):
        number(left, mark)
        number(right, mark)
    if isinstance(left, bool) != isinstance(right, bool):
        return mark == "!="
    return COMPARISONS[mark](left, right)
