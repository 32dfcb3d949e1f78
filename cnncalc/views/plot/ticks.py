"""Ticks: the round numbers on an axis, and their text."""

from __future__ import annotations

from math import ceil, floor, log, log10

from ..text import short, short_bytes, short_joules, short_seconds
from ..values import Kind
from .plot import PlotAxis

KIBI = 1024
STEPS = (1, 2, 5, 10)
DECADE = (1, 2, 5)


def ticks_of(axis: PlotAxis, most: int) -> list[float]:
    """At most so many round numbers on an axis.

    >>> ticks_of(PlotAxis("MACs", "count", 80e6, 610e6, False), 6)
    [100000000.0, 200000000.0, 300000000.0, 400000000.0, 500000000.0, 600000000.0]
    >>> ticks_of(PlotAxis("MACs", "count", 2e6, 3e9, True), 6)
    [10000000.0, 100000000.0, 1000000000.0]
    """
    if axis.is_logarithmic:
        found = logarithmic_ticks(axis, most)
        if found:
            return found
    return linear_ticks(axis, most)


def logarithmic_ticks(axis: PlotAxis, most: int) -> list[float]:
    """Powers of ten, or of two for bytes; with few of ten, also twice and five times these."""
    base = 2.0 if axis.kind == "bytes" else 10.0
    first, last = ceil(log(axis.low, base) - 1e-9), floor(log(axis.high, base) + 1e-9)
    powers = [base**power for power in range(first, last + 1)]
    if base == 10 and 3 * len(powers) <= most:
        parts = (part * 10.0**power for power in range(first - 1, last + 1) for part in DECADE)
        powers = [part for part in parts if axis.low <= part <= axis.high]
    return powers[:: max(1, ceil(len(powers) / max(1, most)))]


def linear_ticks(axis: PlotAxis, most: int) -> list[float]:
    """Multiples of a round step."""
    scale = 1.0
    if axis.kind == "bytes" and axis.high >= KIBI:
        scale = float(KIBI ** floor(log(axis.high, KIBI)))
    step = scale * round_step((axis.high - axis.low) / scale / max(1, most))
    first, last = ceil(axis.low / step - 1e-9), floor(axis.high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not less.

    >>> round_step(0.3), round_step(41), round_step(70)
    (0.5, 50.0, 100.0)
    """
    power = 10.0 ** floor(log10(least))
    return next(step * power for step in STEPS if step * power >= least * (1 - 1e-9))


def labelled_ticks(axis: PlotAxis, most: int) -> list[tuple[float, str]]:
    """At most so many round numbers on an axis with their texts, which differ.

    >>> labelled_ticks(PlotAxis("MACs", "count", 349_900, 350_100, False), 3)
    [(349900.0, '349,900'), (350000.0, '350,000'), (350100.0, '350,100')]
    """
    values = ticks_of(axis, most)
    texts = [tick_text(value, axis.kind) for value in values]
    if len(set(texts)) < len(texts):
        texts = [f"{value:,.15g}" for value in values]
    return list(zip(values, texts, strict=True))


def tick_text(value: float, kind: Kind) -> str:
    """A round number without zeros that say nothing.

    >>> tick_text(2e8, "count"), tick_text(3 * 2**19, "bytes"), tick_text(0.02, "seconds")
    ('200M', '1.5 MiB', '20 ms')
    >>> tick_text(0.25, "share"), tick_text(0.75, "count"), tick_text(74.5, "count")
    ('25 %', '0.75', '74.5')
    """
    if kind == "share":
        return f"{100 * value:g} %"
    if kind in ("seconds", "joules"):
        return without_zeros((short_seconds if kind == "seconds" else short_joules)(value))
    if value != int(value) or value < 0:
        return f"{value:.6g}"
    return without_zeros((short_bytes if kind == "bytes" else short)(int(value)))


def without_zeros(text: str) -> str:
    """A number with a unit, without the zeros at the end of its decimals.

    >>> without_zeros("1.50 MiB"), without_zeros("20.0 ms"), without_zeros("2.00M")
    ('1.5 MiB', '20 ms', '2M')
    """
    digits = len(text) - len(text.lstrip("0123456789.,"))
    number, unit = text[:digits], text[digits:]
    return (number.rstrip("0").rstrip(".") if "." in number else number) + unit
