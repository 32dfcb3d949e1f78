"""What `cnncalc check` does with its findings: which make it fail, and where they are written."""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ..named_tuple import NamedTuple
from ..problem import SEVERITIES, Severity
from ..sources.files import write_file
from ..views.check.formats import FORMATS
from ..views.text import safe
from .options import Command

if TYPE_CHECKING:
    from ..check.configuration import Configuration
    from ..check.result import CheckResult

Destination = tuple[str, str | None]
"""A format and its file; None is standard output."""


class ResultOptions(NamedTuple):
    """`--format` and `--output`, `--fail-on`, `--exit-zero` and `--quiet`."""

    destinations: Sequence[Destination]
    fail_on: Severity | None
    exit_zero: bool
    quiet: bool

    def judge(self, result: CheckResult, settings: Configuration) -> CheckResult:
        """The result with the configured severities, and what makes it fail."""
        fail_on = self.fail_on or settings.fail_on or result.fail_on
        return result.with_severities(settings.severities)._replace(fail_on=fail_on)

    def write(self, result: CheckResult) -> None:
        """Write a result in each format to its destination.

        The summary goes to standard error, unless a format that contains it goes to standard
        output.  With `--quiet`, there is none, and standard output gets only what makes the check
        fail.
        """
        from ..views.check.formats import WITH_SUMMARY, render
        from ..views.check.text import finding_texts, summary

        for name, file in self.destinations:
            if file is not None:
                text = render(name, result)
                write_file(file, text.encode("utf-8", "backslashreplace"))
            elif self.quiet and name == "text":
                sys.stdout.write(finding_texts(result.only_failing()))
            else:
                sys.stdout.write(render(name, result.only_failing() if self.quiet else result))
        shown = any(file is None and name in WITH_SUMMARY for name, file in self.destinations)
        if not shown and not self.quiet:
            click.echo(summary(result), err=True)


OPTIONS = (
    click.option(
        "--format",
        "form",
        type=click.Choice(list(FORMATS)),
        help="Output format (default: text).",
    ),
    click.option(
        "--output",
        "outputs",
        multiple=True,
        metavar="FORMAT[=FILE]",
        help="Write a format to FILE or standard output; may be repeated.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(SEVERITIES),
        help="Fail on findings of this severity and graver ones (default: warning).",
    ),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found."),
    click.option(
        "--quiet", is_flag=True, help="Print only the findings that fail, and no summary."
    ),
)


def result_options(function: Command) -> Command:
    """The options, which the command gets as `outcome`."""

    @functools.wraps(function)
    def command(
        *,
        form: str | None,
        outputs: Sequence[str],
        fail_on: Severity | None,
        exit_zero: bool,
        quiet: bool,
        **others: Any,
    ) -> Any:
        destinations = parse_outputs(form, outputs)
        outcome = ResultOptions(destinations, fail_on, exit_zero, quiet)
        return function(outcome=outcome, **others)

    for option in reversed(OPTIONS):
        command = option(command)
    return command


def parse_outputs(form: str | None, outputs: Sequence[str]) -> list[Destination]:
    """The formats and their files: text to standard output if nothing else goes there.

    Raises UsageError.
    """
    found: list[Destination] = [(form, None)] if form else []
    for output in outputs:
        name, mark, file = output.partition("=")
        if name not in FORMATS:
            raise click.UsageError(
                f"--output takes one of {', '.join(FORMATS)}; found {safe(name) or 'nothing'}"
            )
        if mark and not file:
            raise click.UsageError(f"--output {name}= has no file name")
        found.append((name, file or None))
    files = [file for _, file in found]
    if len(files) != len(set(files)):
        raise click.UsageError("two outputs have the same destination")
    return found if None in files else [*found, ("text", None)]
