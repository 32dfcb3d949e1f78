"""Fingerprints by which a platform knows a finding again, though lines before it come and go."""

from __future__ import annotations

from collections.abc import Iterator

from ...lint.finding import CheckResult, Finding


def fingerprinted(result: CheckResult) -> Iterator[tuple[str, Finding, str]]:
    """Every finding with its file and its fingerprint: of the rule, the file, the text of the line, and which it is there."""
    from hashlib import sha256

    seen: dict[str, int] = {}
    for file, finding in result.findings:
        what = "\0".join((file, finding.problem.rule, finding.line.strip(), marked(finding)))
        seen[what] = seen.get(what, 0) + 1
        yield (
            file,
            finding,
            sha256(f"{what}\0{seen[what]}".encode("utf-8", "backslashreplace")).hexdigest(),
        )


def marked(finding: Finding) -> str:
    """The text under the mark, on its first line."""
    span = finding.problem.span
    end = span.end_column if span.end_line == span.line else None
    return finding.line[span.column - 1 : end - 1 if end else None]
