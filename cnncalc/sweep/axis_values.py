"""The values of an axis, as `--over` states them: `3,5,7`, `1..8`, `96..224:16`, `16..1024:*2`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from ..named_tuple import NamedTuple
from .errors import InvalidSweep

MAX_AXIS_VALUES = 1_000_000
OPENING, CLOSING = "([{", ")]}"
NUMBER = r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?"
RANGE = re.compile(rf"({NUMBER})\.\.({NUMBER})(?::(\*?)({NUMBER}))?")

BROKEN_RANGE = re.compile(r"[\w.+:*-]*\.\.[\w.+:*-]*")
"""What has the dots of a range and neither quotes nor brackets."""


class Interval(NamedTuple):
    """All real numbers between two, which can only be sampled."""

    low: float
    high: float

    def at(self, fraction: float) -> str:
        """The number at a fraction of the interval, with six significant digits.

        >>> Interval(0.5, 2.0).at(0.25)
        '0.875'
        """
        return f"{self.low + (self.high - self.low) * fraction:.6g}"


def parse_values(text: str) -> tuple[str, ...] | Interval:
    """The values that a text states, each as a file would.  Raises InvalidSweep.

    >>> parse_values("3,5,7"), parse_values("96..128:16"), parse_values("16..64:*2")
    (('3', '5', '7'), ('96', '112', '128'), ('16', '32', '64'))
    >>> parse_values("[1, 2],[3, 4]"), parse_values("1..3,8")
    (('[1, 2]', '[3, 4]'), ('1', '2', '3', '8'))
    """
    items = [item.strip() for item in split(text)]
    if not all(items):
        raise InvalidSweep(f"an empty value in `{text}`: write VALUES as in 3,5,7 or 96..224:16")
    if len(items) == 1 and (interval := interval_of(items[0])):
        return interval
    found: list[str] = []
    for item in items:
        found += range_values(item)
        if len(found) > MAX_AXIS_VALUES:
            raise InvalidSweep(f"more than {MAX_AXIS_VALUES:,} values in `{text}`")
    return tuple(found)


def split(text: str) -> Iterator[str]:
    """The parts of a text between commas that are not inside brackets."""
    depth = start = 0
    for position, character in enumerate(text):
        depth += (character in OPENING) - (character in CLOSING)
        if character == "," and depth == 0:
            yield text[start:position]
            start = position + 1
    yield text[start:]


def interval_of(item: str) -> Interval | None:
    """The interval of a range of decimals without a step; None for any other text."""
    found = RANGE.fullmatch(item)
    if not found or found[4] or "." not in found[1] + found[2]:
        return None
    low, high = float(found[1]), float(found[2])
    if low >= high:
        raise InvalidSweep(f"`{item}` is empty: the first number must be the smaller one")
    return Interval(low, high)


def range_values(item: str) -> list[str]:
    """The values of a range, or the item itself."""
    found = RANGE.fullmatch(item)
    if not found and BROKEN_RANGE.fullmatch(item):
        raise InvalidSweep(
            f"`{item}` is not a range: write one as in 1..8, 96..224:16 or 16..64:*2"
        )
    if not found:
        return [item]
    low, high, factor, step = found.groups()
    if step is None and "." in low + high:
        raise InvalidSweep(f"`{item}` needs a step, as in {item}:0.1")
    values = steps(Decimal(low), Decimal(high), Decimal(step or 1), bool(factor), item)
    texts = [f"{value:f}" for value in values]
    if not texts:
        raise InvalidSweep(f"`{item}` is empty: the first number must be the smaller one")
    return texts


def steps(low: Decimal, high: Decimal, step: Decimal, multiplied: bool, item: str) -> list[Decimal]:
    """The numbers from `low` to at most `high`, each the one before it plus or times the step."""
    if multiplied and (step <= 1 or low <= 0):
        raise InvalidSweep(f"`{item}` never ends: the factor must be more than 1, from 1 or more")
    if step <= 0:
        raise InvalidSweep(f"`{item}` never ends: the step must be more than 0")
    found, value = [], low
    while value <= high:
        found.append(value)
        if len(found) > MAX_AXIS_VALUES:
            raise InvalidSweep(f"more than {MAX_AXIS_VALUES:,} values in `{item}`")
        value = value * step if multiplied else value + step
    return found
