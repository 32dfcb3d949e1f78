"""What is found in files: the values that every format is made of."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections.abc import Mapping
from typing import NamedTuple

from ..problem import Call, Problem, Span


class Fix(NamedTuple):
    """What mends a finding.

    `key` and `value` are an argument to be given at the step whose word stands at `span`; without a key, the text there
    is replaced by `value`.
    """

    span: Span
    key: str
    value: str
    what: str


class Violation(NamedTuple):
    """What a rule has found; the runner of the rules makes a Finding of it."""

    span: Span
    message: str
    hint: str = ""
    calls: tuple[Call, ...] = ()
    fix: Fix | None = None


class Finding(NamedTuple):
    """A problem with the text of its line, and what mends it."""

    problem: Problem
    line: str
    fix: Fix | None = None


Numbers = Mapping[str, int | str]
"""The numbers of a network that a baseline holds: counts, and the shape that comes out."""


class FileResult(NamedTuple):
    """What is found in one file.

    `numbers` is by variant ("" where there are none), None for one that is not built; `places` is where each variant
    stands, with the text of its line.  A baseline is no architecture, though there can be findings in it.
    """

    file: str
    findings: tuple[Finding, ...]
    numbers: Mapping[str, Numbers | None] = {}
    places: Mapping[str, tuple[Span, str]] = {}
    is_architecture: bool = True


class CheckResult(NamedTuple):
    """What is found in all files, in order.  `rules` are the names of those that were asked."""

    files: tuple[FileResult, ...]
    rules: tuple[str, ...]

    @property
    def findings(self) -> list[tuple[str, Finding]]:
        """Every finding with its file."""
        return [(entry.file, finding) for entry in self.files for finding in entry.findings]

    @property
    def architectures(self) -> list[FileResult]:
        return [entry for entry in self.files if entry.is_architecture]

    @property
    def networks(self) -> int:
        return sum(len(entry.numbers) for entry in self.files)
