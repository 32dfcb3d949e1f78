"""The functions that an expression may call."""

from __future__ import annotations

import math
from collections.abc import Callable

from ..datum import Datum, show
from ..problem import Refusal, count
from ..shape import Shape
from .arithmetic import bounded, number, required_whole
from .value import Names


def spread(arguments: tuple[Datum, ...], name: str) -> tuple[Datum, ...]:
    """The numbers of `max(a, b)` or `max(list)`."""
    entries = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], tuple) else arguments
    if not entries and name != "sum":
        raise Refusal(f"`{name}` of nothing", rule="bad-value")
    for entry in entries:
        number(entry, name)
    return entries


def make_divisible(value: float, divisor: int = 8, min_value: int | None = None) -> int:
    """The nearest multiple of the divisor that is not more than a tenth below the value.

    Source: Howard et al., MobileNet's reference implementation (_make_divisible).
    """
    result = max(
        divisor if min_value is None else min_value, int(value + divisor / 2) // divisor * divisor
    )
    return result + divisor if result < 0.9 * value else result


FUNCTIONS: dict[str, tuple[Callable[..., Datum], int, int | None]] = {
    "min": (lambda *a: min(spread(a, "min")), 1, None),
    "max": (lambda *a: max(spread(a, "max")), 1, None),
    "abs": (lambda a: abs(number(a, "abs")), 1, 1),
    "round": (lambda a, digits=None: round(number(a, "round"), digits), 1, 2),
    "floor": (lambda a: math.floor(number(a, "floor")), 1, 1),
    "ceil": (lambda a: math.ceil(number(a, "ceil")), 1, 1),
    "sum": (lambda *a: sum(spread(a, "sum")), 1, None),
    "len": (len, 1, 1),
    "make_divisible": (make_divisible, 1, 3),
}
"""The functions with how many arguments they take, at least and at most."""
SHAPE_FUNCTIONS: dict[str, Callable[[Shape], Datum]] = {
    "channels": lambda shape: shape.channels,
    "size": lambda shape: shape.spatial,
    "shape": tuple,
}


def call(
    name: str, arguments: tuple[Datum, ...], keywords: dict[str, Datum], names: Names
) -> Datum:
    function, least, most = FUNCTIONS[name]
    given = len(arguments) + len(keywords)
    if given < least or (most is not None and given > most):
        wanted = f"{least} to {most} arguments" if most else f"{least} or more arguments"
        raise Refusal(
            f"`{name}` takes {count(least, 'argument') if most == least else wanted}, found {given}",
            rule="bad-value",
        )
    names.spend(sum(len(argument) for argument in arguments if isinstance(argument, tuple)))
    if name == "len" and not isinstance(arguments[0], tuple):
        raise Refusal(f"`len` takes a list, found {show(arguments[0])}", rule="bad-value")
    if name in ("make_divisible", "round"):
        if not arguments:
            raise Refusal(f"`{name}` takes the value first", rule="bad-value")
        number(arguments[0], name)
        arguments = (arguments[0], *(required_whole(argument, name) for argument in arguments[1:]))
        keywords = {word: required_whole(argument, name) for word, argument in keywords.items()}
        if name == "make_divisible" and keywords.get("divisor", (*arguments, 8)[1]) < 1:
            raise Refusal("`make_divisible` takes a divisor of 1 or more", rule="bad-value")
        if name == "round" and abs((arguments[1:2] or (0,))[0]) > 15:
            raise Refusal("`round` takes up to 15 digits", rule="bad-value")
    try:
        return bounded(function(*arguments, **keywords))
    except TypeError:
        raise Refusal(f"`{name}` cannot take these arguments", rule="bad-value") from None
    except ZeroDivisionError:
        raise Refusal("division by zero", rule="bad-value") from None
