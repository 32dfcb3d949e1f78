"""What `cnncalc check` does with its findings: which make it fail, and where they are written."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click

from ..escape import safe
from ..named_tuple import NamedTuple
from ..problem import SEVERITIES, Severity
from ..sources.files import UnreadableFile
from ..views.check.formats import FORMATS
from ..views.style import Style
from .options import Command, color_option
from .terminal import complain, note, wants_color, write_output

if TYPE_CHECKING:
    from ..check.configuration import Configuration
    from ..check.result import CheckResult

Destination = tuple[str, str | None]
"""A format and its file; None is standard output."""


class ResultOptions(NamedTuple):
    """`--format` and `--output`, `--fail-on`, `--exit-zero`, `--quiet` and `--color`.

    `names_stdout` is whether a format is requested for standard output.
    """

    destinations: Sequence[Destination]
    names_stdout: bool
    fail_on: Severity | None
    exit_zero: bool
    quiet: bool
    color: str

    def judge(self, result: CheckResult, settings: Configuration) -> CheckResult:
        """The result with the configured severities, and what makes it fail."""
        fail_on = self.fail_on or settings.fail_on or result.fail_on
        return result.with_severities(settings.severities)._replace(fail_on=fail_on)

    def write(self, result: CheckResult, fixed_text: bytes | None) -> bool:
        """Write a result in each format to its destination; whether all of them could be written.

        A fixed text of standard input goes to standard output, and the findings then to standard
        error, as does the summary unless a format that contains it goes to standard output.  With
        `--quiet`, there is no summary, and only what makes the check fail is printed.
        """
        from ..views.check.formats import WITH_SUMMARY, render
        from ..views.check.text import summary

        stream = sys.stdout
        if fixed_text is not None:
            sys.stdout.buffer.write(fixed_text)
            stream = sys.stderr
        is_written = True
        for name, file in sorted(self.destinations, key=lambda found: found[1] is not None):
            text = render(name, result) if file else self.printed(name, result, stream)
            try:
                write_output(text, name, file, stream)
            except UnreadableFile as error:
                complain(str(error))
                is_written = False
        shown = any(file is None and name in WITH_SUMMARY for name, file in self.destinations)
        if not shown and not self.quiet:
            note(summary(result))
        return is_written

    def printed(self, name: str, result: CheckResult, stream: TextIO) -> str:
        """A result in a format, as it is printed: with `--quiet` only what fails."""
        from ..views.check.formats import render
        from ..views.check.text import check_text, finding_texts

        shown = result.only_failing() if self.quiet else result
        if name != "text":
            return render(name, shown)
        look = Style(color=wants_color(self.color, stream))
        return finding_texts(shown, look) if self.quiet else check_text(shown, look)


OPTIONS: tuple[Callable[[Command], Command], ...] = (
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
        help="Fail on findings of this severity or higher (default: warning).",
    ),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings."),
    click.option(
        "--quiet", is_flag=True, help="Print only the findings that fail, and no summary."
    ),
    color_option,
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
        color: str,
        **others: Any,
    ) -> Any:
        destinations = parse_outputs(form, outputs)
        files = {output.partition("=")[2] for output in outputs}
        names_stdout = form is not None or bool(files & {"", "-"})
        outcome = ResultOptions(destinations, names_stdout, fail_on, exit_zero, quiet, color)
        return function(outcome=outcome, **others)

    decorated: Command = command
    for option in reversed(OPTIONS):
        decorated = option(decorated)
    return decorated


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
        found.append((name, None if file in ("", "-") else file))
    files = [file for _, file in found]
    if len(files) != len(set(files)):
        raise click.UsageError("two outputs have the same destination")
    return found if None in files else [*found, ("text", None)]
