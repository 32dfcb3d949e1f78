"""Findings as a code quality report for GitLab."""

from __future__ import annotations

import json
from typing import Any

from ...check.result import CheckResult
from ...escape import safe
from ...lint.finding import Finding
from .fingerprints import fingerprinted

SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}


def check_gitlab(result: CheckResult) -> str:
    entries = [entry(*found) for found in fingerprinted(result)]
    return json.dumps(entries, indent=2) + "\n"


def entry(file: str, finding: Finding, fingerprint: str) -> dict[str, Any]:
    problem = finding.problem
    return {
        "description": safe(problem.message),
        "check_name": problem.rule,
        "fingerprint": fingerprint,
        "severity": SEVERITIES[problem.severity],
        "location": {"path": file, "lines": {"begin": problem.span.line}},
    }
