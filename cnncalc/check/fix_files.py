"""The files in which something can be mended: mended in place, or shown as they would be."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from functools import partial
from typing import NamedTuple

from ..lint.finding import CheckResult, FileResult
from ..sources.files import UnreadableFile, write
from ..sources.resolve import load
from .file import inspect
from .fixes import Mended, mend


class Changed(NamedTuple):
    """What came of it: what is found now, what was done, and the lines of a diff."""

    result: CheckResult
    notes: list[str]
    diff: list[str]


def mend_files(result: CheckResult, diff: bool) -> Changed:
    """Mend every file that has something to be mended; with `diff` none is written."""
    changed = Changed(result, [], [])
    results = []
    for entry in result.files:
        if any(finding.fix for finding in entry.findings):
            entry = mend_file(entry, result.rules, diff, changed)
        results.append(entry)
    return changed._replace(result=result._replace(files=tuple(results)))


def mend_file(
    entry: FileResult, rules: tuple[str, ...], diff: bool, changed: Changed
) -> FileResult:
    """What is found in a file after it was mended."""
    try:
        source = load(entry.file)
    except UnreadableFile:  # standard input under a name
        changed.notes.append(f"{entry.file}: not mended: it is no file")
        return entry
    look = partial(inspect, name=entry.file, rules=rules)
    done = mend(source.data, look)
    for fix in done.left:
        changed.notes.append(
            f"{entry.file}:{fix.span.line}: not mended: {fix.what} would break a promise, or has no place"
        )
    if not done.made:
        return entry
    if diff:
        changed.diff.extend(diff_of(entry.file, source.data, done))
        return entry
    write(source.name, done.data)
    changed.notes.extend(f"{entry.file}:{fix.span.line}: mended: {fix.what}" for fix in done.made)
    return look(done.data) or entry


def diff_of(file: str, before: bytes, done: Mended) -> list[str]:
    """What changes, as `diff -u` shows it."""
    from difflib import unified_diff

    old, new = before.decode("utf-8").splitlines(), done.data.decode("utf-8").splitlines()
    return list(unified_diff(old, new, f"a/{file}", f"b/{file}", lineterm=""))
