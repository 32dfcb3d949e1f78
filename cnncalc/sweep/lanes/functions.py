"""The functions of the language that have a form of their own for numbers that are many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import reduce
from itertools import accumulate
from operator import add
from typing import Any

import numpy as np

from ...datum import Datum, ManyNumbers
from ...expression.functions import make_divisible
from .arithmetic import EXACT, SAFE, LaneOperand, each, operand, table_of


def largest(*numbers: Any) -> Any:
    """`max(a, b)` or `max(list)`."""
    return reduce(larger, entries_of(numbers))


def smallest(*numbers: Any) -> Any:
    """`min(a, b)` or `min(list)`."""
    return reduce(smaller, entries_of(numbers))


def entries_of(numbers: tuple[Any, ...]) -> tuple[Any, ...]:
    """The numbers, or those of the list that is the only argument."""
    found: tuple[Any, ...] = numbers[0] if len(numbers) == 1 else numbers
    return found


def larger(one: Any, other: Any) -> Any:
    """The larger of two numbers, for each variant; of equal ones the first."""
    x, y = operand(one), operand(other)
    if not are_alike(x, y):
        return other if other > one else one  # as the result may be of one type or the other
    low, high = [max(pair) for pair in zip(x.interval, y.interval, strict=True)]
    return table_of(one, other).number(np.maximum(x.array, y.array), low, high)


def smaller(one: Any, other: Any) -> Any:
    """The smaller of two numbers, for each variant; of equal ones the first."""
    x, y = operand(one), operand(other)
    if not are_alike(x, y):
        return other if other < one else one
    low, high = [min(pair) for pair in zip(x.interval, y.interval, strict=True)]
    return table_of(one, other).number(np.minimum(x.array, y.array), low, high)


def are_alike(x: LaneOperand, y: LaneOperand) -> bool:
    """Whether numbers, at least one of which is many, have the same type and 64 bits."""
    if not (isinstance(x.array, np.ndarray) or isinstance(y.array, np.ndarray)):
        return False
    return x.is_float == y.is_float and x.is_small and y.is_small


def divisible(value: Any, divisor: Any = 8, min_value: Any = None) -> Any:
    """`make_divisible` of the language."""
    least = divisor if min_value is None else min_value
    operands = [operand(number) for number in (value, divisor, least)]
    if not all(map(is_plain, operands)):
        return each(make_divisible, value, divisor, least)
    numbers, steps, minimum = [one.array for one in operands]
    rounded = np.trunc(numbers + steps / 2).astype(np.int64) // steps * steps
    result = np.maximum(minimum, rounded)
    result = np.where(result < 0.9 * numbers, result + steps, result)
    return table_of(value, divisor, least).number(result)


def is_plain(number: LaneOperand) -> bool:
    """Whether a number has less than 53 bits, so that floats are exact for integers."""
    low, high = number.interval
    return bool(low > -EXACT / 4 and high < EXACT / 4)


# Sums


def summed(*numbers: Any) -> Any:
    """`sum(a, b)` or `sum(list)`."""
    entries = entries_of(numbers)
    if any(operand(entry).is_float for entry in entries):
        return each(lambda *row: sum(row), *entries)  # Python rounds the sum of floats once
    return total(entries)


def total(numbers: Sequence[Any]) -> Any:
    """The sum of integers, without the numbers that are sums of some of them."""
    constant = sum([number for number in numbers if not isinstance(number, ManyNumbers)])
    lanes = {id(number): number for number in numbers if isinstance(number, ManyNumbers)}
    times = Counter([id(number) for number in numbers if isinstance(number, ManyNumbers)])
    operands = [(operand(number), times[identity]) for identity, number in lanes.items()]
    low = constant + sum([one.interval[0] * count for one, count in operands])
    high = constant + sum([one.interval[1] * count for one, count in operands])
    most = sum([largest_size(one) * count for one, count in operands]) + abs(constant)
    if most >= SAFE:
        return reduce(add, numbers)
    (first, count), *others = operands
    result = first.array * count + constant
    for one, count in others:
        result += one.array if count == 1 else one.array * count
    return table_of(*lanes.values()).number(result, low, high)


def largest_size(number: LaneOperand) -> float:
    """What no number exceeds, whatever its sign."""
    low, high = number.interval
    return max(-low, high)


def largest_sum(present: Sequence[tuple[Any, int, int]], turns: int) -> Any:
    """The function of `datum`: the largest sum of integers in any of the turns."""
    numbers = [number for number, _, _ in present]
    table = table_of(*numbers)
    added: list[list[Any]] = [[] for _ in range(turns + 1)]
    removed: list[list[Any]] = [[] for _ in range(turns + 1)]
    for number, first, end in present:
        added[first].append(number)
        removed[end].append(number)
    if sum([largest_size(operand(number)) for number in numbers]) >= SAFE:
        changes = [sum(new) - sum(old) for new, old in zip(added, removed, strict=True)]
        return reduce(larger, accumulate(changes))
    live, peak = np.zeros((2, table.count), np.int64)
    for new, old in zip(added, removed, strict=True):
        for number in old:
            live -= operand(number).array
        for number in new:
            live += operand(number).array
        np.maximum(live, peak, out=peak)
    return table.number(peak)


FUNCTIONS: dict[str, Callable[..., Datum]] = {
    "sum": summed,
    "total": total,
    "largest_sum": largest_sum,
    "max": largest,
    "min": smallest,
    "make_divisible": divisible,
}
