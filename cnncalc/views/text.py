"""Numbers for people: units, shares and rounding."""

from __future__ import annotations

UNITS = ((10**15, "P"), (10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))
BINARY_UNITS = ((2**50, "PiB"), (2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))

PARTS = ((1, ""), (1e-3, "m"), (1e-6, "u"), (1e-9, "n"))


def scaled(number: int, units: tuple[tuple[int, str], ...], gap: str) -> str:
    """Three significant digits and a unit, rounded half up; exact below the smallest unit."""
    for size, unit in units:
        # 999,500 is 1.00M: a unit starts where the smaller one would need four digits.
        if 2000 * number >= 1999 * size and number >= size - size // 1000:
            tenths = 100 if number < 9.995 * size else 10 if number < 99.95 * size else 1
            digits = (2 * number * tenths + size) // (2 * size)
            text = str(digits) if tenths == 1 else f"{digits / tenths:.{len(str(tenths)) - 1}f}"
            return f"{text}{gap}{unit}"
    return str(number)


def short(number: int) -> str:
    """A number with a unit.

    >>> short(34_944), short(60_965_224), short(999_600), short(512)
    ('34.9k', '61.0M', '1.00M', '512')
    """
    return scaled(number, UNITS, "")


def short_bytes(number: int) -> str:
    """Bytes with a binary unit.

    >>> short_bytes(2_323_200), short_bytes(100)
    ('2.22 MiB', '100 B')
    """
    text = scaled(number, BINARY_UNITS, " ")
    return text if " " in text else f"{text} B"


def short_seconds(seconds: float) -> str:
    """A time to three significant digits.

    >>> short_seconds(0.0078), short_seconds(40.12e-6), short_seconds(75), short_seconds(0)
    ('7.80 ms', '40.1 us', '75.0 s', '0 s')
    """
    return in_small_units(seconds, "s")


def short_joules(energy: float) -> str:
    """An energy to three significant digits.

    >>> short_joules(0.00123)
    '1.23 mJ'
    """
    return in_small_units(energy, "J")


def short_watts(power: float) -> str:
    """A power to three significant digits.

    >>> short_watts(0.042)
    '42.0 mW'
    """
    return in_small_units(power, "W")


def in_small_units(amount: float, unit: str) -> str:
    """An amount to three significant digits, in a unit or a thousandth, a millionth, ... of it."""
    if not amount:
        return f"0 {unit}"
    fits = (part for part in PARTS if amount >= 0.9995 * part[0])
    size, prefix = next(fits, PARTS[-1])
    scaled_amount = amount / size
    digits = 2 if scaled_amount < 9.995 else 1 if scaled_amount < 99.95 else 0
    return f"{scaled_amount:,.{digits}f} {prefix}{unit}"


def percent(part: int, whole: int) -> str:
    """A share to a tenth of a percent, rounded half up; only exact shares are 0 % or 100 %.

    >>> percent(1, 3), percent(1, 100_000), percent(99_999, 100_000)
    ('33.3 %', '<0.1 %', '>99.9 %')
    """
    if not whole:
        return "-"
    tenths = (2000 * part + whole) // (2 * whole)
    if part and not tenths:
        return "<0.1 %"
    if part < whole and tenths == 1000:
        return ">99.9 %"
    return f"{tenths // 10}.{tenths % 10} %"
