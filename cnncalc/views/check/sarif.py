"""Findings as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format, 2020)."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from ...check.result import CheckResult, FileResult
from ...documentation import page_url
from ...escape import safe
from ...lint.finding import Finding
from ...lint.registry import RULES, load_rule
from ...problem import Call, Span
from .fingerprints import fingerprinted

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ERROR = "An error in the architecture file, an unmet expectation, or an exceeded budget."


def check_sarif(result: CheckResult) -> str:
    """A log with one run; its rules are the enabled ones, and all others that have findings."""
    others = sorted({finding.problem.rule for _, finding in result.findings} - set(RULES))
    ids = [*result.rules, *others]
    results = [
        entry(file, finding, fingerprint, ids)
        for file, finding, fingerprint in fingerprinted(result)
    ]
    driver = {"name": "cnncalc", "rules": [descriptor(name) for name in ids]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def descriptor(name: str) -> dict[str, Any]:
    """A rule with its documentation."""
    if name not in RULES:
        return {
            "id": name,
            "shortDescription": {"text": ERROR},
            "defaultConfiguration": {"level": "error"},
        }
    found = load_rule(name)
    doc = found.doc or name  # `python -OO` removes docstrings
    why = doc.partition("\n\nFails:")[0]
    summary, _, _ = why.partition("\n\n")
    url = page_url(name)
    return {
        "id": name,
        "shortDescription": {"text": " ".join(summary.split())},
        **({"helpUri": url} if url else {}),
        "help": {"text": doc, "markdown": doc},
        "defaultConfiguration": {"level": found.severity},
    }


def entry(file: FileResult, finding: Finding, fingerprint: str, ids: list[str]) -> dict[str, Any]:
    problem = finding.problem
    message = "\n".join(text for text in (problem.message, problem.hint) if text)
    found: dict[str, Any] = {
        "ruleId": problem.rule,
        "ruleIndex": ids.index(problem.rule),
        "level": problem.severity,
        "message": {"text": plain(message)},
        "locations": [location(file, problem.span)],
        "partialFingerprints": {"cnncalc/v1": fingerprint},
    }
    if problem.calls and not file.is_imported:
        calls = enumerate(problem.calls, 1)
        found["relatedLocations"] = [related(file, call, index) for index, call in calls]
    return found


def related(file: FileResult, call: Call, index: int) -> dict[str, Any]:
    message = {"text": plain(f"in {call.label}")}
    return {**location(file, call.span), "id": index, "message": message}


def location(file: FileResult, span: Span) -> dict[str, Any]:
    """A range of a file, or the file as a whole if it was imported."""
    uri = quote(file.file, safe="/", errors="replace")
    place: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if not file.is_imported:
        place["region"] = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        }
    return {"physicalLocation": place}


def plain(text: str) -> str:
    """A message without links and placeholders."""
    lines = [safe(line) for line in text.split("\n")]
    return re.sub(r"([\\\[\]])", r"\\\1", "\n".join(lines)).replace("{", "{{").replace("}", "}}")
