"""`--open`: a page in the browser of the user."""

from __future__ import annotations

import os
import sys

import click

from ..sources.read_log import is_recorded

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
"""The variables one of which a browser on Linux and BSD needs, or that names one."""


def check_open(output: str | None) -> None:
    """Raise UsageError if a page cannot be opened here."""
    if is_recorded():
        raise click.UsageError("--open has no effect with --watch: open the page once, without")
    if output == "-":
        raise click.UsageError("--open needs a file: omit `-o -`")
    is_graphic = sys.platform in ("darwin", "win32") or any(map(os.environ.get, DISPLAYS))
    if not is_graphic:
        message = "--open needs a display, and there is none here"
        raise click.UsageError(f"{message}: write the page with -o FILE.html and copy it")


def new_page() -> str:
    """The path of a page in a new folder that only the user can read."""
    import tempfile

    return os.path.join(tempfile.mkdtemp(prefix="cnncalc-"), "report.html")


def open_page(path: str) -> bool:
    """Open a page; whether there is a browser that does so."""
    import webbrowser
    from pathlib import Path

    try:
        return webbrowser.open(Path(path).resolve().as_uri())
    except webbrowser.Error:
        return False
