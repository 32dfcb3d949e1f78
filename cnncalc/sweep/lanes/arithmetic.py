"""The operators of numbers that are many."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from ...datum import ManyNumbers
from ...expression.arithmetic import ARITHMETIC, COMPARISONS
from ...named_tuple import NamedTuple
from .intervals import BOUNDS, ValueBounds, always, never
from .questions import Disagreement

SAFE = 2**62
"""Integers below it, with either sign, are calculated as 64 bits; others are Python's."""
EXACT = 2**53
"""Integers up to it are exact as floats."""

UFUNCS: dict[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "//": np.floor_divide,
    "%": np.remainder,
    "/": np.true_divide,
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    **ARITHMETIC,
    "**": operator.pow,  # its exponents are bounded before
    **COMPARISONS,
}
NEUTRAL = {"+": 0, "-": 0, "*": 1, "//": 1}
NEUTRAL_FIRST = {"+": 0, "*": 1}
"""The right and left operands with which an operator on integers gives the other one."""
DIVISIONS = frozenset(("//", "%", "/"))
ROUNDED = frozenset(("//", "%", "**"))
"""Operators on floats that are calculated by Python."""
NUMBERS = (int, float)
"""The types that lanes are calculated with; a bool is an int."""


class NumberMaker(Protocol):
    """The table of a calculation, which makes its numbers: see NumberTable."""

    count: int
    results: dict[tuple[object, ...], Any]

    def number(self, array: Any, low: Any = None, high: Any = None) -> Any: ...
    def of_values(self, values: Sequence[Any]) -> Any: ...


def binary(mark: str, left: Any, right: Any) -> Any:
    """The result of an operator, one operand of which is lanes; a comparison has one answer.

    Raises Disagreement if it has several; NotImplemented if the other operand is not a number.
    """
    is_left, is_right = isinstance(left, ManyNumbers), isinstance(right, ManyNumbers)
    if not (is_left or isinstance(left, NUMBERS)) or not (is_right or isinstance(right, NUMBERS)):
        return NotImplemented
    table: NumberMaker = left.table if is_left else right.table
    one, other = id(left) if is_left else left, id(right) if is_right else right
    key = (mark, type(left), one, type(right), other)
    found = table.results.get(key)
    if found is None:
        calculate = compare if mark in COMPARISONS else arithmetic
        found = table.results[key] = calculate(mark, left, right, table)
    return found


def arithmetic(mark: str, left: Any, right: Any, table: NumberMaker) -> Any:
    """The numbers that an operator gives for each variant."""
    if type(right) is int and right == NEUTRAL.get(mark) and not left.is_float:
        return left
    if type(left) is int and left == NEUTRAL_FIRST.get(mark) and not right.is_float:
        return right
    if mark in DIVISIONS:
        check_divisor(right)
    x, y = operand(left), operand(right)
    if mark in BOUNDS and not (x.is_float or y.is_float):
        return integers(mark, x, y, table)
    if mark in ROUNDED or not (x.is_exact and y.is_exact):
        return each(OPERATORS[mark], left, right)
    with np.errstate(all="ignore"):  # Python gives infinities too
        return table.number(UFUNCS[mark](x.array, y.array))


def integers(mark: str, x: LaneOperand, y: LaneOperand, table: NumberMaker) -> Any:
    """The integers that an operator gives for each variant."""
    low, high = BOUNDS[mark](x.interval, y.interval)
    if not (low > -SAFE and high < SAFE and x.is_small and y.is_small):
        x, y = tightened(x), tightened(y)
        low, high = BOUNDS[mark](x.interval, y.interval)
        if not (low > -SAFE and high < SAFE and x.is_small and y.is_small):
            return table.number(UFUNCS[mark](as_objects(x.array), as_objects(y.array)))
    return table.number(UFUNCS[mark](x.array, y.array), low, high)


def compare(mark: str, left: Any, right: Any, table: NumberMaker) -> bool:
    """The answer of all variants to a comparison.  Raises Disagreement if they have several."""
    x, y = operand(left), operand(right)
    if always(mark, x.interval, y.interval):
        return True
    if never(mark, x.interval, y.interval):
        return False
    alike = x.is_float == y.is_float and x.is_small and y.is_small
    if alike or (x.is_exact and y.is_exact):
        answers = UFUNCS[mark](x.array, y.array)
    else:
        pairs = zip(listed(left, table), listed(right, table), strict=True)
        answers = np.array([OPERATORS[mark](*pair) for pair in pairs])
    first = bool(answers[0])
    if answers.all() if first else not answers.any():
        return first
    raise Disagreement(answers)


def each(function: Callable[..., Any], *arguments: Any) -> Any:
    """The results of a function of Python, called once for different arguments."""
    table = table_of(*arguments)
    rows = list(zip(*[listed(one, table) for one in arguments], strict=True))
    results: dict[tuple[Any, ...], Any] = {}
    failures: dict[tuple[Any, ...], Exception] = {}
    for row in dict.fromkeys(rows):
        try:
            results[row] = function(*row)
        except (ArithmeticError, ValueError) as error:
            failures[row] = error
    if failures:
        failed = [row in failures for row in rows]
        if all(failed):
            raise failures[rows[0]]
        raise Disagreement(np.array(failed))
    return table.of_values([results[row] for row in rows])


# Operands


def check_divisor(divisor: Any) -> None:
    """Raise ZeroDivisionError for zero; Disagreement if it is for some variants."""
    if divisor == 0:
        raise ZeroDivisionError


class LaneOperand(NamedTuple):
    """A number as numpy takes it, with the interval that it is in."""

    array: Any
    interval: ValueBounds
    is_float: bool

    @property
    def is_small(self) -> bool:
        """Whether it has 64 bits."""
        low, high = self.interval
        return self.is_float or (low > -SAFE and high < SAFE)

    @property
    def is_exact(self) -> bool:
        """Whether it is exact as a float."""
        low, high = self.interval
        return self.is_float or (low > -EXACT and high < EXACT)


def operand(value: Any) -> LaneOperand:
    if isinstance(value, ManyNumbers):
        lanes: Any = value
        return LaneOperand(lanes.array, (lanes.low, lanes.high), lanes.is_float)
    return LaneOperand(value, (value, value), isinstance(value, float))


def tightened(value: LaneOperand) -> LaneOperand:
    """An operand with the interval from its smallest to its largest number."""
    if not isinstance(value.array, np.ndarray):
        return value
    return value._replace(interval=(int(value.array.min()), int(value.array.max())))


def as_objects(array: Any) -> Any:
    """An operand as numpy takes it to calculate with Python's integers."""
    return array.astype(object) if isinstance(array, np.ndarray) else array


def table_of(*numbers: Any) -> NumberMaker:
    """The table of numbers, at least one of which is many."""
    lanes: Any = next(number for number in numbers if isinstance(number, ManyNumbers))
    table: NumberMaker = lanes.table
    return table


def listed(value: Any, table: NumberMaker) -> list[Any]:
    """The number of each variant."""
    return value.values() if isinstance(value, ManyNumbers) else [value] * table.count
