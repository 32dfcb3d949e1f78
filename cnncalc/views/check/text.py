"""Findings for people: each with its line and a caret, and a summary."""

from __future__ import annotations

from ...check.result import CheckResult
from ...problem import Problem, count
from ..problems import problem_lines


def check_text(result: CheckResult) -> str:
    return f"{finding_texts(result)}{summary(result)}\n"


def finding_texts(result: CheckResult) -> str:
    """The findings, without the summary."""
    parts = (
        problem_lines(finding.problem, file, finding.line) for file, finding in result.findings
    )
    return "".join(f"{part}\n" for part in parts)


def call_texts(problem: Problem) -> list[str]:
    """The block calls around a problem, each in words."""
    return [f"in {call.label}, line {call.span.line}" for call in problem.calls]


def summary(result: CheckResult) -> str:
    """The number of files and networks checked, and the number of findings by severity.

    >>> summary(CheckResult((), ()))
    '0 files, 0 networks: no findings'
    """
    files = count(len(result.architectures), "file")
    networks = count(result.networks, "network")
    numbers = result.count_by_severity().items()
    findings = ", ".join(count(number, severity) for severity, number in numbers if number)
    fixable = len([finding for _, finding in result.findings if finding.fix])
    fixes = f", {fixable} fixable with --fix" if fixable else ""
    return f"{files}, {networks}: {findings or 'no findings'}{fixes}"
