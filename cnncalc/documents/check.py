"""The JSON document of `cnncalc check`: `cnncalc/check/1`, described in docs/ci.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ..check.result import CheckResult, DeviceFit, FileResult, Numbers
from ..lint.finding import Finding
from ..problem import Call, Severity, Span

SCHEMA = "cnncalc/check/1"


@dataclass(frozen=True, slots=True)
class Place:
    """A range of text; lines and columns count from 1, the end column is after the last one."""

    line: int
    column: int
    end_line: int
    end_column: int

    @classmethod
    def of(cls, span: Span) -> Self:
        return cls(*span)

    def as_json(self) -> dict[str, Any]:
        return {
            "line": self.line,
            "column": self.column,
            "end_line": self.end_line,
            "end_column": self.end_column,
        }


@dataclass(frozen=True, slots=True)
class BlockCall:
    """A call of a block around a finding."""

    label: str
    place: Place

    @classmethod
    def of(cls, call: Call) -> Self:
        return cls(call.label, Place.of(call.span))

    def as_json(self) -> dict[str, Any]:
        return {"label": self.label, **self.place.as_json()}


@dataclass(frozen=True, slots=True)
class FindingEntry:
    """One finding; `calls` are the block calls around it, innermost first."""

    rule: str
    severity: str
    place: Place
    message: str
    hint: str
    calls: tuple[BlockCall, ...]
    fixable: bool

    @classmethod
    def of(cls, finding: Finding) -> Self:
        problem = finding.problem
        return cls(
            problem.rule,
            problem.severity,
            Place.of(problem.span),
            problem.message,
            problem.hint,
            tuple(map(BlockCall.of, problem.calls)),
            fixable=finding.fix is not None,
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            **self.place.as_json(),
            "message": self.message,
            "hint": self.hint,
            "calls": [call.as_json() for call in self.calls],
            "fixable": self.fixable,
        }


@dataclass(frozen=True, slots=True)
class NetworkEntry:
    """One network of a file; without numbers if it cannot be calculated."""

    variant: str | None
    numbers: Mapping[str, int | str]
    devices: tuple[DeviceFit, ...] = ()

    @classmethod
    def of(cls, variant: str, numbers: Numbers | None, fits: Sequence[DeviceFit]) -> Self:
        own = tuple([fit for fit in fits if fit.variant == variant])
        return cls(variant or None, numbers or {}, own)

    def as_json(self) -> dict[str, Any]:
        found = {"variant": self.variant, **self.numbers}
        devices = [fit._asdict() for fit in self.devices]
        for device in devices:
            del device["variant"]
        return found | {"devices": devices} if devices else found


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file, or the baseline.

    `imported`: positions are those in the text that a model file was imported as.
    """

    file: str
    imported: bool
    networks: tuple[NetworkEntry, ...]
    findings: tuple[FindingEntry, ...]

    @classmethod
    def of(cls, result: FileResult) -> Self:
        networks = (NetworkEntry.of(*one, result.fits) for one in result.numbers.items())
        findings = tuple(map(FindingEntry.of, result.findings))
        return cls(result.file, result.is_imported, tuple(networks), findings)

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "imported": self.imported,
            "networks": [network.as_json() for network in self.networks],
            "findings": [finding.as_json() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class Findings:
    """The document: counts, the enabled rules, and the files in the order they were checked."""

    files: int
    networks: int
    findings: int
    severities: Mapping[Severity, int]
    rules: tuple[str, ...]
    results: tuple[FileEntry, ...]

    @classmethod
    def of(cls, result: CheckResult) -> Self:
        return cls(
            len(result.architectures),
            result.networks,
            len(result.findings),
            result.count_by_severity(),
            result.rules,
            tuple(map(FileEntry.of, result.files)),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "files": self.files,
            "networks": self.networks,
            "findings": self.findings,
            **{f"{severity}s": number for severity, number in self.severities.items()},
            "rules": list(self.rules),
            "results": [entry.as_json() for entry in self.results],
        }

    def to_json(self) -> str:
        """The document as text."""
        return json.dumps(self.as_json(), indent=2)
