"""The capabilities of the terminal."""

from __future__ import annotations

import os
import sys

from ..views.style import Style


def terminal_width() -> int | None:
    """The columns of the terminal, as `COLUMNS` has them; None if the output is not a terminal."""
    if not sys.stdout.isatty():
        return None
    import shutil  # slow to import, and not needed on a pipe

    return max(20, shutil.get_terminal_size((80, 24)).columns)


def wants_color(option: str) -> bool:
    """Whether to use color, by the option, NO_COLOR, FORCE_COLOR, and whether it is a terminal."""
    if option != "auto":
        return option == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("0", ""):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def has_unicode() -> bool:
    """Whether the encoding of the output has block elements, ellipses and arrows."""
    try:
        "█…→".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def style(color: str, exact: bool = False) -> Style:
    """The style of text on standard output."""
    width = terminal_width()
    return Style(width, wants_color(color), width is not None, has_unicode(), exact)
