"""Fingerprints, by which a platform recognizes a finding after lines before it have changed."""

from __future__ import annotations

from collections.abc import Iterator

from ...check.result import CheckResult, FileResult
from ...lint.finding import Finding

MAX_LENGTH = 500


def fingerprinted(result: CheckResult) -> Iterator[tuple[FileResult, Finding, str]]:
    """Every finding with the result of its file and its fingerprint.

    That is a hash of the file, the rule, the text of the line, the marked text, and a counter for
    findings that have all of these in common.  Of a line longer than MAX_LENGTH, it is the part
    around the marked text: a file may have all of its findings on one line.
    """
    from hashlib import sha256

    seen: dict[bytes, int] = {}
    for entry, finding in result.located:
        key = "\0".join(
            (entry.file, finding.problem.rule, line_text(finding), marked_text(finding))
        )
        data = key.encode("utf-8", "backslashreplace")
        digest = sha256(data).digest()
        seen[digest] = seen.get(digest, 0) + 1
        yield entry, finding, sha256(data + f"\0{seen[digest]}".encode()).hexdigest()


def line_text(finding: Finding) -> str:
    """The text of the line without the spaces around it, or a part of it if it is long."""
    line = finding.line
    if len(line) > MAX_LENGTH:
        start = max(0, finding.problem.span.column - MAX_LENGTH // 2)
        line = line[start : start + MAX_LENGTH]
    return line.strip()


def marked_text(finding: Finding) -> str:
    """The text that the caret marks, on its first line, of at most MAX_LENGTH."""
    span = finding.problem.span
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(finding.line)
    return finding.line[start : min(end, start + MAX_LENGTH)]
