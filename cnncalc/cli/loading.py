"""Loads the networks that a command is given, and prints the problems in their files."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence

import click

from ..engine import analyse
from ..engine.analysis import Analysis
from ..escape import safe
from ..limits import MAX_PROBLEMS
from ..network import Network
from ..parser import Parsed, Request, RequestError, build, parse, read_document
from ..parser.expansion.build_cache import BuildCache
from ..problem import Problem
from ..sources import resolve
from ..sources.models import runs_code
from ..sources.read_log import is_recorded
from ..sources.resolve import Source, called_variant
from .options import NetworkOptions
from .terminal import note
from .watched_numbers import observe


def load(target: str, inputs: Mapping[str, str] = {}) -> Source:
    """The file of a NET; a notice comes before the code of a model runs.

    Raises UnreadableFile, and UsageError for a model whose code `--watch` would run again.
    """
    if is_recorded() and runs_code(target):
        raise click.UsageError("--watch does not run the code of a model: cnncalc import it first")
    return resolve.load(target, inputs, announce)


def announce(text: str) -> None:
    """Tell which code is about to run."""
    note(safe(text))


def load_analysis(target: str, options: NetworkOptions) -> Analysis:
    """Analyze a network; if its file has errors, print them and exit with 1."""
    return analysed(parse_source(load(target, options.inputs), options), options)


def analysed(parsed: Parsed, options: NetworkOptions) -> Analysis:
    """The analysis of a network; if its file has errors, print them and exit with 1."""
    analysis = analyse(checked_network(parsed), options.batch)
    observe(analysis)
    return analysis


ALL_VARIANTS = "*"
"""The word for every variant of a file, after its `@`."""


def check_one_variant(source: Source) -> None:
    """Raise UsageError if all variants of a file are meant."""
    if source.variant == ALL_VARIANTS:
        message = "only compare, sweep and fit take all variants of a file: name one"
        raise click.UsageError(f"{safe(source.name)}@{ALL_VARIANTS}: {message}")


def parse_source(source: Source, options: NetworkOptions) -> Parsed:
    """Parse a file with the options applied.  Raises UsageError if they do not fit the file."""
    check_one_variant(source)
    request = options.request(source.variant)
    if source.imported is not None and request == Request():
        return as_imported(source.imported, source.name)
    try:
        parsed = parse(source.data, source.name, request)
    except RequestError as error:
        raise click.UsageError(f"{safe(source.name)}: {safe(str(error))}") from None
    return as_imported(parsed, source.name) if source.is_imported else parsed


def parsed_networks(target: str, options: NetworkOptions) -> Iterator[tuple[str, Parsed]]:
    """The networks of a NET, each with its name: with `FILE@*`, every variant of the file.

    Raises UsageError if the options do not fit the file, or if it has no variants.
    """
    source = load(target, options.inputs)
    if source.variant != ALL_VARIANTS:
        yield target, parse_source(source, options)
        return
    file = read_document(source.data, source.name)
    base = target.rpartition("@")[0]
    if file.is_valid and not file.variants:
        raise click.UsageError(f"{safe(base)} has no variants: omit @{ALL_VARIANTS}")
    cache = BuildCache()
    for variant in file.variants or (None,):
        try:
            parsed = build(file, options.request(variant), cache=cache)
        except RequestError as error:
            raise click.UsageError(f"{safe(source.name)}: {safe(str(error))}") from None
        yield called_variant(base, variant or ""), parsed


def as_imported(parsed: Parsed, name: str) -> Parsed:
    """The outcome for a text whose lines are not those of the file that it is called by."""
    network = parsed.network and parsed.network._replace(file=name, is_imported=True)
    file = parsed.file._replace(name=name, is_imported=True)
    return parsed._replace(file=file, network=network)


def checked_network(parsed: Parsed) -> Network:
    """Print errors and warnings to standard error; exit with 1 if there is an error."""
    sys.stdout.flush()
    problems = list(parsed.problems)
    if parsed.network is not None and parsed.document is not None and not parsed.file.is_imported:
        from ..lint.runner import name_warnings  # nobody wrote the names of an imported text

        problems += name_warnings(parsed.document, parsed.lines)
    if problems:
        print_problems(problems, parsed)
    if parsed.network is None:
        raise click.exceptions.Exit(1)
    return parsed.network


def print_problems(problems: Sequence[Problem], parsed: Parsed) -> None:
    """Print problems to standard error, each with its line."""
    from ..views.problems import problem_text  # most files have none

    for problem in problems[:MAX_PROBLEMS]:
        file = parsed.file
        note(problem_text(problem, file.name, file.lines, is_imported=file.is_imported))
    if len(problems) > MAX_PROBLEMS:
        note(f"and {len(problems) - MAX_PROBLEMS:,} more")
