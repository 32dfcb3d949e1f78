"""Bytes -> text: the encoding, the characters and the directives that a file may have."""

from __future__ import annotations

import re

from ..limits import MAX_FILE_BYTES
from ..problem import Problem, Span
from .problem_list import FatalProblem

# What libyaml and the pure parser treat differently, or what a terminal would act on.  The second takes long to compile.
UNFIT_ASCII = "[^\n\r\x20-\x7e]"
UNFIT = "[^\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"


def decode(data: bytes) -> str:
    """Bytes -> text; raises FatalProblem with the position where they are no UTF-8 or too many."""
    if len(data) > MAX_FILE_BYTES:
        raise FatalProblem(
            Problem(Span(1, 1, 1, 2), "limit", f"the file is larger than {MAX_FILE_BYTES:,} bytes")
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        hint = "save the file as UTF-8"
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            hint = "this looks like UTF-16: save the file as UTF-8"
        raise FatalProblem(
            Problem(
                Span(line, column, line, column + 1),
                "encoding",
                f"not UTF-8: byte 0x{data[error.start]:02x}",
                hint,
            )
        ) from None


def split_lines(text: str) -> list[str]:
    """The lines as YAML counts them."""
    return re.split("\r\n|\r|\n", text)


def check_characters(text: str) -> None:
    found = re.search(UNFIT_ASCII if text.isascii() else UNFIT, text)
    if not found:
        return
    lines = split_lines(text[: found.start()])
    span = Span(len(lines), len(lines[-1]) + 1, len(lines), len(lines[-1]) + 2)
    character = found.group()
    if character == "\t":
        raise FatalProblem(
            Problem(span, "character", "a tab", "use spaces: YAML forbids tabs where it matters")
        )
    if character == "\ufeff":
        raise FatalProblem(
            Problem(
                span,
                "character",
                "a byte order mark (U+FEFF)",
                "save the file as UTF-8 without BOM",
            )
        )
    raise FatalProblem(
        Problem(span, "character", f"the character U+{ord(character):04X} cannot stand in a file")
    )


def check_directives(text: str) -> None:
    """Of directives the parsers refuse different ones."""
    found = re.match(r"(?:[ \r]*(?:#.*)?\n)*%", text)
    if found:
        line = len(split_lines(found.group()))
        raise FatalProblem(
            Problem(Span(line, 1, line, 2), "directive", "a YAML directive (`%`)", "leave it out")
        )
