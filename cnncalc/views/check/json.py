"""Findings as JSON for scripts: `cnncalc/check/1`, described in docs/ci.md."""

from __future__ import annotations

from ...check.result import CheckResult
from ...documents.check import Findings
from .escaping import escape_json


def check_json(result: CheckResult) -> str:
    return escape_json(Findings.of(result).to_json())
