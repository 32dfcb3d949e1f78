"""Applies the fixes of all files, or shows what they would change."""

from __future__ import annotations

from functools import partial

from ..named_tuple import NamedTuple
from ..sources.files import UnreadableFile, write_file
from ..sources.resolve import load
from .file import check_file
from .fixes import FixedText, apply_fixes
from .result import CheckResult, FileResult


class FixOutcome(NamedTuple):
    """The remaining findings, messages about each fix, and the lines of a diff."""

    result: CheckResult
    messages: list[str]
    diff: list[str]


def fix_files(result: CheckResult, diff: bool) -> FixOutcome:
    """Fix every file that has a fixable finding; with `diff`, write nothing.

    Raises UnreadableFile if a file cannot be written.
    """
    outcome = FixOutcome(result, [], [])
    files = []
    for entry in result.files:
        if any(finding.fix for finding in entry.findings):
            entry = fix_file(entry, result.rules, diff, outcome)
        files.append(entry)
    return outcome._replace(result=result._replace(files=tuple(files)))


def fix_file(
    entry: FileResult, rules: tuple[str, ...], diff: bool, outcome: FixOutcome
) -> FileResult:
    """The findings of a file after its fixes; adds to the messages and the diff."""
    try:
        source = load(entry.file)
    except UnreadableFile:  # standard input under a name
        outcome.messages.append(f"{entry.file}: not fixed: there is no such file")
        return entry
    check = partial(check_file, name=entry.file, rules=rules)
    fixed = apply_fixes(source.data, check)
    for fix in fixed.rejected:
        position = f"{entry.file}:{fix.span.line}"
        outcome.messages.append(
            f"{position}: not fixed, because it would cause an error: {fix.description}"
        )
    if not fixed.applied:
        return entry
    if diff:
        outcome.diff.extend(diff_of(entry.file, source.data, fixed))
        return entry
    write_file(source.name, fixed.data)
    for fix in fixed.applied:
        outcome.messages.append(f"{entry.file}:{fix.span.line}: fixed: {fix.description}")
    return check(fixed.data) or entry


def diff_of(file: str, before: bytes, fixed: FixedText) -> list[str]:
    """The change, as `diff -u` shows it."""
    from difflib import unified_diff

    old, new = before.decode("utf-8").splitlines(), fixed.data.decode("utf-8").splitlines()
    return list(unified_diff(old, new, f"a/{file}", f"b/{file}", lineterm=""))
