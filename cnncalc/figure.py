"""Figures: numbers as papers state them, such as 6.8M or 256KiB."""

from __future__ import annotations

import re

from .named_tuple import NamedTuple


class Figure(NamedTuple):
    """A number as a source states it: `6.8M` is 6,800,000 to the nearest 100,000.

    >>> Figure("6.8M", 6_800_000, 100_000).is_met_by(6_848_000)
    True
    """

    text: str
    value: int
    resolution: int

    def is_met_by(self, found: int) -> bool:
        """True if a number rounds to this figure (half up)."""
        return -self.resolution <= 2 * (found - self.value) < self.resolution


SHARE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s?%")
AMOUNT = r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s?"
SECONDS = re.compile(f"{AMOUNT}(s|ms|us)")
JOULES = re.compile(f"{AMOUNT}(J|mJ|uJ)")
PARTS_OF = {"": 1, "m": 1e-3, "u": 1e-6}


def parse_share(text: str) -> float | None:
    """The share that a text such as `80 %` states; None if it is not one.

    >>> parse_share("80%")
    0.8
    """
    found = SHARE.fullmatch(text)
    return float(found[1]) / 100 if found else None


def parse_seconds(text: str) -> float | None:
    """The seconds of a time such as `30ms`, `1.5 s` or `20us`; None if a text is not one.

    >>> parse_seconds("30ms")
    0.03
    """
    return parts_of(SECONDS.fullmatch(text))


def parse_joules(text: str) -> float | None:
    """The joules of an energy such as `5mJ`; None if a text is not one.

    >>> parse_joules("5mJ")
    0.005
    """
    return parts_of(JOULES.fullmatch(text))


def parts_of(found: re.Match[str] | None) -> float | None:
    """The amount of a match, whose unit may be of a thousandth or a millionth."""
    return float(found[1]) * PARTS_OF[found[2][:-1]] if found else None


BYTE_UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
UNITS = {
    "": 1,
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
    **BYTE_UNITS,
}

FIGURE = re.compile(r"([0-9]{1,30}(?:_[0-9]{1,30}){0,30})(?:\.([0-9]{1,15}))?\s?([A-Za-z]*)")


def parse_figure(text: str, *, is_count: bool = False) -> Figure | None:
    """The figure `61_100_840`, `6.8M` or `1.5 MiB`; None if a text is not a figure.

    With `is_count`, a unit of bytes is not one either.

    >>> parse_figure("6.8M")
    Figure(text='6.8M', value=6800000, resolution=100000)
    """
    found = FIGURE.fullmatch(text)
    if not found or found[3] not in UNITS or (is_count and found[3] in BYTE_UNITS):
        return None
    unit, decimals = UNITS[found[3]], found[2] or ""
    digits = int(found[1].replace("_", "") + decimals)
    scale = 10 ** len(decimals)
    if not found[3] and decimals.strip("0"):
        return None
    return Figure(text, digits * unit // scale, max(1, unit // scale))


def unit_hint(text: str, *, is_count: bool = False) -> str:
    """The hint for a text with a wrong unit; empty if that is not what is wrong with it.

    >>> unit_hint("5MiB", is_count=True), unit_hint("6.8m")
    ('MiB is a unit of bytes, and this is a count: write it as in 6.8M', 'did you mean `6.8M`?')
    >>> unit_hint("2MB")
    'write `2MiB`, or `2M` for powers of 1,000'
    """
    unit = re.sub(r"[\d._\s]", "", text)
    if is_count and (unit in BYTE_UNITS or unit.lower() in DECIMAL_BYTES):
        return f"{unit} is a unit of bytes, and this is a count: write it as in 6.8M"
    if unit.lower() in DECIMAL_BYTES:
        prefix = DECIMAL_BYTES[unit.lower()]
        binary = f"{prefix.upper()}iB"
        return (
            f"write `{text.replace(unit, binary)}`, or `{text.replace(unit, prefix)}` "
            "for powers of 1,000"
        )
    if unit not in UNITS:
        near = next((known for known in UNITS if known.lower() == unit.lower()), "")
        return f"did you mean `{text.replace(unit, near)}`?" if near else ""
    return ""


DECIMAL_BYTES = {"kb": "k", "mb": "M", "gb": "G", "tb": "T"}
"""Units of bytes that are written for either power, and their decimal prefix."""
