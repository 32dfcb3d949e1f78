"""The order of rows: numbers and sizes from the largest, texts from a to z."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from .values import Cell

if TYPE_CHECKING:
    from fractions import Fraction


def sorted_positions(
    cells: Sequence[Cell], numbers: bool, sizes: bool, backwards: bool
) -> list[int]:
    """The positions of cells in their order; equal ones keep theirs."""
    keys: list[Any]
    if numbers:
        keys = [cell if isinstance(cell, int) else float(cell or 0) for cell in cells]
    elif sizes:
        keys = [magnitude(str(cell or "")) for cell in cells]
    else:
        keys = [natural(str(cell or "")) for cell in cells]
    descending = (numbers or sizes) != backwards
    return sorted(range(len(cells)), key=keys.__getitem__, reverse=descending)


def magnitude(text: str) -> tuple[int, Fraction]:
    """A sort key for sizes such as `3x224x224` or `allx11`: by their product, `all` the largest."""
    from fractions import Fraction

    wholes, total = 0, Fraction(-1)
    for part in text.split(" + "):
        sizes = [word for word in part.split("x") if word]
        wholes += sizes.count("all")
        total += prod([Fraction(word) for word in sizes if word != "all"]) if sizes else 0
    return wholes, total


def natural(text: str) -> list[tuple[int, int, str]]:
    """A sort key that puts `conv10` after `conv9`."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in digits_apart(text)]


def digits_apart(text: str) -> Iterator[str]:
    import re

    return (part for part in re.split(r"(\d{1,18})", text) if part)
