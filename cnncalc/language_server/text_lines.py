"""Positions in a text, as the parser and as the clients of a language server count them."""

from __future__ import annotations

from typing import Literal

from ..named_tuple import NamedTuple
from ..parser.decoding import split_lines
from ..problem import Span

Encoding = Literal["utf-8", "utf-16", "utf-32"]
"""The units of a client: bytes of UTF-8, code units of UTF-16 (as most do), or characters."""
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")

LAST_OF_BASIC_PLANE = "\uffff"
"""The last character that is one code unit in UTF-16."""


class TextPlace(NamedTuple):
    """A position between two characters.  Lines and columns count from 1, as in a Span."""

    line: int
    column: int


def is_inside(place: TextPlace, span: Span) -> bool:
    """Whether a position is in a span, or at its end.

    >>> is_inside(TextPlace(1, 5), Span(1, 3, 1, 5)), is_inside(TextPlace(2, 1), Span(1, 3, 1, 5))
    (True, False)
    """
    return (span.line, span.column) <= place <= (span.end_line, span.end_column)


class TextLines:
    """The lines of a text, for a client that counts units of an encoding from 0."""

    def __init__(self, text: str, encoding: Encoding = "utf-16") -> None:
        self.lines = split_lines(text)
        self.encoding = encoding

    def place(self, line: int, character: int) -> TextPlace:
        """The position that a client means; the nearest one if there is no such position.

        >>> TextLines("a\\U0001f600b").place(0, 3), TextLines("a").place(7, 0)
        (TextPlace(line=1, column=3), TextPlace(line=1, column=2))
        """
        if line >= len(self.lines):
            return TextPlace(len(self.lines), len(self.lines[-1]) + 1)
        text, column = self.lines[line], 0
        if text.isascii():
            return TextPlace(line + 1, min(character, len(text)) + 1)
        while column < len(text) and character > 0:
            character -= units(text[column], self.encoding)
            column += 1
        return TextPlace(line + 1, column + 1)

    def client_position(self, line: int, column: int) -> tuple[int, int]:
        """A position as the client counts it.

        >>> TextLines("a\\U0001f600b").client_position(1, 3)
        (0, 3)
        """
        if line > len(self.lines):
            return len(self.lines), 0
        before = self.lines[line - 1][: column - 1]
        return line - 1, units(before, self.encoding)


def units(text: str, encoding: Encoding) -> int:
    """The length of a text in the units of an encoding.

    >>> [units("\\U0001f600", encoding) for encoding in ("utf-8", "utf-16", "utf-32")]
    [4, 2, 1]
    """
    if encoding == "utf-32" or text.isascii():
        return len(text)
    if encoding == "utf-8":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) + sum(character > LAST_OF_BASIC_PLANE for character in text)
