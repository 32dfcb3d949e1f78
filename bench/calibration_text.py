"""Calibrations as device files state them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cnncalc.devices.calibration import Batches, Calibration

UNITS = (("T", 12), ("G", 9), ("M", 6), ("", 0))


def calibration_text(calibration: Calibration) -> str:
    """An item of the list `calibrations`."""
    lines = list(entries(calibration))
    return "".join(f"  {'-' if line is lines[0] else ' '} {line}\n" for line in lines)


def entries(calibration: Calibration) -> Iterator[str]:
    """The lines of an item."""
    for key, value in calibration._asdict().items():
        if isinstance(value, str):
            yield f'{key}: "{value}"' if " " in value else f"{key}: {value}"
        elif isinstance(value, Batches):
            yield f"{key}: {{least: {value.least}, most: {value.most}}}"
        elif value:
            yield f"{key}: {number_text(value)}"


def number_text(number: float) -> str:
    """A number with a unit if it is large, and without an exponent if it is small.

    >>> number_text(32.5e12), number_text(731e9), number_text(45), number_text(0.0000224)
    ('32.5T', '731G', '45', '0.0000224')
    """
    unit, power = next((one for one in UNITS if abs(number) >= 10 ** one[1]), UNITS[-1])
    return f"{Decimal(repr(float(number))).scaleb(-power).normalize():f}{unit}"
