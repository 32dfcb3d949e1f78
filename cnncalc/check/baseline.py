"""The recorded numbers of all networks: they may fall, and rise only if that is accepted.

A baseline is JSON: `networks` has an entry per file, by its path from the folder of the baseline,
with the numbers of each variant ("" if the file has none), and of each on each device that it was
checked for.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ..lint.finding import Finding
from ..named_tuple import NamedTuple
from ..problem import Error, Problem, Span, count
from ..quantities import QUANTITIES, names_for
from ..sources.files import UnreadableFile, read_file
from .budget import START
from .result import CheckResult, FileResult, Numbers

SCHEMA = "cnncalc/baseline/1"
KEY = re.compile(r'"(?:[^"\\]++|\\.)*+"(?=\s*:)')
COUNTS = names_for("baseline")
MAX_NUMBER = 10**100  # far above the numbers of any network that the bounds of the language allow

UPDATE_ADDS = "--update-baseline adds it"
UPDATE_REMOVES = "--update-baseline removes it"
UPDATE_ACCEPTS = "--update-baseline --allow-increase accepts it"

RecordedNetworks = dict[str, dict[str, dict[str, Any]]]
"""Files, their variants, and the numbers of these, with `devices`: those on each device."""
DEVICE_NUMBERS = ("flash_bytes", "ram_bytes", "at_least_s")


class Baseline(NamedTuple):
    """The content of a baseline; `path` is that of its file, `lines` its text."""

    path: str
    networks: RecordedNetworks
    lines: tuple[str, ...]

    @property
    def folder(self) -> str:
        return os.path.dirname(os.path.realpath(self.path)) or "."

    def key_of(self, file: str) -> str:
        """The key of a file: its path from the folder of the baseline, with forward slashes."""
        return os.path.relpath(file, self.folder).replace(os.sep, "/")

    def has_file(self, key: str) -> bool:
        """Whether the file of a key exists."""
        return os.path.exists(os.path.join(self.folder, key))


def read_baseline(path: str, *, named: bool = True) -> Baseline:
    """Read a baseline; `named` is whether its path is an argument of the command line.

    Raises UnreadableFile if the file is missing or is not a baseline.
    """
    data = read_file(path, named=named)
    try:
        text = data.decode("utf-8")
        found = json.loads(text, object_pairs_hook=without_repetition)
    except RepeatedKey as error:
        raise UnreadableFile(f"{path} has {error}: remove one of the two entries") from None
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"{path} is not JSON: {error}") from None
    if not is_baseline(found):
        problem = f"{path} is not a baseline of {SCHEMA}"
        raise UnreadableFile(f"{problem}: remove it, and --update-baseline writes a new one")
    return Baseline(path, found["networks"], tuple(text.splitlines()))


class RepeatedKey(Error, ValueError):
    """A JSON object has a key twice: a reader would have to choose one of the values."""


def without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object.  Raises RepeatedKey."""
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise RepeatedKey(f"the key {json.dumps(max(counts, key=counts.__getitem__)[:60])} twice")
    return found


def is_baseline(found: Any) -> bool:
    """Whether a JSON value has the structure of a baseline."""
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        return False
    networks = found.get("networks")
    if not isinstance(networks, dict):
        return False
    files = networks.values()
    return all(isinstance(file, dict) and all(map(are_numbers, file.values())) for file in files)


def are_numbers(found: Any) -> bool:
    if not isinstance(found, dict) or type(found.get("output")) is not str:
        return False
    required = [name for name in COUNTS if not QUANTITIES[name].quantized]
    numbers = [found.get(name) for name in COUNTS if name in found or name in required]
    if not all(type(number) is int and 0 <= number < MAX_NUMBER for number in numbers):
        return False
    devices = found.get("devices", {})
    return isinstance(devices, dict) and all(map(are_device_numbers, devices.values()))


def are_device_numbers(found: Any) -> bool:
    if not isinstance(found, dict):
        return False
    numbers = [found[name] for name in DEVICE_NUMBERS if name in found]
    return all(type(number) in (int, float) and 0 <= number < MAX_NUMBER for number in numbers)


# Comparing


def compare_with_baseline(result: CheckResult, baseline: Baseline) -> CheckResult:
    """The result with a finding for each increase, each new network and each stale entry."""
    files = [with_findings(entry, list(changes(entry, baseline))) for entry in result.files]
    stale = list(stale_entries(result, baseline))
    if stale:
        files.append(FileResult(baseline.path, tuple(stale), is_architecture=False))
    return result._replace(files=tuple(files))


def with_findings(entry: FileResult, more: list[Finding]) -> FileResult:
    findings = sorted([*entry.findings, *more], key=lambda finding: finding.problem)
    return entry._replace(findings=tuple(findings))


def changes(entry: FileResult, baseline: Baseline) -> Iterator[Finding]:
    """A finding for each variant that has a number above the baseline, or is not in it."""
    known = baseline.networks.get(baseline.key_of(entry.file), {})
    for variant, numbers in entry.numbers.items():
        if numbers is None:
            continue
        span, line = entry.variant_lines.get(variant, (START, ""))
        name = f"variant `{variant}`" if variant else "the network"
        if variant not in known:
            message = f"{name} is not in the baseline"
            yield Finding(Problem(span, "baseline", message, UPDATE_ADDS), line)
        elif found := increases(with_devices(entry, variant, numbers), known[variant]):
            message = f"{name} is above the baseline: {'; '.join(found)}"
            yield Finding(Problem(span, "baseline", message, UPDATE_ACCEPTS), line)


def with_devices(entry: FileResult, variant: str, numbers: Numbers) -> dict[str, Any]:
    """The numbers of a variant, with those on each device that it was checked for."""
    devices = {
        fit.device: {name: number for name in DEVICE_NUMBERS if (number := getattr(fit, name))}
        for fit in entry.fits
        if fit.variant == variant
    }
    return {**numbers, "devices": devices} if devices else {**numbers}


def increases(numbers: Mapping[str, Any], before: Mapping[str, Any]) -> list[str]:
    """Each number that has risen, with its increase, and the output if it is different."""
    found = []
    for name in COUNTS:
        if name not in numbers or name not in before:
            continue
        now, then = int(numbers[name]), int(before[name])
        if now > then:
            found.append(f"{name} {now:,} ({now - then:+,})")
    if numbers["output"] != before["output"]:
        found.append(f"output {numbers['output']}, before {before['output']}")
    return [*found, *device_increases(numbers.get("devices", {}), before.get("devices", {}))]


Devices = Mapping[str, Mapping[str, float]]


def device_increases(devices: Devices, before: Devices) -> Iterator[str]:
    """Each number that has risen on a device that is in the baseline."""
    for device, numbers in devices.items():
        known = before.get(device, {})
        for name, now in numbers.items():
            then = known.get(name, now)
            if now > then * (1 + ROUNDING):
                shown = device_amount(name, now), device_amount(name, now - then)
                yield f"{name} on {device} {shown[0]} (+{shown[1]})"


ROUNDING = 1e-9  # of times


def device_amount(name: str, number: float) -> str:
    return f"{1000 * number:,.4g} ms" if name == "at_least_s" else f"{number:,}"


def stale_entries(result: CheckResult, baseline: Baseline) -> Iterator[Finding]:
    """A finding for each entry whose file or variant no longer exists.

    Of a file that was not checked, only its existence is known.
    """
    checked = {baseline.key_of(entry.file): entry for entry in result.files}
    positions = key_positions(baseline)
    for file, variants in sorted(baseline.networks.items()):
        if file not in checked:
            if not baseline.has_file(file):
                yield stale_entry(baseline, positions, file, f"{file} no longer exists")
            continue
        numbers = checked[file].numbers
        for variant in sorted(variants):
            if not numbers or variant in numbers:
                continue
            gone = f"variant `{variant}` of {file} no longer exists"
            message = gone if variant else f"{file} has variants now"
            yield stale_entry(baseline, positions, file, message)


Positions = Mapping[str, tuple[int, int]]
"""The line and the column, from 0, at which each key is first written, as it is written."""


def key_positions(baseline: Baseline) -> Positions:
    found: dict[str, tuple[int, int]] = {}
    for index, line in enumerate(baseline.lines):
        for match in KEY.finditer(line):
            found.setdefault(match[0], (index, match.start()))
    return found


def stale_entry(baseline: Baseline, positions: Positions, file: str, message: str) -> Finding:
    """A finding at the key of a file in the text of the baseline."""
    for key in (json.dumps(file), json.dumps(file, ensure_ascii=False)):
        if key in positions:
            index, column = positions[key]
            span = Span(index + 1, column + 1, index + 1, column + 1 + len(key))
            problem = Problem(span, "baseline", message, UPDATE_REMOVES)
            return Finding(problem, baseline.lines[index])
    return Finding(Problem(START, "baseline", message, UPDATE_REMOVES), "")


# Updating


class BaselineUpdate(NamedTuple):
    """The text of the new baseline and a summary; without a text, why it cannot be written."""

    text: str | None
    message: str


def update_baseline(
    result: CheckResult, before: Baseline | None, path: str, allow_increase: bool
) -> BaselineUpdate:
    """The baseline after a result.

    It takes lower numbers and new networks, and higher numbers only if that is allowed.
    """
    old = before or Baseline(path, {}, ())
    broken = [entry.file for entry in result.files if has_no_numbers(entry)]
    if broken:
        reason = f"{', '.join(broken)} cannot be calculated"
        return BaselineUpdate(None, f"{path} is not written: {reason}")
    raised = [name for entry in result.files for name in raised_networks(entry, old)]
    if raised and not allow_increase:
        reason = f"{', '.join(raised)} would be above it (--allow-increase accepts that)"
        return BaselineUpdate(None, f"{path} is not written: {reason}")
    networks = {old.key_of(entry.file): recorded(entry, old) for entry in result.files}
    for key, variants in old.networks.items():
        if key not in networks and old.has_file(key):
            networks[key] = variants  # it was not checked
    text = json.dumps({"schema": SCHEMA, "networks": networks}, indent=2, sort_keys=True) + "\n"
    return BaselineUpdate(text, f"{path}: {count(sum(map(len, networks.values())), 'network')}")


def has_no_numbers(entry: FileResult) -> bool:
    return not entry.numbers or None in entry.numbers.values()


def recorded(entry: FileResult, old: Baseline) -> dict[str, dict[str, Any]]:
    """The numbers of a file for a baseline; those on devices that were not checked remain."""
    found, before = numbers_of(entry), old.networks.get(old.key_of(entry.file), {})
    for variant, numbers in found.items():
        devices = before.get(variant, {}).get("devices", {}) | numbers.get("devices", {})
        if devices:
            numbers["devices"] = devices
    return found


def numbers_of(entry: FileResult) -> dict[str, dict[str, Any]]:
    """The numbers of each variant of a file that could be built."""
    return {
        variant: with_devices(entry, variant, numbers)
        for variant, numbers in entry.numbers.items()
        if numbers
    }


def raised_networks(entry: FileResult, baseline: Baseline) -> Iterator[str]:
    """The networks of a file that have a number above the baseline."""
    known: Mapping[str, Numbers] = baseline.networks.get(baseline.key_of(entry.file), {})
    for variant, numbers in numbers_of(entry).items():
        if variant in known and increases(numbers, known[variant]):
            yield f"{entry.file}@{variant}" if variant else entry.file
