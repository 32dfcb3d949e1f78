"""The way out of every command: standard output, standard error and files; and their style."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice
from typing import TextIO

from ..escape import ASCII_TEXT, encodable, guarded, safe
from ..views.style import Style

# Output


def write(text: str, form: str = "text") -> None:
    """Write an output in a format, whole lines of it, to standard output."""
    write_to(sys.stdout, text, form)


def write_paged(text: str) -> None:
    """Write an output for people; in the user's pager if it is longer than the terminal."""
    import shutil

    is_long = text.count("\n") >= shutil.get_terminal_size((80, 24)).lines
    if not (is_long and sys.stdin.isatty() and sys.stdout.isatty()):
        write(text)
        return
    import click

    encoding = sys.stdout.encoding or "utf-8"
    click.echo_via_pager(encodable(guarded(text), "text", encoding), color=True)


def write_parts(parts: Iterable[str], form: str, path: str | None = None) -> None:
    """Write whole lines in few calls, as standard output may be unbuffered; or to a file."""
    if path not in (None, "-"):
        write_output("".join(parts), form, path)
        return
    parts = iter(parts)
    while text := "".join(islice(parts, 1000)):
        write(text, form)


def write_output(text: str, form: str, path: str | None, stream: TextIO | None = None) -> None:
    """Write an output in a format to a file in UTF-8; `-` and None are standard output.

    `stream` is another one to write to in its place.
    """
    if path is None or path == "-":
        write_to(stream or sys.stdout, text, form)
        return
    from ..sources.files import write_file

    write_file(path, guarded(text, form).encode("utf-8", "backslashreplace"))


def write_data(parts: Iterable[bytes], path: str | None) -> None:
    """Write bytes to a file, one part after the other; `-` and None are standard output."""
    if path is None or path == "-":
        sys.stdout.flush()
        sys.stdout.buffer.writelines(parts)
        return
    from ..sources.files import write_file_parts

    write_file_parts(path, parts)


def clear_screen() -> None:
    """Clear the terminal, if standard output is one; what it has scrolled away is kept."""
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        sys.stdout.write("\x1b[H\x1b[2J")


def note(text: str) -> None:
    """Write lines for people to standard error."""
    write_to(sys.stderr, f"{text}\n", "text")


def first_names(names: Sequence[str], most: int) -> str:
    """So many names for a message, and how many more there are."""
    more = len(names) - most
    return safe(", ".join(names[:most])) + (f" and {more:,} more" if more > 0 else "")


def complain(message: str) -> None:
    """Write a message in one line to standard error, after the output so far.

    Where standard error is full, the exit code is all that is left.
    """
    for write_next in (sys.stdout.flush, lambda: note(f"cnncalc: {safe(message)}")):
        with suppress(OSError):
            write_next()


def write_to(stream: TextIO, text: str, form: str) -> None:
    text = guarded(text, form)
    if form == "html" and hasattr(stream, "buffer"):  # a page states that its encoding is UTF-8
        stream.flush()
        stream.buffer.write(text.encode("utf-8", "backslashreplace"))
        return
    stream.write(encodable(text, form, stream.encoding or "utf-8"))


def prepare_streams() -> None:
    """Replace streams that the caller has closed, and what their encodings do not have."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            encoding = "ascii" if is_ascii_locale() else stream.encoding
            is_unicode = encoding.lower() == "utf-8"
            errors = "backslashreplace" if is_unicode else ASCII_TEXT
            stream.reconfigure(encoding=encoding, errors=errors)


def is_ascii_locale() -> bool:
    """Whether the locale is C or POSIX, where Python writes UTF-8 unless it is told otherwise."""
    is_chosen = "utf8" in sys._xoptions or bool(
        os.environ.get("PYTHONUTF8") or os.environ.get("PYTHONIOENCODING")
    )
    return bool(sys.flags.utf8_mode) and not is_chosen


# Style


def terminal_width() -> int | None:
    """The columns of the terminal, as `COLUMNS` has them; None if the output is not a terminal."""
    if not sys.stdout.isatty():
        return None
    import shutil  # slow to import, and not needed on a pipe

    return max(20, shutil.get_terminal_size((80, 24)).columns)


def wants_color(option: str, stream: TextIO | None = None) -> bool:
    """Whether to use color, by the option, NO_COLOR, FORCE_COLOR, and whether it is a terminal.

    `stream` is standard output if it is not given.
    """
    if option != "auto":
        return option == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("0", ""):
        return True
    return (stream or sys.stdout).isatty() and os.environ.get("TERM") != "dumb"


def has_unicode() -> bool:
    """Whether the encoding of the output has block elements, ellipses and arrows."""
    try:
        "█…→".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def style(color: str, exact: bool = False, output: str | None = None) -> Style:
    """The style of text on standard output, or in a file: there in full width, without bars."""
    if output not in (None, "-"):
        return Style(None, color == "always", exact=exact)
    width = terminal_width()
    return Style(width, wants_color(color), width is not None, has_unicode(), exact)
