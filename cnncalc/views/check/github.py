"""What is found in files, as workflow commands: GitHub shows each as an annotation at its line."""

from __future__ import annotations

from ...lint.finding import CheckResult, Finding
from ..text import safe
from .text import last_line


def check_github(result: CheckResult) -> str:
    """A command a finding, and a last line."""
    return (
        "\n".join(
            [*(command(file, finding) for file, finding in result.findings), last_line(result)]
        )
        + "\n"
    )


def command(file: str, finding: Finding) -> str:
    problem, span = finding.problem, finding.problem.span
    places = {"file": file, "line": str(span.line), "col": str(span.column)}
    if span.end_line == span.line and span.end_column > span.column:
        places |= {"endLine": str(span.end_line), "endColumn": str(span.end_column - 1)}
    properties = ",".join(
        f"{name}={escaped(value)}"
        for name, value in {**places, "title": f"cnncalc {problem.rule}"}.items()
    )
    calls = [f"in {call.label}, line {call.span.line}" for call in problem.calls]
    told = "; ".join(text for text in (problem.message, problem.hint, *calls) if text)
    return f"::{problem.severity} {properties}::{data(told)}"


def data(text: str) -> str:
    """A message as the toolkit escapes it.

    >>> data("100 %")
    '100 %25'
    """
    text = safe(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace("##", "#%23")


def escaped(text: str) -> str:
    """A property as the toolkit escapes it."""
    return data(text).replace(":", "%3A").replace(",", "%2C")
