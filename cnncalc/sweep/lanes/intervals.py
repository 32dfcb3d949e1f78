"""Intervals of numbers: what is known of lanes without looking at each of them."""

from __future__ import annotations

from collections.abc import Callable

ValueBounds = tuple[float, float]
"""The least and the largest value that a number may have; both are ints for an int."""


def added(x: ValueBounds, y: ValueBounds) -> ValueBounds:
    return x[0] + y[0], x[1] + y[1]


def subtracted(x: ValueBounds, y: ValueBounds) -> ValueBounds:
    return x[0] - y[1], x[1] - y[0]


def multiplied(x: ValueBounds, y: ValueBounds) -> ValueBounds:
    if x[0] >= 0 and y[0] >= 0:
        return x[0] * y[0], x[1] * y[1]
    corners = x[0] * y[0], x[0] * y[1], x[1] * y[0], x[1] * y[1]
    return min(corners), max(corners)


def divided(x: ValueBounds, y: ValueBounds) -> ValueBounds:
    """Of a quotient that is rounded down; the divisor is not zero.

    >>> divided((7, 20), (2, 3)), divided((-7, 20), (-3, 3))
    ((2, 10), (-20, 20))
    """
    if y[0] > 0:
        corners = x[0] // y[0], x[0] // y[1], x[1] // y[0], x[1] // y[1]
        return min(corners), max(corners)
    most = max(-x[0], x[1])
    return -most, most


def remainder(x: ValueBounds, y: ValueBounds) -> ValueBounds:
    """Of a remainder with the sign of the divisor.

    >>> remainder((0, 20), (1, 3))
    (0, 2)
    """
    if y[0] > 0:
        return 0, y[1] - 1
    most = max(-y[0], y[1])
    return -most, most


BOUNDS: dict[str, Callable[[ValueBounds, ValueBounds], ValueBounds]] = {
    "+": added,
    "-": subtracted,
    "*": multiplied,
    "//": divided,
    "%": remainder,
}
"""The interval of the result of an operator on integers."""


def always(mark: str, x: ValueBounds, y: ValueBounds) -> bool:
    """Whether a comparison holds for all numbers of two intervals.

    >>> always("<", (1, 3), (4, 9)), always("<", (1, 4), (4, 9)), always("!=", (1, 3), (4, 9))
    (True, False, True)
    """
    return HOLDS[mark](x, y)


def never(mark: str, x: ValueBounds, y: ValueBounds) -> bool:
    """Whether a comparison holds for no numbers of two intervals.

    >>> never("==", (1, 3), (4, 9)), never(">=", (1, 4), (4, 9))
    (True, False)
    """
    return HOLDS[OPPOSITES[mark]](x, y)


OPPOSITES = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
HOLDS: dict[str, Callable[[ValueBounds, ValueBounds], bool]] = {
    "<": lambda x, y: x[1] < y[0],
    "<=": lambda x, y: x[1] <= y[0],
    ">": lambda x, y: x[0] > y[1],
    ">=": lambda x, y: x[0] >= y[1],
    "==": lambda x, y: x[0] == x[1] == y[0] == y[1],
    "!=": lambda x, y: x[1] < y[0] or x[0] > y[1],
}
