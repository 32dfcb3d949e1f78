"""Findings for people: each with its line and a caret, and a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...check.result import CheckResult
from ...problem import count
from ..problems import problem_lines
from ..text import without_log_marks

if TYPE_CHECKING:
    from ...problem import Problem


def check_text(result: CheckResult) -> str:
    parts = [finding_text(finding.problem, file, finding.line) for file, finding in result.findings]
    return "\n".join([*parts, summary(result)]) + "\n"


def finding_text(problem: Problem, file: str, line: str) -> str:
    """One finding, without commands of CI logs."""
    text = without_log_marks(problem_lines(problem, file, line))
    return f"./{text}" if text.startswith(("::", "##")) else text


def call_texts(problem: Problem) -> list[str]:
    """The block calls around a problem, each in words."""
    return [f"in {call.label}, line {call.span.line}" for call in problem.calls]


def summary(result: CheckResult) -> str:
    """The number of files and networks checked, and the number of findings.

    >>> summary(CheckResult((), ()))
    '0 files, 0 networks: no findings'
    """
    files = count(len(result.architectures), "file")
    networks = count(result.networks, "network")
    found = len(result.findings)
    findings = count(found, "finding") if found else "no findings"
    fixable = len([finding for _, finding in result.findings if finding.fix])
    fixes = f", {fixable} fixable with --fix" if fixable else ""
    return f"{files}, {networks}: {findings}{fixes}"
