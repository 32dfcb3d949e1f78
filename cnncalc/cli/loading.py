"""What every command does with a file: parse it, print what is wrong, and choose how the rest is printed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..lint.runner import doubts
from ..network import Network
from ..parser import Request, RequestError
from ..parser.parsing import Parsed, parse
from ..sources.resolve import Source
from ..views.problems import problem_text
from ..views.text import safe
from .options import pairs

if TYPE_CHECKING:
    from ..difference import Declarations

FORMATS = ("table", "json", "csv", "markdown", "latex")


def parsed(
    source: Source, settings: Sequence[str], inputs: Sequence[str], dtype: str | None
) -> Parsed:
    """A file's network, with what the command line changes.  Raises UsageError where that does not fit."""
    request = Request(
        source.variant, pairs(settings, "--set"), pairs(inputs, "--input", nameless=True), dtype
    )
    try:
        return parse(source.data, source.name, request)
    except RequestError as wrong:
        raise click.UsageError(f"{safe(source.name)}: {safe(str(wrong))}") from None


def said(found: Parsed, settings: Sequence[str]) -> Declarations:
    """What a file says beside its layers, with what the command line changes."""
    from ..difference import Declarations
    from ..parser.declarations import said_blocks, said_vars

    if found.root is None or found.network is None:
        return Declarations()
    return Declarations(
        said_vars(found.root, found.network.variant, pairs(settings, "--set")),
        said_blocks(found.root),
    )


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
