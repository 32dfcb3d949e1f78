"""The functions that an expression can call."""

from __future__ import annotations

import math
from collections.abc import Callable

from ..datum import Datum, many_numbers, show
from ..problem import Refusal, count
from ..shape import Shape
from .arithmetic import bounded, number, required_whole
from .expression import Names


def spread(arguments: tuple[Datum, ...], name: str) -> tuple[Datum, ...]:
    """The numbers of `max(a, b)` or `max(list)`."""
    entries = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], tuple) else arguments
    if not entries and name != "sum":
        raise Refusal(f"`{name}` of an empty list", rule="bad-value")
    for entry in entries:
        number(entry, name)
    return entries


def make_divisible(value: float, divisor: int = 8, min_value: int | None = None) -> int:
    """The multiple of the divisor nearest to the value, but not less than 90 % of it.

    Source: Howard et al., reference implementation of MobileNet (_make_divisible).

    >>> make_divisible(18), make_divisible(11)
    (24, 16)
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
"""The functions with the least and the largest number of their arguments (None: any number)."""
SHAPE_FUNCTIONS: dict[str, Callable[[Shape], Datum]] = {
    "channels": lambda shape: shape.channels,
    "size": lambda shape: shape.spatial,
    "shape": tuple,
}


def call(
    name: str, arguments: tuple[Datum, ...], keywords: dict[str, Datum], names: Names
) -> Datum:
    """The result of a function.  Raises Refusal if it does not take the arguments."""
    function = FUNCTIONS[name][0]
    check_count(name, len(arguments) + len(keywords))
    names.spend(sum(len(argument) for argument in arguments if isinstance(argument, tuple)))
    if name == "len" and not isinstance(arguments[0], tuple):
        raise Refusal(f"`len` takes a list, found {show(arguments[0])}", rule="bad-value")
    if name in ("make_divisible", "round"):
        arguments, keywords = checked_integers(name, arguments, keywords)
    many = many_numbers((*arguments, *keywords.values()))
    if many is not None:
        function = many.functions.get(name, function)
    try:
        return bounded(function(*arguments, **keywords))
    except TypeError:
        raise Refusal(f"`{name}` does not take these arguments", rule="bad-value") from None
    except ZeroDivisionError:
        raise Refusal("division by zero", rule="bad-value") from None


def check_count(name: str, given: int) -> None:
    """Raise Refusal if a function does not take this number of arguments."""
    _, fewest, most = FUNCTIONS[name]
    if given >= fewest and (most is None or given <= most):
        return
    if most == fewest:
        takes = count(fewest, "argument")
    else:
        takes = f"{fewest} to {most} arguments" if most else f"{fewest} or more arguments"
    raise Refusal(f"`{name}` takes {takes}, found {given}", rule="bad-value")


def checked_integers(
    name: str, arguments: tuple[Datum, ...], keywords: dict[str, Datum]
) -> tuple[tuple[Datum, ...], dict[str, Datum]]:
    """The arguments of a function of one number and integers.  Raises Refusal for others."""
    if not arguments:
        raise Refusal(f"`{name}` takes the value as its first argument", rule="bad-value")
    number(arguments[0], name)
    rest = tuple(required_whole(argument, name) for argument in arguments[1:])
    keywords = {word: required_whole(argument, name) for word, argument in keywords.items()}
    if name == "make_divisible" and keywords.get("divisor", (*rest, 8)[0]) < 1:
        raise Refusal("`make_divisible` needs a divisor of 1 or more", rule="bad-value")
    if name == "round" and rest and abs(rest[0]) > 15:
        raise Refusal("`round` takes at most 15 digits", rule="bad-value")
    return (arguments[0], *rest), keywords
