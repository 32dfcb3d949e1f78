"""The numbers of all networks as they were: they may fall, and rise only where that is said.

A baseline is JSON: `networks` has an entry a file, by its path from the baseline's folder, with the numbers of each
variant ("" where there are none).
"""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..lint.finding import CheckResult, FileResult, Finding, Numbers
from ..problem import Problem, Span, count
from ..quantities import names_for
from ..sources.files import UnreadableFile, read

SCHEMA = "cnncalc/baseline/1"
COUNTS = names_for("baseline")
START = Span(1, 1, 1, 2)

Networks = dict[str, dict[str, dict[str, int | str]]]
"""Files, their variants, and the numbers of these."""


class Baseline(NamedTuple):
    """What a baseline holds; `path` is where it stands, `lines` its text."""

    path: str
    networks: Networks
    lines: tuple[str, ...]

    def place_of(self, file: str) -> str:
        """How a file is called in it: by its path from the folder of the baseline, with forward slashes."""
        return os.path.relpath(file, os.path.dirname(os.path.realpath(self.path)) or ".").replace(
            os.sep, "/"
        )


def read_baseline(path: str) -> Baseline:
    """Read a baseline.  Raises UnreadableFile where there is none, or it is none."""
    data = read(path)
    try:
        text = data.decode("utf-8")
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"{path} is no JSON: {error}") from None
    if not is_baseline(found):
        raise UnreadableFile(
            f"{path} is no baseline of {SCHEMA}: --update-baseline writes one where there is none"
        )
    return Baseline(path, found["networks"], tuple(text.splitlines()))


def is_baseline(found: Any) -> bool:
    """Whether JSON has the form of a baseline."""
    if (
        not isinstance(found, dict)
        or found.get("schema") != SCHEMA
        or not isinstance(found.get("networks"), dict)
    ):
        return False
    files = found["networks"].values()
    return all(isinstance(file, dict) and all(map(are_numbers, file.values())) for file in files)


def are_numbers(found: Any) -> bool:
    if not isinstance(found, dict) or type(found.get("output")) is not str:
        return False
    return all(type(found.get(name)) is int for name in COUNTS)


# Comparing


def compared(result: CheckResult, baseline: Baseline) -> CheckResult:
    """The result with a finding for each number that has risen, and for what only one of both has."""
    files = [with_findings(entry, list(changes(entry, baseline))) for entry in result.files]
    stale = list(stale_entries(result, baseline))
    if stale:
        files.append(FileResult(baseline.path, tuple(stale), is_architecture=False))
    return result._replace(files=tuple(files))


def with_findings(entry: FileResult, more: list[Finding]) -> FileResult:
    return entry._replace(
        findings=tuple(sorted([*entry.findings, *more], key=lambda finding: finding.problem))
    )


def changes(entry: FileResult, baseline: Baseline) -> Iterator[Finding]:
    """A finding for each variant that has a number above that of the baseline, or is not in it."""
    known = baseline.networks.get(baseline.place_of(entry.file), {})
    for variant, numbers in entry.numbers.items():
        if numbers is None:
            continue
        span, line = entry.places.get(variant, (START, ""))
        what = f"variant `{variant}`" if variant else "the network"
        if variant not in known:
            message = f"{what} is not in the baseline"
            yield Finding(Problem(span, "baseline", message, "--update-baseline adds it"), line)
        elif risen := rises(numbers, known[variant]):
            message = f"{what} is above the baseline: {'; '.join(risen)}"
            yield Finding(
                Problem(span, "baseline", message, "--update-baseline --allow-increase accepts it"),
                line,
            )


def rises(numbers: Numbers, before: Numbers) -> list[str]:
    """Each number that has risen, with by how much, and the output where it is another."""
    risen = []
    for name in COUNTS:
        now, then = int(numbers[name]), int(before[name])
        if now > then:
            risen.append(f"{name} {now:,} ({now - then:+,})")
    if numbers["output"] != before["output"]:
        risen.append(f"output {numbers['output']}, before {before['output']}")
    return risen


def stale_entries(result: CheckResult, baseline: Baseline) -> Iterator[Finding]:
    """A finding for each entry whose file or variant is gone.  Of files that were not checked, only that they are there."""
    checked = {baseline.place_of(entry.file): entry for entry in result.files}
    for file, variants in sorted(baseline.networks.items()):
        if file in checked:
            gone = [
                variant
                for variant in sorted(variants)
                if checked[file].numbers and variant not in checked[file].numbers
            ]
            for variant in gone:
                yield stale(
                    baseline,
                    file,
                    f"variant `{variant}` of {file} is gone"
                    if variant
                    else f"{file} has variants now",
                )
        elif not os.path.exists(
            os.path.join(os.path.dirname(os.path.realpath(baseline.path)), file)
        ):
            yield stale(baseline, file, f"{file} is gone")


def stale(baseline: Baseline, file: str, message: str) -> Finding:
    key = json.dumps(file)
    for index, line in enumerate(baseline.lines):
        column = line.find(f"{key}:")
        if column >= 0:
            span = Span(index + 1, column + 1, index + 1, column + 1 + len(key))
            return Finding(Problem(span, "baseline", message, "--update-baseline removes it"), line)
    return Finding(Problem(START, "baseline", message, "--update-baseline removes it"), "")


# Updating


class Update(NamedTuple):
    """The text of a new baseline and what has changed in it; without a text, why it may not be written."""

    text: str | None
    told: str


def updated(
    result: CheckResult, before: Baseline | None, path: str, allow_increase: bool
) -> Update:
    """The baseline after a result: lower and new numbers are taken, higher ones where that is allowed."""
    old = before or Baseline(path, {}, ())
    networks: Networks = {}
    broken = [
        entry.file for entry in result.files if not entry.numbers or None in entry.numbers.values()
    ]
    if broken:
        return Update(None, f"{path} is not written: {', '.join(broken)} cannot be calculated")
    raised = []
    for entry in result.files:
        place = old.place_of(entry.file)
        known: Mapping[str, Numbers] = old.networks.get(place, {})
        networks[place] = {
            variant: dict(numbers) for variant, numbers in entry.numbers.items() if numbers
        }
        for variant, numbers in networks[place].items():
            if variant in known and rises(numbers, known[variant]):
                raised.append(f"{entry.file}@{variant}" if variant else entry.file)
    if raised and not allow_increase:
        return Update(
            None,
            f"{path} is not written: {', '.join(raised)} would be above it (--allow-increase accepts that)",
        )
    for place, variants in old.networks.items():
        if place not in networks and os.path.exists(
            os.path.join(os.path.dirname(os.path.realpath(path)), place)
        ):
            networks[place] = variants  # it was not checked
    text = json.dumps({"schema": SCHEMA, "networks": networks}, indent=2, sort_keys=True) + "\n"
    return Update(text, f"{path}: {count(sum(map(len, networks.values())), 'network')}")
