"""What is found in files, as a report of code quality for GitLab."""

from __future__ import annotations

from ...lint.finding import CheckResult
from ..text import safe
from .fingerprints import fingerprinted
from .json import dumped

SEVERITIES = {"error": "major", "warning": "minor"}


def check_gitlab(result: CheckResult) -> str:
    return dumped(
        [
            {
                "description": safe(finding.problem.message),
                "check_name": finding.problem.rule,
                "fingerprint": fingerprint,
                "severity": SEVERITIES[finding.problem.severity],
                "location": {"path": file, "lines": {"begin": finding.problem.span.line}},
            }
            for file, finding, fingerprint in fingerprinted(result)
        ]
    )
