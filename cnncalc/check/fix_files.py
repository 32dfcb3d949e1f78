"""Applies the fixes of all files, or shows what they would change."""

from __future__ import annotations

import os
from functools import partial

from ..named_tuple import NamedTuple
from ..sources.files import UnreadableFile, read_file, write_file
from .discovery import tree_of
from .file import check_file
from .fixes import FixedText, apply_fixes
from .result import CheckResult, FileResult
from .unified_diff import unified_diff


class FixOutcome(NamedTuple):
    """The remaining findings, messages about each fix, and the lines of a diff.

    `errors` states why a file could not be written; `fixed_text` is that of standard input.
    """

    result: CheckResult
    messages: list[str]
    diff: list[str]
    errors: list[str]
    fixed_text: bytes | None = None


def fix_files(result: CheckResult, diff: bool) -> FixOutcome:
    """Fix every file that has a fixable finding; with `diff`, write nothing."""
    outcome = FixOutcome(result, [], [], [])
    files, fixed_text = [], None
    for entry in result.files:
        if entry.text is not None or any(finding.fix for finding in entry.findings):
            try:
                entry = fix_file(entry, result, diff, outcome)
            except UnreadableFile as error:
                outcome.errors.append(str(error))
        files.append(entry)
        fixed_text = entry.text if entry.text is not None else fixed_text
    result = result._replace(files=tuple(files))
    return outcome._replace(result=result, fixed_text=fixed_text)


def fix_file(entry: FileResult, result: CheckResult, diff: bool, outcome: FixOutcome) -> FileResult:
    """The findings of a file after its fixes; adds to the outcome.

    Raises UnreadableFile if the file cannot be read again, or written.
    """
    reason = reason_not_to_fix(entry)
    if reason:
        outcome.messages.append(f"{entry.file}: not fixed: {reason}")
        return entry
    data = entry.text if entry.text is not None else read_file(entry.path or "")
    check = partial(check_file, name=entry.file, rules=result.rules, budget=result.budget)
    fixed = apply_fixes(data, check)
    report_rejected(entry.file, fixed, outcome)
    if diff:
        outcome.diff.extend(unified_diff(entry.file, data.decode("utf-8", "replace"), fixed.edits))
        return entry
    if fixed.applied and entry.path is not None:
        write_file(entry.path, fixed.data)
    for fix in fixed.applied:
        outcome.messages.append(f"{entry.file}:{fix.span.line}: fixed: {fix.description}")
    text = None if entry.text is None else fixed.data
    return fixed.result._replace(path=entry.path, text=text) if fixed.result else entry


def reason_not_to_fix(entry: FileResult) -> str:
    """Why a file is not fixed whatever its fixes; empty if it may be."""
    if entry.text is not None:
        return ""
    if entry.path is None:
        return "it is a bundled architecture"
    if os.path.islink(entry.path):
        target = os.path.realpath(entry.path)
        if not target.startswith(tree_of(os.path.dirname(entry.path))):
            return f"it is a link to {target}"
    if not os.path.isfile(entry.path):
        return "it is not a regular file"
    return ""


def report_rejected(file: str, fixed: FixedText, outcome: FixOutcome) -> None:
    """Add a message for each fix that is not applied."""
    for fix in fixed.rejected:
        position, reason = f"{file}:{fix.span.line}", "because it would cause an error"
        outcome.messages.append(f"{position}: not fixed, {reason}: {fix.description}")
    if fixed.untried:
        line, number = fixed.untried[0].span.line, len(fixed.untried)
        reason = "it takes too long to find which of the fixes of this file cause an error"
        outcome.messages.append(f"{file}:{line}: {number} not fixed: {reason}")
