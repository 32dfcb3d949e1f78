"""Bytes -> text: the encoding, and the characters and directives that a file may have."""

from __future__ import annotations

import re

from ..limits import MAX_FILE_BYTES
from ..problem import Problem, Span
from .problem_list import FatalProblem

# What libyaml and the pure parser treat differently, or what a terminal would interpret.  The
# second pattern takes long to compile.
FORBIDDEN_IN_ASCII = "[^\n\r\x20-\x7e]"
FORBIDDEN = (
    "[^\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def decode(data: bytes) -> str:
    """The text of a file.  Raises FatalProblem if it is too large or not UTF-8."""
    if len(data) > MAX_FILE_BYTES:
        message = f"the file is larger than {MAX_FILE_BYTES:,} bytes"
        raise FatalProblem(Problem(Span(1, 1, 1, 2), "limit", message))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        hint = "save the file as UTF-8"
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            hint = "this looks like UTF-16: save the file as UTF-8"
        span = Span(line, column, line, column + 1)
        message = f"not UTF-8: byte 0x{data[error.start]:02x}"
        raise FatalProblem(Problem(span, "encoding", message, hint)) from None


def split_lines(text: str) -> list[str]:
    """The lines of a text, as YAML counts them."""
    return re.split("\r\n|\r|\n", text)


def check_characters(text: str) -> None:
    """Raise FatalProblem for the first character that is not allowed."""
    found = re.search(FORBIDDEN_IN_ASCII if text.isascii() else FORBIDDEN, text)
    if not found:
        return
    lines = split_lines(text[: found.start()])
    span = Span(len(lines), len(lines[-1]) + 1, len(lines), len(lines[-1]) + 2)
    character = found.group()
    if character == "\t":
        message, hint = "tabs are not allowed", "use spaces"
    elif character == "\ufeff":
        message = "a byte order mark (U+FEFF) is not allowed"
        hint = "save the file as UTF-8 without BOM"
    else:
        message, hint = f"the character U+{ord(character):04X} is not allowed", ""
    raise FatalProblem(Problem(span, "character", message, hint))


def check_directives(text: str) -> None:
    """Raise FatalProblem for a directive: the parsers accept different ones."""
    # Possessive: going back to each of a million empty lines would take a gigabyte.
    found = re.match(r"(?:[ \r]*+(?:#.*+)?+\n)*+%", text)
    if found:
        line = len(split_lines(found.group()))
        message = "YAML directives (`%`) are not supported"
        raise FatalProblem(Problem(Span(line, 1, line, 2), "directive", message, "remove it"))
