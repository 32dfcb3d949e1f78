"""What is offered to correct a finding: edits of the text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import partial

from ..check.file import check_file
from ..check.fixes import LineIndex, apply_fixes, edits_of
from ..lint.finding import Finding
from ..named_tuple import NamedTuple
from ..problem import Problem
from ..sources.text_edit import TextEdit
from .edited_file import encoded

MEANT = re.compile(r"did you mean `([^`]+)`\?")
WRITTEN = re.compile(r"`([^`]+)`")


class Remedy(NamedTuple):
    """A change of the text that corrects a finding."""

    title: str
    finding: Finding
    edits: tuple[TextEdit, ...]


def findings_of(text: str, name: str, rules: Collection[str]) -> tuple[Finding, ...]:
    """What `cnncalc check` finds in a text, in all variants."""
    found = check_file(encoded(text), name, rules)
    return found.findings if found else ()


def remedies(text: str, findings: Sequence[Finding]) -> Iterator[Remedy]:
    """The safe fix of each finding, or the word that its hint proposes."""
    fixes = edits_of(text, [one.fix for one in findings if one.fix is not None])
    lines = LineIndex(text)
    for finding in findings:
        if finding.fix is not None and finding.fix in fixes:
            yield Remedy(finding.fix.description, finding, (fixes[finding.fix],))
        elif (edit := meant_edit(lines, finding.problem)) is not None:
            yield Remedy(f"replace with `{edit.text}`", finding, (edit,))


def meant_edit(lines: LineIndex, problem: Problem) -> TextEdit | None:
    """The edit that replaces the word that is wrong with the one that is meant.

    The word is at the position of the problem, or it is the only one of its name there.
    """
    meant, wrong = MEANT.fullmatch(problem.hint), WRITTEN.search(problem.message)
    if meant is None or wrong is None:
        return None
    span = problem.span
    start = lines.offset(span.line - 1, span.column - 1)
    end = lines.offset(span.end_line - 1, span.end_column - 1)
    words = re.finditer(rf"(?<!\w){re.escape(wrong[1])}(?!\w)", lines.text[start:end])
    found = [(start + one.start(), start + one.end()) for one in words]
    return TextEdit(*found[0], meant[1]) if len(found) == 1 else None


def all_fixed(text: str, name: str, rules: Collection[str]) -> tuple[TextEdit, ...]:
    """The edits of all safe fixes that cause no new error together."""
    return apply_fixes(encoded(text), partial(check_file, name=name, rules=rules)).edits
