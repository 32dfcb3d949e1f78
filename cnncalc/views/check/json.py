"""What is found in files, as JSON for scripts: `cnncalc/check/1`, documented in docs/ci.md."""

from __future__ import annotations

import json
from typing import Any

from ...lint.finding import CheckResult, FileResult, Finding
from ...problem import Span

SCHEMA = "cnncalc/check/1"


def check_json(result: CheckResult) -> str:
    files = [file_entry(entry) for entry in result.files]
    counts = {
        "files": len(result.architectures),
        "networks": result.networks,
        "findings": len(result.findings),
    }
    return dumped({"schema": SCHEMA, **counts, "rules": list(result.rules), "results": files})


def dumped(value: Any) -> str:
    """JSON in which nothing acts on the log of a CI: no `##[` and no `##vso[`, and no character that is not ASCII."""
    return json.dumps(value, indent=2).replace("##", "#\\u0023") + "\n"


def file_entry(entry: FileResult) -> dict[str, Any]:
    return {
        "file": entry.file,
        "networks": [
            {"variant": variant or None, **(numbers or {})}
            for variant, numbers in entry.numbers.items()
        ],
        "findings": [finding_entry(finding) for finding in entry.findings],
    }


def finding_entry(finding: Finding) -> dict[str, Any]:
    problem = finding.problem
    return {
        "rule": problem.rule,
        "severity": problem.severity,
        **place(problem.span),
        "message": problem.message,
        "hint": problem.hint,
        "calls": [{"label": call.label, **place(call.span)} for call in problem.calls],
        "fixable": finding.fix is not None,
    }


def place(span: Span) -> dict[str, int]:
    return {
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
