"""Arithmetic and comparisons, with bounds on every result."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

from ..datum import Datum, count_entries, is_number, show, whole
from ..limits import MAX_EXPONENT, MAX_VALUE
from ..problem import Refusal
from .expression import Names
from .lists import on_lists

TOO_LARGE = "the result is larger than 10^15"


def bounded(value: Datum) -> Datum:
    """The value itself.  Raises Refusal if it is not finite, or larger than MAX_VALUE."""
    if type(value) is int and -MAX_VALUE <= value <= MAX_VALUE:  # most are
        return value
    if type(value) is float and not math.isfinite(value):
        raise Refusal("the result is not a finite number", rule="bad-value")
    if is_number(value) and not -MAX_VALUE <= value <= MAX_VALUE:
        raise Refusal(TOO_LARGE, rule="limit")
    return value


def number(value: Datum, mark: str) -> int | float:
    """The value itself.  Raises Refusal if it is not a number; `mark` is the operator."""
    if not is_number(value):
        raise Refusal(f"`{mark}` takes numbers, found {show(value)}", rule="bad-value")
    return value


def required_whole(value: Datum, name: str) -> int:
    """The value as an int.  Raises Refusal if it is not an integer; `name` is the function."""
    result = whole(value)
    if result is None:
        raise Refusal(f"`{name}` takes an integer, found {show(value)}", rule="bad-value")
    return result


def power(left: float, right: float) -> Datum:
    if abs(right) > MAX_EXPONENT:
        raise Refusal(
            f"an exponent must be at most {MAX_EXPONENT}, found {show(right)}", rule="limit"
        )
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
    """The result of an arithmetic operator.  Raises Refusal if there is none."""
    if type(left) is not int or type(right) is not int:  # most are
        if isinstance(left, tuple) or isinstance(right, tuple):
            return on_lists(mark, left, right, names, calculate)
        number(left, mark)
        number(right, mark)
    try:
        return bounded(ARITHMETIC[mark](left, right))
    except ZeroDivisionError:
        raise Refusal("division by zero", rule="bad-value") from None
    except OverflowError:
        raise Refusal(TOO_LARGE, rule="limit") from None


def compare(mark: str, left: Datum, right: Datum, names: Names) -> bool:
    """The result of a comparison.  A boolean is never equal to a number."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        names.spend(count_entries(left))
    if mark not in ("==", "!="):
        number(left, mark)
        number(right, mark)
    if isinstance(left, bool) != isinstance(right, bool):
        return mark == "!="
    return COMPARISONS[mark](left, right)
