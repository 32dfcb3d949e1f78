"""Findings: the values that every output format of `cnncalc check` is made from."""

# No `from __future__ import annotations`: NamedTuple would compile each annotation at start-up.
from collections.abc import Mapping
from typing import NamedTuple

from ..problem import Call, Problem, Span


class Fix(NamedTuple):
    """A change of the file that resolves a finding.

    With a `key`, the argument `key: value` is given to the step whose word is at `span`;
    without one, the text at `span` is replaced with `value`.
    """

    span: Span
    key: str
    value: str
    description: str


class Violation(NamedTuple):
    """A report of a rule; the runner turns it into a Finding."""

    span: Span
    message: str
    hint: str = ""
    calls: tuple[Call, ...] = ()
    fix: Fix | None = None


class Finding(NamedTuple):
    """A problem with the text of its line, and its fix if there is one."""

    problem: Problem
    line: str
    fix: Fix | None = None


Numbers = Mapping[str, int | str]
"""The numbers of a network that a baseline holds: counts, and the output shape as text."""


class FileResult(NamedTuple):
    """The findings in one file.

    `numbers` are by variant ("" if the file has none), None for a variant that cannot be built;
    `variant_lines` maps each variant to its position and the text of its line.  A baseline can
    have findings too, but is not an architecture.
    """

    file: str
    findings: tuple[Finding, ...]
    numbers: Mapping[str, Numbers | None] = {}
    variant_lines: Mapping[str, tuple[Span, str]] = {}
    is_architecture: bool = True


class CheckResult(NamedTuple):
    """The findings in all files, in order; `rules` are the names of the enabled rules."""

    files: tuple[FileResult, ...]
    rules: tuple[str, ...]

    @property
    def findings(self) -> list[tuple[str, Finding]]:
        """Every finding with its file."""
        return [(entry.file, finding) for entry in self.files for finding in entry.findings]

    @property
    def architectures(self) -> list[FileResult]:
        """The results of architecture files: all but that of the baseline."""
        return [entry for entry in self.files if entry.is_architecture]

    @property
    def networks(self) -> int:
        """The number of networks checked, one per variant."""
        return sum(len(entry.numbers) for entry in self.files)
