"""What every command does with a file: parse it, print what is wrong, and choose how the rest is printed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..lint.runner import doubts
from ..network import Network
from ..parser import Parsed, Request, WrongRequest, parse
from ..sources.files import Source
from ..views.problems import problem_text
from ..views.text import safe

if TYPE_CHECKING:
    from ..diff import Said
    from ..views.layout import Style

FORMATS = ("table", "json", "csv", "markdown", "latex")


def network_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that change a network: `--set`, `--input`, `--dtype`."""
    options = (
        click.option(
            "--set", "settings", multiple=True, metavar="VAR=VALUE", help="Change a variable of the file, as in classes=10."
        ),
        click.option("--input", "inputs", multiple=True, metavar="SHAPE", help="Another input: 3x299x299, or name=SHAPE."),
        click.option("--dtype", metavar="TYPE", help="The type of all tensors: float16, int8, ..."),
    )
    for option in reversed(options):
        function = option(function)
    return function


batch_option = click.option(
    "--batch", type=click.IntRange(1, 10**9), default=1, metavar="N", help="Count for N samples at once."
)


def color_option(where: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--color`, of what is printed."""
    choice = click.Choice(["auto", "always", "never"])
    return click.option("--color", type=choice, default="auto", help=f"Colour in the {where}.")


def pairs(texts: Sequence[str], option: str, nameless: bool = False) -> dict[str, str]:
    """`NAME=VALUE` texts as a mapping."""
    found: dict[str, str] = {}
    for text in texts:
        name, mark, value = text.partition("=")
        if not mark and nameless:
            name, value = "", text
        elif not mark or not name:
            raise click.UsageError(f"{option} takes NAME=VALUE, found {safe(text)}")
        if name.strip() in found:
            raise click.UsageError(f"{option} gives {safe(name) or 'the input'} twice")
        found[name.strip()] = value
    return found


def parsed(source: Source, settings: Sequence[str], inputs: Sequence[str], dtype: str | None) -> Parsed:
    """A file's network, with what the command line changes.  Raises UsageError where that does not fit."""
    request = Request(source.variant, pairs(settings, "--set"), pairs(inputs, "--input", nameless=True), dtype)
    try:
        return parse(source.data, source.name, request)
    except WrongRequest as wrong:
        raise click.UsageError(f"{safe(source.name)}: {safe(str(wrong))}") from None


def said(found: Parsed, settings: Sequence[str]) -> Said:
    """What a file says beside its layers, with what the command line changes."""
    from ..diff import Said
    from ..parser.declarations import said_blocks, said_vars

    if found.root is None or found.network is None:
        return Said()
    return Said(said_vars(found.root, found.network.variant, pairs(settings, "--set")), said_blocks(found.root))


def complain(found: Parsed, source: Source) -> Network:
    """Print what is wrong, or doubtful, to standard error; exit with 1 if that is an error, else give the network."""
    sys.stdout.flush()
    problems = list(found.problems)
    if found.network is not None and found.document is not None:
        problems += doubts(found.document, found.lines)
    for problem in problems:
        click.echo(problem_text(problem, source.name, found.lines), err=True)
    if found.network is None:
        raise click.exceptions.Exit(1)
    return found.network


def terminal_width() -> int | None:
    """The columns of the terminal; None where the output is none.  `COLUMNS` counts where it is a sensible number."""
    if not sys.stdout.isatty():
        return None
    import shutil  # slow to import, and not needed on a pipe

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
