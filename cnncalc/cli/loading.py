"""Loads the networks that a command is given, and prints the problems in their files."""

from __future__ import annotations

import sys

import click

from ..engine import analyse
from ..engine.analysis import Analysis
from ..lint.runner import name_warnings
from ..network import Network
from ..parser import Parsed, RequestError, parse
from ..sources.resolve import Source, load
from ..views.problems import problem_text
from ..views.text import safe
from .options import NetworkOptions


def load_analysis(target: str, options: NetworkOptions) -> Analysis:
    """Analyze a network; if its file has errors, print them and exit with 1."""
    source = load(target)
    return analyse(checked_network(parse_source(source, options)), options.batch)


def parse_source(source: Source, options: NetworkOptions) -> Parsed:
    """Parse a file with the options applied.  Raises UsageError if they do not fit the file."""
    try:
        return parse(source.data, source.name, options.request(source.variant))
    except RequestError as error:
        raise click.UsageError(f"{safe(source.name)}: {safe(str(error))}") from None


def checked_network(parsed: Parsed) -> Network:
    """Print errors and warnings to standard error; exit with 1 if there is an error."""
    sys.stdout.flush()
    problems = list(parsed.problems)
    if parsed.network is not None and parsed.document is not None:
        problems += name_warnings(parsed.document, parsed.lines)
    for problem in problems:
        click.echo(problem_text(problem, parsed.file.name, parsed.lines), err=True)
    if parsed.network is None:
        raise click.exceptions.Exit(1)
    return parsed.network
