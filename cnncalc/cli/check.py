"""`cnncalc check`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from ..sources.files import UnreadableFile, longest, write
from ..views.check.formats import FORMATS
from ..views.text import safe

if TYPE_CHECKING:
    from ..check.configuration import Configuration
    from ..check.discovery import Candidate
    from ..check.workers import Outcome
    from ..lint.finding import CheckResult, FileResult

EPILOG = """\b
Examples:
  cnncalc check                                   all architecture files below this folder
  cnncalc check nets 'models/**/*.cnn.yaml'
  cnncalc check --output text --output sarif=out.sarif
  cnncalc check nets --baseline nets/baseline.json
  cnncalc check mynet.yaml --fix
  cnncalc check - --stdin-filename mynet.yaml < mynet.yaml

docs/ci.md is about CI, docs/rules.md about the rules.
"""


@click.command(
    epilog=EPILOG,
    help="Check architecture files: mistakes, broken promises, exceeded budgets, and rules.",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--stdin-filename", metavar="NAME", help="What standard input (-) is called in the findings."
)
@click.option(
    "--select", metavar="RULE,...", help="Only these rules; +RULE adds to the usual; all."
)
@click.option("--ignore", metavar="RULE,...", help="Not these rules.")
@click.option(
    "--config",
    metavar="FILE",
    help="Take [tool.cnncalc] of this file, not of the nearest pyproject.toml.",
)
@click.option("--isolated", is_flag=True, help="Take no configuration.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="How to print what is found; else as text."
)
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help="The same, several times, and into files.",
)
@click.option("--fix", is_flag=True, help="Mend in the files what can be mended safely.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option(
    "--baseline", metavar="FILE", help="Hold all numbers to those in FILE: they may fall, not rise."
)
@click.option(
    "--update-baseline",
    is_flag=True,
    help="Write the baseline: lower numbers, new networks, none that are gone.",
)
@click.option(
    "--allow-increase", is_flag=True, help="With --update-baseline: take higher numbers too."
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="Processes; as many as cores for many files.",
)
def command(
    paths: Sequence[str],
    stdin_filename: str | None,
    select: str | None,
    ignore: str | None,
    config: str | None,
    isolated: bool,
    form: str | None,
    outputs: Sequence[str],
    fix: bool,
    diff: bool,
    baseline: str | None,
    update_baseline: bool,
    allow_increase: bool,
    jobs: int | None,
) -> None:
    places = destinations(form, outputs)
    settings = configured(config, isolated)
    baseline = baseline_path(baseline, settings, update_baseline, allow_increase)
    rules = chosen(settings, select, ignore)
    result, failed = checked(paths or (".",), stdin_filename, settings, rules, jobs)
    if fix or diff:
        result = mended(result, diff)
    if baseline:
        try:
            result = held(result, baseline, update_baseline and not failed, allow_increase)
        except UnreadableFile as error:
            click.echo(f"cnncalc: {safe(str(error))}", err=True)
            failed = True
    if not diff:
        put_out(result, places)
    finish(result, failed)


def finish(result: CheckResult, failed: bool) -> None:
    """Exit with what the findings, and the files that could not be read, come to."""
    if failed:
        raise click.exceptions.Exit(2)
    if result.findings:
        raise click.exceptions.Exit(1)


# Where it goes

Destinations = list[tuple[str, str | None]]
"""Formats with the files that they go to; None for standard output."""


def destinations(form: str | None, outputs: Sequence[str]) -> Destinations:
    """What goes where: text to standard output, if nothing else does."""
    found: Destinations = [(form, None)] if form else []
    for output in outputs:
        name, mark, file = output.partition("=")
        if name not in FORMATS:
            raise click.UsageError(
                f"--output takes one of {', '.join(FORMATS)}, found {safe(name) or 'nothing'}"
            )
        if mark and not file:
            raise click.UsageError(f"--output {name}= names no file")
        found.append((name, file or None))
    files = [file for _, file in found]
    if len(files) != len(set(files)):
        raise click.UsageError("two outputs go to one place")
    return found if None in files else [*found, ("text", None)]


def put_out(result: CheckResult, places: Destinations) -> None:
    """Write a result in each format to its place; the last line of the text goes to standard error where no text does."""
    from ..views.check.formats import rendered
    from ..views.check.text import last_line

    for name, file in places:
        text = rendered(name, result)
        if file is None:
            sys.stdout.write(text)
        else:
            write(file, text.encode("utf-8", "backslashreplace"))
    if all(name not in ("text", "github", "markdown") for name, file in places if file is None):
        click.echo(last_line(result), err=True)


# Mending


def mended(result: CheckResult, diff: bool) -> CheckResult:
    """Mend the files in which that can be done, or show how; what is found then."""
    from ..check.fix_files import mend_files

    changed = mend_files(result, diff)
    for line in changed.notes:
        click.echo(safe(line), err=True)
    for line in changed.diff:
        click.echo(safe(line))
    return changed.result


# The baseline


def baseline_path(
    option: str | None, settings: Configuration, update: bool, allow: bool
) -> str | None:
    """Where the baseline stands: as the command line says, else the configuration."""
    path = option or (
        os.path.join(settings.folder, settings.baseline) if settings.baseline else None
    )
    if update and path is None:
        raise click.UsageError(
            "--update-baseline needs --baseline FILE, or `baseline` in [tool.cnncalc]"
        )
    if allow and not update:
        raise click.UsageError("--allow-increase is for --update-baseline")
    return path


def held(result: CheckResult, path: str, update: bool, allow_increase: bool) -> CheckResult:
    """The result held to the baseline, which is written before that where it is to be updated.  Raises UnreadableFile."""
    from ..check.baseline import compared, read_baseline, updated

    there = os.path.lexists(path)
    if not there and not update:
        raise UnreadableFile(f"there is no baseline {path}: --update-baseline writes it")
    before = read_baseline(path) if there else None
    if update:
        done = updated(result, before, path, allow_increase)
        if done.text is not None:
            write(path, done.text.encode())
            before = read_baseline(path)
        click.echo(f"cnncalc: {safe(done.told)}", err=True)
    return compared(result, before) if before else result


# What is asked


def configured(config: str | None, isolated: bool) -> Configuration:
    """The configuration; what is wrong with it is printed, and ends the command."""
    from ..check.configuration import (
        Configuration,
        ConfigurationError,
        nearest_settings,
        settings_of,
    )

    if isolated and config:
        raise click.UsageError("--config and --isolated exclude each other")
    try:
        return (
            Configuration() if isolated else settings_of(config) if config else nearest_settings()
        )
    except ConfigurationError as error:
        from ..views.problems import problem_text

        click.echo(problem_text(error.problem, error.file, error.lines), err=True)
        raise click.exceptions.Exit(2) from None


def chosen(settings: Configuration, select: str | None, ignore: str | None) -> tuple[str, ...]:
    """The rules that are asked: the command line goes before the configuration."""
    from ..lint.selection import UnknownRule, selected

    try:
        return selected(
            settings.select if select is None else words(select),
            (*settings.ignore, *words(ignore or "")),
        )
    except UnknownRule as error:
        raise click.UsageError(safe(str(error))) from None


def words(text: str) -> list[str]:
    """Names with commas between them."""
    return [word.strip() for word in text.split(",") if word.strip()]


# Checking


def checked(
    paths: Sequence[str],
    stdin_filename: str | None,
    settings: Configuration,
    rules: tuple[str, ...],
    jobs: int | None,
) -> tuple[CheckResult, bool]:
    """What is found in all files, and whether some could not be checked.  Raises UnreadableFile where there is nothing to check."""
    from ..check.discovery import candidates
    from ..check.workers import Trouble
    from ..lint.finding import CheckResult

    files = list(
        candidates([path for path in paths if path != "-"], settings.exclude, settings.folder)
    )
    results: list[FileResult] = []
    failed = False
    for found in (*standard_input(paths, stdin_filename, rules), *found_in(files, rules, jobs)):
        if isinstance(found, Trouble):
            click.echo(f"cnncalc: {safe(found.message)}", err=True)
            failed = True
        elif found is not None:
            results.append(found)
    if not results and not failed:
        raise UnreadableFile(f"there is no architecture file in {', '.join(paths)}")
    return CheckResult(tuple(results), rules), failed


def standard_input(
    paths: Sequence[str], name: str | None, rules: tuple[str, ...]
) -> Iterator[FileResult | None]:
    """What is found in standard input, where it is asked for."""
    if "-" not in paths:
        if name is not None:
            raise click.UsageError("--stdin-filename is for `-`")
        return
    from ..check.file import inspect

    yield inspect(sys.stdin.buffer.read(longest() + 1), name or "<stdin>", rules)


def found_in(
    files: Sequence[Candidate], rules: tuple[str, ...], jobs: int | None
) -> Iterator[Outcome]:
    """What is found in files, with a progress bar where there are many and a person looks on."""
    from ..check.workers import FEW, outcomes

    found = outcomes(files, rules, jobs)
    if len(files) < FEW or not sys.stderr.isatty():
        yield from found
        return
    first = next(found)  # what is started for it is started before the bar has a thread
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("checking", total=len(files), completed=1)
        yield first
        for outcome in found:
            progress.advance(task)
            yield outcome
