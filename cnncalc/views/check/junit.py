"""What is found in files, as JUnit's XML: a failing case a finding, or one passing case where there are none."""

from __future__ import annotations

from ...lint.finding import CheckResult, Finding
from ..text import safe
from .text import last_line


def check_junit(result: CheckResult) -> str:
    found = result.findings
    cases = [case(file, finding) for file, finding in found]
    if not cases:
        cases = [f'    <testcase classname="cnncalc" name="{escaped(last_line(result))}"/>']
    counts = f'tests="{len(cases)}" failures="{len(found)}" errors="0"'
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="cnncalc" {counts}>',
        f'  <testsuite name="cnncalc" {counts}>',
    ]
    return "\n".join([*head, *cases, "  </testsuite>", "</testsuites>"]) + "\n"


def case(file: str, finding: Finding) -> str:
    problem, span = finding.problem, finding.problem.span
    name = f"{file}:{span.line}:{span.column} {problem.rule}"
    calls = [f"in {call.label}, line {call.span.line}" for call in problem.calls]
    told = "\n".join(escaped(text) for text in (*problem.hint.split("\n"), *calls) if text)
    return (
        f'    <testcase classname="{escaped(file)}" name="{escaped(name)}" file="{escaped(file)}" line="{span.line}">\n'
        f'      <failure type="{problem.severity}" message="{escaped(problem.message)}">{told}</failure>\n'
        "    </testcase>"
    )


def escaped(text: str) -> str:
    """Text for an element or an attribute, in which no character is one that XML refuses, or that acts on a log."""
    text = (
        safe(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
    )
    text = "".join(
        mark if not "\ud800" <= mark <= "\udfff" and mark not in "\ufffe\uffff" else "\ufffd"
        for mark in text
    )
    return text.replace("##", "#&#35;").replace("::", ":&#58;")
