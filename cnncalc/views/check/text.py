"""Findings for people: each with its line and a caret, and a summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...check.result import CheckResult, FileResult
from ...escape import safe
from ...lint.finding import Finding
from ...problem import Problem, count
from ..layout import painter
from ..problems import SEVERITY_COLORS, location, problem_lines
from ..style import Style
from ..text import percent, short_joules, short_seconds


def check_text(result: CheckResult, style: Style = Style()) -> str:
    fits = "".join(f"{line}\n" for line in fit_lines(result))
    return f"{finding_texts(result, style)}{fits}{paint_summary(result, style)}\n"


def fit_lines(result: CheckResult) -> Iterator[str]:
    """What each network needs on each device that it is checked for."""
    for entry in result.files:
        for fit in entry.fits:
            name = f"{entry.file}@{fit.variant}" if fit.variant else entry.file
            memories = (
                memory_text("flash", fit.flash_bytes, fit.flash_limit),
                memory_text("RAM", fit.ram_bytes, fit.ram_limit),
            )
            needs = [text for text in memories if text]
            if fit.at_least_s is not None:
                needs.append(f"at least {short_seconds(fit.at_least_s)}")
            if fit.energy_at_least_j is not None:
                needs.append(f"at least {short_joules(fit.energy_at_least_j)}")
            yield f"{safe(name)} on {safe(fit.device)}: {', '.join(needs)}"


def memory_text(title: str, size: int | None, limit: int | None) -> str:
    """A memory and how much of it the device has; empty if nothing is needed."""
    if size is None:
        return ""
    if limit is None:
        return f"{title} {size:,} B"
    return f"{title} {size:,} of {limit:,} B ({percent(size, limit)})"


def finding_texts(result: CheckResult, style: Style = Style()) -> str:
    """The findings, without the summary."""
    parts = (
        problem_lines(finding.problem, place_of(entry, finding), finding.line, style)
        for entry, finding in result.located
    )
    return "".join(f"{part}\n" for part in parts)


def paint_summary(result: CheckResult, style: Style) -> str:
    """The summary, in the color of its gravest finding."""
    gravest = next((name for name, number in result.count_by_severity().items() if number), "")
    color = "red" if result.unchecked else SEVERITY_COLORS.get(gravest, "green")
    return painter(color)(summary(result), style)


DIFF_COLORS = {"---": "bold", "+++": "bold", "@@ ": "cyan", "-": "red", "+": "green"}
"""The colors of the lines of a diff, by their start."""


def diff_text(lines: Iterable[str], style: Style) -> str:
    """The lines of a diff, colored as git does."""
    painted = (painter(diff_color(line))(safe(line), style) for line in lines)
    return "".join(f"{line}\n" for line in painted)


def diff_color(line: str) -> str:
    return next((color for start, color in DIFF_COLORS.items() if line.startswith(start)), "")


def place_of(entry: FileResult, finding: Finding) -> str:
    """The file of a finding, with its line and column unless the file has no such line."""
    return location(entry.file, finding.problem.span, entry.is_imported)


def call_texts(problem: Problem) -> list[str]:
    """The block calls around a problem, each in words."""
    return [f"in {call.label}, line {call.span.line}" for call in problem.calls]


def summary(result: CheckResult) -> str:
    """The number of files and networks checked, and the number of findings by severity.

    >>> summary(CheckResult((), ()))
    '0 files, 0 networks: no findings'
    >>> summary(CheckResult((), (), unchecked=2))
    '2 files could not be checked'
    """
    failed = f"{count(result.unchecked, 'file')} could not be checked" if result.unchecked else ""
    if failed and not result.files:
        return failed
    files = count(len(result.architectures), "file")
    networks = count(result.networks, "network")
    numbers = result.count_by_severity().items()
    findings = ", ".join(count(number, severity) for severity, number in numbers if number)
    fixable = len([finding for _, finding in result.findings if finding.fix])
    fixes = f", {fixable} fixable with --fix" if fixable else ""
    found = f"{files}, {networks}: {findings or 'no findings'}{fixes}"
    return f"{found}; {failed}" if failed else found
