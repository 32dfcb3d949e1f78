"""Findings as workflow commands: GitHub shows each as an annotation at its line."""

from __future__ import annotations

from ...check.result import CheckResult, FileResult
from ...escape import github_message, github_property
from ...lint.finding import Finding
from ...problem import Span
from .text import call_texts, summary

COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def check_github(result: CheckResult) -> str:
    """One command per finding, and a summary."""
    commands = [command(*found) for found in result.located]
    return "\n".join([*commands, summary(result)]) + "\n"


def command(entry: FileResult, finding: Finding) -> str:
    problem = finding.problem
    properties = {"file": entry.file, **({} if entry.is_imported else region(problem.span))}
    properties["title"] = f"cnncalc {problem.rule}"
    listed = ",".join(f"{name}={github_property(value)}" for name, value in properties.items())
    texts = (problem.message, problem.hint, *call_texts(problem))
    message = "; ".join(text for text in texts if text)
    return f"::{COMMANDS[problem.severity]} {listed}::{github_message(message)}"


def region(span: Span) -> dict[str, str]:
    """The properties of a range of text."""
    properties = {"line": str(span.line), "col": str(span.column)}
    if span.end_line == span.line and span.end_column > span.column:
        properties |= {"endLine": str(span.end_line), "endColumn": str(span.end_column - 1)}
    return properties
