"""Applies fixes to the text of a file.

Comments and layout stay unchanged, and no expectation that is met becomes unmet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..lint.finding import Fix
from ..named_tuple import NamedTuple
from ..problem import Span
from ..sources.text_edit import TextEdit, apply_edits
from .result import FileResult


class FixedText(NamedTuple):
    """The text of a file after its fixes, with those that were applied and those that were not."""

    data: bytes
    applied: tuple[Fix, ...]
    rejected: tuple[Fix, ...]


def apply_fixes(data: bytes, check: Callable[[bytes], FileResult | None]) -> FixedText:
    """Apply the fixes that `check` finds, except those that cause an error.

    All are tried together first, then one by one.
    """
    found = check(data)
    fixes = list(dict.fromkeys(entry.fix for entry in found.findings if entry.fix)) if found else []
    if not fixes:
        return FixedText(data, (), ())
    before = errors(found)
    text = data.decode("utf-8")
    fixed = fixed_text(text, fixes)
    if fixed is not None and errors(check(fixed.encode())) <= before:
        return FixedText(fixed.encode(), tuple(fixes), ())
    applied: list[Fix] = []
    # From the end, so that the positions of the others stay valid.
    for fix in sorted(fixes, key=lambda fix: fix.span, reverse=True):
        fixed = fixed_text(text, [fix])
        if fixed is not None and errors(check(fixed.encode())) <= before:
            text = fixed
            applied.insert(0, fix)
    rejected = tuple(fix for fix in fixes if fix not in applied)
    return FixedText(text.encode(), tuple(applied), rejected)


def errors(found: FileResult | None) -> set[tuple[str, str]]:
    """The errors of a file by rule and message, wherever they are."""
    if found is None:
        return {("", "")}
    problems = [finding.problem for finding in found.findings]
    return {(problem.rule, problem.message) for problem in problems if problem.severity == "error"}


def fixed_text(text: str, fixes: Iterable[Fix]) -> str | None:
    """The text after some fixes; None if one of them cannot be applied, or two overlap."""
    lines = LineIndex(text)
    edits = []
    for fix in fixes:
        edit = argument_edit(text, lines, fix) if fix.key else replacement(lines, fix)
        if edit is None:
            return None
        edits.append(edit)
    try:
        return apply_edits(text, edits)
    except ValueError:
        return None


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


def argument_edit(text: str, lines: LineIndex, fix: Fix) -> TextEdit | None:
    """The edit that gives an argument to the step whose word is at the span of a fix.

    None if the step is a single word, or has the argument with another value than `true`.
    """
    tokens = tokens_of(text)
    at = key_at(tokens, fix.span)
    if at is None:
        return None
    given = value_of(tokens, at, fix.key)
    if given is not None:
        start, end = lines.extent(given)
        return TextEdit(start, end, fix.value) if text[start:end] == "true" else None
    closing = closing_bracket(tokens, at)
    if closing is None:
        return added_line(text, lines, fix, tokens[at], tokens[at + 2])
    if kind_of(tokens[closing]) != "FlowMappingEndToken":
        return None
    _, end = lines.extent(tokens[closing - 1])
    return TextEdit(end, end, f", {fix.key}: {fix.value}")


def added_line(text: str, lines: LineIndex, fix: Fix, word: Any, value: Any) -> TextEdit | None:
    """The edit that adds a line after that of a step in block style.

    None if the value after the word of the step is not on the same line.
    """
    line, column = start_of(word)
    if not is_scalar(value) or start_of(value)[0] != line or end_of(value)[0] != line:
        return None
    end = lines.offset(line + 1, 0)
    added = f"{' ' * column}{fix.key}: {fix.value}{lines.ending}"
    return TextEdit(end, end, added if text[:end].endswith(("\r", "\n")) else lines.ending + added)


# YAML tokens

OPENING = (
    "FlowMappingStartToken",
    "FlowSequenceStartToken",
    "BlockMappingStartToken",
    "BlockSequenceStartToken",
)
CLOSING = ("FlowMappingEndToken", "FlowSequenceEndToken", "BlockEndToken")


def tokens_of(text: str) -> list[Any]:
    import yaml

    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    return list(yaml.scan(text, Loader=loader))


def kind_of(token: Any) -> str:
    return type(token).__name__


def is_scalar(token: Any) -> bool:
    return kind_of(token) == "ScalarToken"


def start_of(token: Any) -> tuple[int, int]:
    """The line and the column, from 0."""
    return token.start_mark.line, token.start_mark.column


def end_of(token: Any) -> tuple[int, int]:
    return token.end_mark.line, token.end_mark.column


def key_at(tokens: Sequence[Any], span: Span) -> int | None:
    """The index of the key at a span; None if the word there is not a key."""
    position = (span.line - 1, span.column - 1)
    for index, token in enumerate(tokens):
        if is_scalar(token) and start_of(token) == position:
            return index if is_key(tokens, index) else None
    return None


def is_key(tokens: Sequence[Any], index: int) -> bool:
    return index + 2 < len(tokens) and kind_of(tokens[index + 1]) == "ValueToken"


def closing_bracket(tokens: Sequence[Any], at: int) -> int | None:
    """The index of the token that closes the brackets around a token; None if there are none."""
    depth = 0
    for index in range(at, len(tokens)):
        kind = kind_of(tokens[index])
        if kind in CLOSING and depth == 0:
            return None if kind == "BlockEndToken" else index
        depth += (kind in OPENING) - (kind in CLOSING)
    return None


def value_of(tokens: Sequence[Any], at: int, key: str) -> Any:
    """The value of a key after a token, in the same mapping; None if it is not there."""
    depth = 0
    for index in range(at, len(tokens)):
        token = tokens[index]
        depth += (kind_of(token) in OPENING) - (kind_of(token) in CLOSING)
        if depth < 0:
            return None
        if depth == 0 and is_scalar(token) and token.value == key and is_key(tokens, index):
            return tokens[index + 2]
    return None
