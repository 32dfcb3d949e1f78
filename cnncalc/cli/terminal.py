"""What the terminal can show."""

from __future__ import annotations

import os
import shutil
import sys

from ..views.layout import Style


def terminal_width() -> int | None:
    """The columns of the terminal; None where the output is none.  `COLUMNS` counts where it is a sensible number."""
    if not sys.stdout.isatty():
        return None

    return max(20, shutil.get_terminal_size((80, 24)).columns)


def wants_colour(option: str) -> bool:
    """The option, then NO_COLOR, then FORCE_COLOR, then whether the output is a terminal."""
    if option != "auto":
        return option == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("0", ""):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def can_unicode() -> bool:
    try:
        "█…→".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def style(color: str, exact: bool) -> Style:
    """How a table is printed where the output goes."""
    from ..views.layout import Style

    width = terminal_width()
    return Style(width, wants_colour(color), width is not None, can_unicode(), exact)
