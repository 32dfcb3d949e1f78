"""LaTeX: how wide a text is, in em of the font, so that tables and formulas fit a page."""

from __future__ import annotations

import re
from functools import lru_cache

from ..escape import latex as escaped
from ..escape import safe

WIDTHS = {
    0.278: "!'`il|.,:;[]I",
    0.306: "fj",
    0.333: " -",
    0.36: "_",
    0.395: "()trs",
    0.445: "cez?",
    0.5: '"*\\^ago{}~$/0123456789',
    0.528: "kvxyqJ",
    0.556: "bdhnpuS",
    0.625: "LZ",
    0.681: "EFP",
    0.764: "ABCDHNRTUVXYw",
    0.778: "&+<>=@KOQ",
    0.834: "#%mG",
    1.028: "WM",
}
"""Widths of the letters of Computer Modern, rounded up; its metrics are those of cmr10."""
LETTERS = {letter: width for width, letters in WIDTHS.items() for letter in letters}
WIDEST = 1.1
"""The width of a letter that is not in ASCII, at most."""
BOLD = 1.16
"""How much wider a bold text is, at most."""
TIMES = 0.778


@lru_cache(4096)
def text_width(text: str) -> float:
    """The width of a text in em, at most a few percent more than it takes.

    >>> text_width("conv 3x3")
    4.14
    """
    text, times = re.subn(r"(?<=\d)x(?=\d)|(?<=[\d)] )x(?= [\d(])", "", safe(text))
    text = re.sub("^-(?=[0-9])", "+", text)  # as wide as a minus sign
    return round(times * TIMES + sum(map(letter_width, text)), 3)


def letter_width(letter: str) -> float:
    """The width of a letter, or of the code that is printed where the fonts do not have it.

    >>> letter_width("a"), letter_width("é"), round(letter_width(chr(0xAC00)), 3)
    (0.5, 1.1, 4.07)
    """
    if letter in LETTERS:
        return LETTERS[letter]
    if escaped(letter).startswith("\\cnncalcchar"):
        return sum(map(letter_width, f"U+{ord(letter):X}"))
    return WIDEST
