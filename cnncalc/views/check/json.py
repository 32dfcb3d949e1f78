"""Findings as JSON for scripts: `cnncalc/check/1`, described in docs/ci.md."""

from __future__ import annotations

from ...check.result import CheckResult
from ...documents.check import Findings


def check_json(result: CheckResult) -> str:
    return Findings.of(result).to_json() + "\n"
