"""What is found in files, as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format, 2020)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from ...lint.finding import CheckResult, Finding
from ...lint.registry import RULES, rule
from ...problem import Span
from ..text import safe
from .fingerprints import fingerprinted
from .json import dumped

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MISTAKE = (
    "A mistake in the architecture file, a promise that is not kept, or a limit that is exceeded."
)


def check_sarif(result: CheckResult) -> str:
    others = sorted({finding.problem.rule for _, finding in result.findings} - set(RULES))
    ids = [*result.rules, *others]
    results = [
        entry(file, finding, fingerprint, ids)
        for file, finding, fingerprint in fingerprinted(result)
    ]
    driver = {"name": "cnncalc", "rules": [descriptor(name) for name in ids]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return dumped({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def descriptor(name: str) -> dict[str, Any]:
    """A rule with its documentation."""
    if name not in RULES:
        return {
            "id": name,
            "shortDescription": {"text": MISTAKE},
            "defaultConfiguration": {"level": "error"},
        }
    found = rule(name)
    why = found.doc.partition("\n\nFails:")[0]
    summary, _, _ = why.partition("\n\n")
    return {
        "id": name,
        "shortDescription": {"text": " ".join(summary.split())},
        "help": {"text": found.doc, "markdown": found.doc},
        "defaultConfiguration": {"level": found.severity},
    }


def entry(file: str, finding: Finding, fingerprint: str, ids: list[str]) -> dict[str, Any]:
    problem = finding.problem
    told = "\n".join(text for text in (problem.message, problem.hint) if text)
    found: dict[str, Any] = {
        "ruleId": problem.rule,
        "ruleIndex": ids.index(problem.rule),
        "level": problem.severity,
        "message": {"text": plain(told)},
        "locations": [location(file, problem.span)],
        "partialFingerprints": {"cnncalc/v1": fingerprint},
    }
    if problem.calls:
        found["relatedLocations"] = [
            {
                **location(file, call.span),
                "id": index,
                "message": {"text": plain(f"in {call.label}")},
            }
            for index, call in enumerate(problem.calls, 1)
        ]
    return found


def location(file: str, span: Span) -> dict[str, Any]:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(file, safe="/", errors="replace")},
            "region": region,
        }
    }


def plain(text: str) -> str:
    """A message in which nothing is a link or a placeholder."""
    lines = [safe(line) for line in text.split("\n")]
    return re.sub(r"([\\\[\]])", r"\\\1", "\n".join(lines)).replace("{", "{{").replace("}", "}}")
