"""What is found in files, as Markdown: a summary for the page of a job, or a comment."""

from __future__ import annotations

import re

from ...lint.finding import CheckResult, Finding
from ..markdown import escaped, table
from .text import last_line

MOST = 100  # rows: a page of a job holds a megabyte, a comment 65,536 characters


def check_markdown(result: CheckResult) -> str:
    """A heading, and a row a finding."""
    found = result.findings
    parts = ["### cnncalc check", escaped(last_line(result))]
    if found:
        rows = [row(file, finding) for file, finding in found[:MOST]]
        parts.append(table(["", "place", "finding", "rule"], ["", "", "", ""], rows))
    if len(found) > MOST:
        parts.append(f"{len(found) - MOST:,} more are not shown.")
    return "\n\n".join(parts).replace("##[", "#&#35;[") + "\n"


def row(file: str, finding: Finding) -> list[str]:
    problem = finding.problem
    calls = [f"in {call.label}, line {call.span.line}" for call in problem.calls]
    lines = [
        line
        for text in (problem.message, problem.hint, *calls)
        for line in text.split("\n")
        if line
    ]
    told = "<br>".join(shown(line) for line in lines)
    return [
        problem.severity,
        shown(f"{file}:{problem.span.line}:{problem.span.column}"),
        told,
        problem.rule,
    ]


def shown(text: str) -> str:
    """Text that stays text, and becomes no link either."""
    text = escaped(text).replace("://", ":&#8203;//").replace("www.", "www&#8203;.")
    return re.sub(r"(?<!&)#", r"\\#", text)  # of an issue, or of a command
