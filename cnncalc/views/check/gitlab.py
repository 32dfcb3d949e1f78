"""Findings as a code quality report for GitLab."""

from __future__ import annotations

import json
from typing import Any

from ...check.result import CheckResult, FileResult
from ...escape import safe
from ...lint.finding import Finding
from .fingerprints import fingerprinted

SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}


def check_gitlab(result: CheckResult) -> str:
    entries = [entry(*found) for found in fingerprinted(result)]
    return json.dumps(entries, indent=2) + "\n"


def entry(file: FileResult, finding: Finding, fingerprint: str) -> dict[str, Any]:
    """One finding.  A report must have a line: of a model file, the first one."""
    problem = finding.problem
    line = 1 if file.is_imported else problem.span.line
    return {
        "description": safe(problem.message),
        "check_name": problem.rule,
        "fingerprint": fingerprint,
        "severity": SEVERITIES[problem.severity],
        "location": {"path": file.file, "lines": {"begin": line}},
    }
