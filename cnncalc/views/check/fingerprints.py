"""Fingerprints, by which a platform recognizes a finding after lines before it have changed."""

from __future__ import annotations

from collections.abc import Iterator

from ...check.result import CheckResult
from ...lint.finding import Finding


def fingerprinted(result: CheckResult) -> Iterator[tuple[str, Finding, str]]:
    """Every finding with its file and its fingerprint.

    That is a hash of the file, the rule, the text of the line, the marked text, and a counter for
    findings that have all of these in common.
    """
    from hashlib import sha256

    seen: dict[str, int] = {}
    for file, finding in result.findings:
        key = "\0".join((file, finding.problem.rule, finding.line.strip(), marked_text(finding)))
        seen[key] = seen.get(key, 0) + 1
        data = f"{key}\0{seen[key]}".encode("utf-8", "backslashreplace")
        yield file, finding, sha256(data).hexdigest()


def marked_text(finding: Finding) -> str:
    """The text that the caret marks, on its first line."""
    span = finding.problem.span
    end = span.end_column if span.end_line == span.line else None
    return finding.line[span.column - 1 : end - 1 if end else None]
