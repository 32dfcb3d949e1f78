"""Findings as Markdown, for the summary of a job or a comment."""

from __future__ import annotations

from ...check.result import CheckResult, FileResult
from ...documentation import page_url
from ...escape import markdown as escaped
from ...lint.finding import Finding
from ..markdown import table
from .text import call_texts, place_of, summary

MAX_ROWS = 100  # the summary of a job may have a megabyte, a comment 65,536 characters


def check_markdown(result: CheckResult) -> str:
    """A heading, the summary, and one row per finding."""
    found = result.located
    parts = ["### cnncalc check", escaped(summary(result))]
    if found:
        rows = [row(*one) for one in found[:MAX_ROWS]]
        parts.append(table(["", "location", "finding", "rule"], ["", "", "", ""], rows))
    if len(found) > MAX_ROWS:
        parts.append(f"{len(found) - MAX_ROWS:,} more are not shown.")
    return "\n\n".join(parts) + "\n"


def row(entry: FileResult, finding: Finding) -> list[str]:
    problem = finding.problem
    lines = "\n".join((problem.message, problem.hint, *call_texts(problem))).split("\n")
    text = "<br>".join(escaped(line) for line in lines if line)
    url = page_url(problem.rule)
    rule = f"[{problem.rule}]({url})" if url else problem.rule
    return [problem.severity, escaped(place_of(entry, finding)), text, rule]
