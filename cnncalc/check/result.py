"""What is found in files: the values that every format of `check` is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..lint.finding import Finding
from ..named_tuple import NamedTuple
from ..problem import SEVERITIES, Severity, Span, is_at_least
from .budget import NO_BUDGET, GivenBudget

Numbers = Mapping[str, int | str]
"""The numbers of a network that a baseline holds: counts, and the output shape as text."""


class DeviceFit(NamedTuple):
    """What a network needs on a device, and what the device has; None if it is not known."""

    variant: str
    device: str
    flash_bytes: int | None
    flash_limit: int | None
    ram_bytes: int
    ram_limit: int | None
    at_least_s: float | None
    energy_at_least_j: float | None


class FileResult(NamedTuple):
    """The findings in one file.

    `path` is the file to fix, and None for standard input, whose content is `text`, and for what
    is bundled.  `numbers` are by variant ("" if the file has none), None for a variant that
    cannot be built; `variant_lines` maps each variant to its position and the text of its line.
    `layers` counts those of all networks.  A baseline can have findings too, but is not an
    architecture.  `is_imported`: positions are those in the text that a model file was imported as.
    `fits` has each network on each device that it is checked for.
    """

    file: str
    findings: tuple[Finding, ...]
    numbers: Mapping[str, Numbers | None] = {}
    variant_lines: Mapping[str, tuple[Span, str]] = {}
    is_architecture: bool = True
    path: str | None = None
    text: bytes | None = None
    layers: int = 0
    is_imported: bool = False
    fits: tuple[DeviceFit, ...] = ()

    def as_imported(self) -> FileResult:
        """The result for the file of the model whose text was checked, which has nothing to fix."""
        findings = tuple(finding._replace(fix=None) for finding in self.findings)
        return self._replace(findings=findings, is_imported=True)


class CheckResult(NamedTuple):
    """The findings in all files, in order; `rules` are the names of the enabled rules.

    `budget` are the limits in addition to those of the files.

    The check fails if a finding is at least as grave as `fail_on`.  `unchecked` is the number of
    files that could not be read or checked.
    """

    files: tuple[FileResult, ...]
    rules: tuple[str, ...]
    fail_on: Severity = "warning"
    unchecked: int = 0
    budget: GivenBudget = NO_BUDGET

    @property
    def findings(self) -> list[tuple[str, Finding]]:
        """Every finding with its file."""
        return [(entry.file, finding) for entry, finding in self.located]

    @property
    def located(self) -> list[tuple[FileResult, Finding]]:
        """Every finding with the result of its file."""
        return [(entry, finding) for entry in self.files for finding in entry.findings]

    @property
    def is_failed(self) -> bool:
        return any(self.fails(finding) for _, finding in self.findings)

    def fails(self, finding: Finding) -> bool:
        """Whether a finding makes the check fail."""
        return is_at_least(finding.problem.severity, self.fail_on)

    def count_by_severity(self) -> dict[Severity, int]:
        """The number of findings of each severity, gravest first."""
        found = [finding.problem.severity for _, finding in self.findings]
        return {severity: found.count(severity) for severity in SEVERITIES}

    def only_failing(self) -> CheckResult:
        """The result without the findings that do not make the check fail."""
        return self.with_findings(
            lambda findings: tuple(finding for finding in findings if self.fails(finding))
        )

    def with_severities(self, severities: Mapping[str, Severity]) -> CheckResult:
        """The result with the findings of some rules at another severity."""

        def changed(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
            return tuple(with_severity(finding, severities) for finding in findings)

        return self.with_findings(changed) if severities else self

    def with_findings(
        self, change: Callable[[tuple[Finding, ...]], tuple[Finding, ...]]
    ) -> CheckResult:
        """The result with the findings of each file changed."""
        changed = (entry._replace(findings=change(entry.findings)) for entry in self.files)
        return self._replace(files=tuple(changed))

    @property
    def architectures(self) -> list[FileResult]:
        """The results of architecture files: all but that of the baseline."""
        return [entry for entry in self.files if entry.is_architecture]

    @property
    def networks(self) -> int:
        """The number of networks checked, one per variant."""
        return sum(len(entry.numbers) for entry in self.files)


def with_severity(finding: Finding, severities: Mapping[str, Severity]) -> Finding:
    """A finding at the severity of its rule."""
    severity = severities.get(finding.problem.rule)
    if severity is None:
        return finding
    return finding._replace(problem=finding.problem._replace(severity=severity))
