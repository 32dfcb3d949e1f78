"""`cnncalc check`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from ..escape import safe
from ..named_tuple import NamedTuple
from ..sources.files import (
    UnreadableFile,
    is_below,
    locked_folder,
    write_file,
)
from ..sources.read_log import is_recorded
from .check_result import ResultOptions, result_options
from .configuration import configured_device, enabled_rules, load_configuration, print_rules
from .device import device_called, device_option
from .terminal import complain, note, wants_color, write
from .watch import WatchableCommand
from .watched_numbers import observe_check

if TYPE_CHECKING:
    from ..check.budget import GivenBudget
    from ..check.configuration import Configuration
    from ..check.discovery import FileToCheck
    from ..check.result import CheckResult, FileResult
    from ..check.workers import Outcome

EPILOG = """\b
Examples:
  cnncalc check                                   all architecture files below this folder
  cnncalc check nets 'models/**/*.cnn.yaml'
  cnncalc check --output text --output sarif=out.sarif
  cnncalc check nets --baseline nets/baseline.json
  cnncalc check mynet.yaml --fix
  cnncalc check model.pt2 --budget params=5M      a model file, which must be named
  cnncalc check nets --device stm32h743 --budget ram=80%
  cnncalc check --fail-on error --quiet           only errors; no output without any
  cnncalc check - --stdin-filename mynet.yaml < mynet.yaml

cnncalc help ci describes the use in CI, and cnncalc help rules the rules.
"""


FIXED_TEXT = "--fix of standard input prints the fixed text on standard output"


@click.command(
    cls=WatchableCommand,
    epilog=EPILOG,
    help="Check architecture files: errors, unmet expectations, exceeded budgets, and lint rules.",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--stdin-filename", metavar="NAME", help="Name of standard input (-) in findings.")
@click.option(
    "--select",
    metavar="RULE,...",
    help="Enable only these rules; +RULE adds to the default ones; `all` is every rule.",
)
@click.option("--ignore", metavar="RULE,...", help="Disable these rules.")
@click.option(
    "--config",
    metavar="FILE",
    help="Read [tool.cnncalc] from FILE (default: the nearest pyproject.toml).",
)
@click.option("--isolated", is_flag=True, help="Ignore all configuration files.")
@click.option("--list-rules", is_flag=True, help="List the rules with their severities, and exit.")
@result_options
@click.option("--fix", is_flag=True, help="Apply the safe fixes.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, without changing it.")
@click.option(
    "--budget",
    multiple=True,
    metavar="NUMBER=LIMIT",
    help="Fail when a number of a network is above a limit: params=5M, peak_bytes=256KiB; with"
    " --device also ram=80%, flash=1MiB, time=30ms, energy=5mJ.",
)
@device_option("Check that networks fit on a device: a name that cnncalc devices lists, or a file.")
@click.option("--baseline", metavar="FILE", help="Fail when a number grows compared to FILE.")
@click.option(
    "--update-baseline",
    is_flag=True,
    help="Record lower numbers and new networks; remove networks that no longer exist.",
)
@click.option(
    "--allow-increase", is_flag=True, help="With --update-baseline: accept higher numbers too."
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="Number of processes (default: one per core for many files).",
)
def command(
    paths: Sequence[str],
    stdin_filename: str | None,
    select: str | None,
    ignore: str | None,
    config: str | None,
    isolated: bool,
    list_rules: bool,
    outcome: ResultOptions,
    fix: bool,
    diff: bool,
    budget: Sequence[str],
    device: str | None,
    baseline: str | None,
    update_baseline: bool,
    allow_increase: bool,
    jobs: int | None,
) -> None:
    check_streams(paths, outcome, fix and not diff)
    settings = load_configuration(config, isolated)
    rules = enabled_rules(settings, select, ignore)
    if list_rules:
        print_rules(settings, rules)
        return
    options = baseline_options(baseline, settings, update_baseline, allow_increase)
    checks = Checks(rules, budget_on(device, budget, settings))
    result, failed = check_all(paths or (".",), stdin_filename, settings, checks, jobs)
    fixed_text = None
    if fix or diff:
        result, fixed_text, all_fixed = fix_all(result, diff, outcome.color)
        failed = failed or not all_fixed
    if options.path:
        result, failed = with_baseline(result, options, failed)
    result = outcome.judge(result, settings)
    if not diff and not outcome.write(result, fixed_text):
        failed = True
    if failed:
        raise click.exceptions.Exit(2)
    if result.is_failed and not outcome.exit_zero:
        raise click.exceptions.Exit(1)


# Fixes


def check_streams(paths: Sequence[str], outcome: ResultOptions, fix: bool) -> None:
    """Raise UsageError if fixed text and findings both go to standard output.

    Also for fixes with `--watch`: they would change files while they are edited.
    """
    if fix and is_recorded():
        raise click.UsageError("--watch changes no file: run --fix without it")
    if fix and "-" in paths and outcome.names_stdout:
        raise click.UsageError(f"{FIXED_TEXT}: write the findings to a file, --output FORMAT=FILE")


def fix_all(result: CheckResult, diff: bool, color: str) -> tuple[CheckResult, bytes | None, bool]:
    """Apply the fixes, or show what they would change.

    Returns the findings that are left, the fixed text of standard input if it was checked, and
    whether every fixed file could be written.
    """
    from ..check.fix_files import fix_files
    from ..views.check.text import diff_text
    from ..views.style import Style

    outcome = fix_files(result, diff)
    for message in outcome.messages:
        note(safe(message))
    write(diff_text(outcome.diff, Style(color=wants_color(color))))
    for error in outcome.errors:
        complain(str(error))
    return outcome.result, outcome.fixed_text, not outcome.errors


# The baseline


class BaselineOptions(NamedTuple):
    """The path of the baseline, and how it is updated.

    `folder` is that of the configuration that names it, or None.
    """

    path: str | None
    folder: str | None
    update: bool
    allow_increase: bool


def baseline_options(
    option: str | None, settings: Configuration, update: bool, allow_increase: bool
) -> BaselineOptions:
    """The baseline of the command line, or of the configuration.  Raises UsageError."""
    path, folder = option or None, None
    if path is None and settings.baseline:
        path, folder = os.path.join(settings.folder, settings.baseline), settings.folder
    if update and path is None:
        raise click.UsageError(
            "--update-baseline needs --baseline FILE, or `baseline` in [tool.cnncalc]"
        )
    if update and is_recorded():
        raise click.UsageError("--watch changes no file: run --update-baseline without it")
    if allow_increase and not update:
        raise click.UsageError("--allow-increase needs --update-baseline")
    return BaselineOptions(path, folder, update, allow_increase)


def with_baseline(
    result: CheckResult, options: BaselineOptions, failed: bool
) -> tuple[CheckResult, bool]:
    """The result compared with the baseline, and whether anything failed.

    The baseline is not updated if a file could not be checked.
    """
    try:
        options = options._replace(update=options.update and not failed)
        return apply_baseline(result, options), failed
    except UnreadableFile as error:
        complain(str(error))
        return result, True


def apply_baseline(result: CheckResult, options: BaselineOptions) -> CheckResult:
    """The result compared with the baseline, after the update if that is requested.

    Raises UnreadableFile if there is no baseline.
    """
    from ..check.baseline import compare_with_baseline, read_baseline

    path = options.path
    assert path is not None
    if options.update:
        update_on_disk(result, options, path)
    elif not os.path.lexists(path):
        raise UnreadableFile(f"there is no baseline {path}: --update-baseline writes it")
    if options.update and not os.path.lexists(path):
        return result
    return compare_with_baseline(result, read_baseline(path, named=options.folder is None))


def update_on_disk(result: CheckResult, options: BaselineOptions, path: str) -> None:
    """Update the baseline, and print what was done.  Raises UnreadableFile."""
    from ..check.baseline import read_baseline, update_baseline

    is_named = options.folder is None
    if options.folder is not None and not is_below(path, options.folder):
        outside = f"{path} is not in the folder of the configuration that names it"
        raise UnreadableFile(f"{outside}: --baseline {path} --update-baseline writes it")
    with locked_folder(os.path.dirname(os.path.realpath(path))):
        before = read_baseline(path, named=is_named) if os.path.lexists(path) else None
        updated = update_baseline(result, before, path, options.allow_increase)
        if updated.text is not None:
            write_file(path, updated.text.encode())
    complain(updated.message)


# Checking


class Checks(NamedTuple):
    """What every file is checked for: the rules, and the limits of the command line."""

    rules: tuple[str, ...]
    budget: GivenBudget


def budget_on(device: str | None, texts: Sequence[str], settings: Configuration) -> GivenBudget:
    """The limits of `--budget`, and the device of `--device` or the configuration.

    Raises UsageError.
    """
    from ..check.budget import LimitError, given_budget

    found = device_called(device) if device is not None else configured_device(settings)

    try:
        return given_budget(texts, found)
    except LimitError as error:
        raise click.UsageError(f"--budget: {safe(str(error))}") from None


def check_all(
    paths: Sequence[str],
    stdin_filename: str | None,
    settings: Configuration,
    checks: Checks,
    jobs: int | None,
) -> tuple[CheckResult, bool]:
    """The findings in all files, and whether some could not be checked.

    Raises UnreadableFile if there is no file to check.
    """
    from ..check.discovery import UncheckedFile, find_files
    from ..check.result import CheckResult

    named = [path for path in paths if path != "-"]
    entries = list(find_files(named, settings.exclude, settings.folder))
    unread = [entry for entry in entries if isinstance(entry, UncheckedFile)]
    files = [entry for entry in entries if not isinstance(entry, UncheckedFile)]
    results: list[FileResult] = []
    unchecked = 0
    for found in (
        *unread,
        *check_stdin(paths, stdin_filename, checks),
        *check_with_progress(files, checks, jobs),
    ):
        if isinstance(found, UncheckedFile):
            complain(found.message)
            unchecked += 1
        elif found is not None:
            results.append(found)
    if not results and not unchecked:
        raise UnreadableFile(f"there is no architecture file in {', '.join(paths)}")
    rules, budget = checks
    result = CheckResult(tuple(results), rules, unchecked=unchecked, budget=budget)
    observe_check(result)
    return result, unchecked > 0


def check_stdin(
    paths: Sequence[str], name: str | None, checks: Checks
) -> Iterator[FileResult | None]:
    """The findings in standard input, if `-` is one of the paths."""
    if "-" not in paths:
        if name is not None:
            raise click.UsageError("--stdin-filename needs the path `-`")
        return
    from ..check.file import check_file
    from ..sources.resolve import standard_input

    text = standard_input(None).data
    found = check_file(text, name or "<stdin>", checks.rules, budget=checks.budget)
    yield found and found._replace(text=text)


def check_with_progress(
    files: Sequence[FileToCheck], checks: Checks, jobs: int | None
) -> Iterator[Outcome]:
    """Check files, with a progress bar if there are many and standard error is a terminal."""
    from ..check.workers import MANY_FILES, check_files

    outcomes = check_files(files, checks.rules, jobs, checks.budget)
    if len(files) < MANY_FILES or not sys.stderr.isatty():
        yield from outcomes
        return
    first = next(outcomes)  # processes must start before the thread of the progress bar
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("checking", total=len(files), completed=1)
        yield first
        for outcome in outcomes:
            progress.advance(task)
            yield outcome
