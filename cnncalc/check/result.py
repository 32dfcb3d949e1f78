"""What is found in files: the values that every format of `check` is made of."""

from __future__ import annotations

from collections.abc import Mapping

from ..lint.finding import Finding
from ..named_tuple import NamedTuple
from ..problem import Span

Numbers = Mapping[str, int | str]
"""The numbers of a network that a baseline holds: counts, and the output shape as text."""


class FileResult(NamedTuple):
    """The findings in one file.

    `path` is the file to fix, and None for standard input, whose content is `text`, and for what
    is bundled.  `numbers` are by variant ("" if the file has none), None for a variant that
    cannot be built; `variant_lines` maps each variant to its position and the text of its line.
    `layers` counts those of all networks.  A baseline can have findings too, but is not an
    architecture.
    """

    file: str
    findings: tuple[Finding, ...]
    numbers: Mapping[str, Numbers | None] = {}
    variant_lines: Mapping[str, tuple[Span, str]] = {}
    is_architecture: bool = True
    path: str | None = None
    text: bytes | None = None
    layers: int = 0


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
