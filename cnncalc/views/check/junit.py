"""Findings as JUnit XML: one case per finding, or one passing case if there are none.

A finding that makes the check fail is a failing case, any other one a passing case with its text.
"""

from __future__ import annotations

from ...check.result import CheckResult, FileResult
from ...escape import xml
from ...lint.finding import Finding
from .text import call_texts, place_of, summary


def check_junit(result: CheckResult) -> str:
    """A test suite of all findings."""
    found = result.located
    cases = [case(entry, finding, result.fails(finding)) for entry, finding in found]
    failures = len([finding for _, finding in found if result.fails(finding)])
    if not cases:
        cases = [f'    <testcase classname="cnncalc" name="{xml(summary(result))}"/>']
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0"'
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="cnncalc" {counts}>',
        f'  <testsuite name="cnncalc" {counts}>',
    ]
    return "\n".join([*head, *cases, "  </testsuite>", "</testsuites>"]) + "\n"


def case(entry: FileResult, finding: Finding, fails: bool) -> str:
    problem = finding.problem
    path, name = xml(entry.file), xml(f"{place_of(entry, finding)} {problem.rule}")
    line = "" if entry.is_imported else f' line="{problem.span.line}"'
    message = "" if fails else f"{problem.severity}: {problem.message}"
    lines = (message, *problem.hint.split("\n"), *call_texts(problem))
    text = "\n".join(xml(line) for line in lines if line)
    kind = f'type="{problem.severity}" message="{xml(problem.message)}"'
    outcome = f"<failure {kind}>{text}</failure>" if fails else f"<system-out>{text}</system-out>"
    return (
        f'    <testcase classname="{path}" name="{name}" file="{path}"{line}>\n'
        f"      {outcome}\n"
        "    </testcase>"
    )
