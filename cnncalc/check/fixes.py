"""Applies fixes to the text of a file.

Comments and layout stay unchanged, and no expectation that is met becomes unmet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from ..limits import MAX_FIX_EFFORT
from ..lint.finding import Fix
from ..named_tuple import NamedTuple
from ..problem import Span
from ..sources.text_edit import TextEdit, apply_edits
from .result import FileResult


class FixedText(NamedTuple):
    """The text of a file after its fixes, and what `check` finds in it.

    `edits` are those of the applied fixes, `rejected` the fixes that would cause an error or
    cannot be applied, `untried` those that were left when MAX_FIX_EFFORT was reached.
    """

    data: bytes
    result: FileResult | None
    applied: tuple[Fix, ...] = ()
    rejected: tuple[Fix, ...] = ()
    untried: tuple[Fix, ...] = ()
    edits: tuple[TextEdit, ...] = ()


def apply_fixes(data: bytes, check: Callable[[bytes], FileResult | None]) -> FixedText:
    """Apply the fixes that `check` finds, except those that cause an error.

    All are tried together first, then halves of those that fail together.
    """
    found = check(data)
    fixes = list(dict.fromkeys(entry.fix for entry in found.findings if entry.fix)) if found else []
    if not fixes:
        return FixedText(data, found)
    trial = FixTrial(data, found, check, fixes)
    trial.run()
    order = {fix: index for index, fix in enumerate(fixes)}
    applied, rejected, untried = [
        tuple(sorted(some, key=order.__getitem__))
        for some in (trial.applied, trial.rejected, trial.untried)
    ]
    edits = tuple([trial.edits[fix] for fix in applied])
    return FixedText(trial.data, trial.result, applied, rejected, untried, edits)


class FixTrial:
    """Finds the fixes of a text that can be applied together without a new error."""

    def __init__(
        self,
        data: bytes,
        found: FileResult | None,
        check: Callable[[bytes], FileResult | None],
        fixes: Sequence[Fix],
    ) -> None:
        self.data, self.result = data, found
        self.check = check
        self.errors = errors(found)
        self.text = data.decode("utf-8")
        self.edits = edits_of(self.text, fixes)
        self.cost = len(self.text) + (found.layers if found else 0)
        self.effort = 0
        self.applied: list[Fix] = []
        self.rejected = [fix for fix in fixes if fix not in self.edits]
        self.untried: list[Fix] = []

    def run(self) -> None:
        """Try all fixes; if a group fails, its halves, the later one first."""
        groups = [list(self.edits)] if self.edits else []
        while groups:
            group = groups.pop()
            if self.effort > MAX_FIX_EFFORT:
                self.untried += group
            elif self.accepts(group):
                self.applied += group
            elif len(group) == 1:
                self.rejected += group
            else:
                half = len(group) // 2
                groups += [group[:half], group[half:]]

    def accepts(self, group: Sequence[Fix]) -> bool:
        """Whether some more fixes can be applied; if so, they are."""
        try:
            edits = [self.edits[fix] for fix in (*self.applied, *group)]
            data = apply_edits(self.text, edits).encode()
        except ValueError:
            return False
        self.effort += self.cost
        found = self.check(data)
        if not errors(found) <= self.errors:
            return False
        self.data, self.result = data, found
        return True


def errors(found: FileResult | None) -> set[tuple[str, str]]:
    """The errors of a file by rule and message, wherever they are."""
    if found is None:
        return {("", "")}
    problems = [finding.problem for finding in found.findings]
    return {(problem.rule, problem.message) for problem in problems if problem.severity == "error"}


def edits_of(text: str, fixes: Sequence[Fix]) -> dict[Fix, TextEdit]:
    """The edit of each fix that can be applied."""
    lines = LineIndex(text)
    tokens = YamlTokens(text) if any(fix.key for fix in fixes) else None
    found = {}
    for fix in sorted(fixes, key=lambda fix: fix.span):
        edit = argument_edit(tokens, lines, fix) if tokens and fix.key else replacement(lines, fix)
        if edit is not None:
            found[fix] = edit
    return found


class LineIndex:
    """Maps lines and columns of a text to offsets."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(found.end() for found in re.finditer("\r\n|\r|\n", text))]

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and a column that count from 0; after the last line, the end."""
        if line >= len(self.starts):
            return len(self.text)
        return min(self.starts[line] + column, len(self.text))

    def extent(self, token: Any) -> tuple[int, int]:
        """The start and the end of a YAML token."""
        return self.offset(*start_of(token)), self.offset(*end_of(token))

    @property
    def ending(self) -> str:
        """The line ending of the text, as its first line has it."""
        found = re.search("\r\n|\r|\n", self.text)
        return found[0] if found else "\n"


def replacement(lines: LineIndex, fix: Fix) -> TextEdit:
    """The edit that replaces the text at the span of a fix."""
    span = fix.span
    start = lines.offset(span.line - 1, span.column - 1)
    end = lines.offset(span.end_line - 1, span.end_column - 1)
    return TextEdit(start, end, fix.value)


# Arguments of a step


def argument_edit(tokens: YamlTokens, lines: LineIndex, fix: Fix) -> TextEdit | None:
    """The edit that gives an argument to the step whose word is at the span of a fix.

    None if the step is a single word, or has the argument with another value than `true`.
    """
    at = tokens.key_at(fix.span)
    if at is None:
        return None
    given = tokens.value_of(at, fix.key)
    if given is not None:
        start, end = lines.extent(given)
        return TextEdit(start, end, fix.value) if lines.text[start:end] == "true" else None
    closing = tokens.closing_bracket(at)
    if closing is None:
        return added_line(lines, fix, tokens.all[at], tokens.all[at + 2])
    if kind_of(tokens.all[closing]) != "FlowMappingEndToken":
        return None
    _, end = lines.extent(tokens.all[closing - 1])
    return TextEdit(end, end, f", {fix.key}: {fix.value}")


def added_line(lines: LineIndex, fix: Fix, word: Any, value: Any) -> TextEdit | None:
    """The edit that adds a line after that of a step in block style.

    None if the value after the word of the step is not on the same line.
    """
    line, column = start_of(word)
    if not is_scalar(value) or start_of(value)[0] != line or end_of(value)[0] != line:
        return None
    end = lines.offset(line + 1, 0)
    added = f"{' ' * column}{fix.key}: {fix.value}{lines.ending}"
    ends_line = lines.text[end - 1 : end] in ("\r", "\n")
    return TextEdit(end, end, added if ends_line else lines.ending + added)


# YAML tokens

OPENING = (
    "FlowMappingStartToken",
    "FlowSequenceStartToken",
    "BlockMappingStartToken",
    "BlockSequenceStartToken",
)
CLOSING = ("FlowMappingEndToken", "FlowSequenceEndToken", "BlockEndToken")


class YamlTokens:
    """The YAML tokens of a text, with an index of scalars by their line and column."""

    def __init__(self, text: str) -> None:
        import yaml

        loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
        self.all: list[Any] = list(yaml.scan(text, Loader=loader))
        self.scalars = {
            start_of(token): index for index, token in enumerate(self.all) if is_scalar(token)
        }

    def key_at(self, span: Span) -> int | None:
        """The index of the key at a span; None if the word there is not a key."""
        index = self.scalars.get((span.line - 1, span.column - 1))
        return index if index is not None and self.is_key(index) else None

    def is_key(self, index: int) -> bool:
        return index + 2 < len(self.all) and kind_of(self.all[index + 1]) == "ValueToken"

    def closing_bracket(self, at: int) -> int | None:
        """The index of the token that closes the brackets around a token; None without them."""
        depth = 0
        for index in range(at, len(self.all)):
            kind = kind_of(self.all[index])
            if kind in CLOSING and depth == 0:
                return None if kind == "BlockEndToken" else index
            depth += (kind in OPENING) - (kind in CLOSING)
        return None

    def value_of(self, at: int, key: str) -> Any:
        """The value of a key after a token, in the same mapping; None if it is not there."""
        depth = 0
        for index in range(at, len(self.all)):
            token = self.all[index]
            depth += (kind_of(token) in OPENING) - (kind_of(token) in CLOSING)
            if depth < 0:
                return None
            if depth == 0 and is_scalar(token) and token.value == key and self.is_key(index):
                return self.all[index + 2]
        return None


def kind_of(token: Any) -> str:
    return type(token).__name__


def is_scalar(token: Any) -> bool:
    return kind_of(token) == "ScalarToken"


def start_of(token: Any) -> tuple[int, int]:
    """The line and the column, from 0."""
    return token.start_mark.line, token.start_mark.column


def end_of(token: Any) -> tuple[int, int]:
    return token.end_mark.line, token.end_mark.column
