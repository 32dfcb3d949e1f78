"""Fixes put into the text of a file: comments and layout stay, and no promise that was kept is broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ..lint.finding import FileResult, Fix


class TextEdit(NamedTuple):
    """A stretch of a text, in characters, and what is put there."""

    start: int
    end: int
    text: str


class Mended(NamedTuple):
    """The text of a file after its fixes, with those that were made and those that were not."""

    data: bytes
    made: tuple[Fix, ...]
    left: tuple[Fix, ...]


def mend(data: bytes, inspect: Callable[[bytes], FileResult | None]) -> Mended:
    """Make the fixes of a file.  Those after which it has an error that it had not are left out."""
    found = inspect(data)
    fixes = (
        list(dict.fromkeys(finding.fix for finding in found.findings if finding.fix))
        if found
        else []
    )
    if found is None or not fixes:
        return Mended(data, (), ())
    before = errors(found)
    text = data.decode("utf-8")
    whole = with_fixes(text, fixes)
    if whole is not None and errors(inspect(whole.encode())) <= before:
        return Mended(whole.encode(), tuple(fixes), ())
    made: list[Fix] = []
    for fix in sorted(
        fixes, key=lambda fix: fix.span, reverse=True
    ):  # from the end, so that places before it stay
        changed = with_fixes(text, [fix])
        if changed is not None and errors(inspect(changed.encode())) <= before:
            text = changed
            made.insert(0, fix)
    return Mended(text.encode(), tuple(made), tuple(fix for fix in fixes if fix not in made))


def errors(found: FileResult | None) -> set[tuple[str, str]]:
    """The errors of a file, wherever they stand."""
    if found is None:
        return {("", "")}
    problems = [finding.problem for finding in found.findings]
    return {(problem.rule, problem.message) for problem in problems if problem.severity == "error"}


def with_fixes(text: str, fixes: Iterable[Fix]) -> str | None:
    """The text with fixes made; None where one of them has no place in it."""
    lines = Lines(text)
    edits = []
    for fix in fixes:
        edit = argument(text, lines, fix) if fix.key else replacement(lines, fix)
        if edit is None:
            return None
        edits.append(edit)
    edits.sort(reverse=True)
    for after, edit in zip([TextEdit(len(text), len(text), ""), *edits], edits, strict=False):
        if edit.end > after.start:
            return None
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


class Lines:
    """Where the lines of a text begin."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(found.end() for found in re.finditer("\r\n|\r|\n", text))]

    def offset(self, line: int, column: int) -> int:
        """The place of a line and a column that count from 0; the end of the text where there is no such line."""
        return (
            min(self.starts[line] + column, len(self.text))
            if line < len(self.starts)
            else len(self.text)
        )

    @property
    def ending(self) -> str:
        found = re.search("\r\n|\r|\n", self.text)
        return found[0] if found else "\n"


def replacement(lines: Lines, fix: Fix) -> TextEdit:
    span = fix.span
    return TextEdit(
        lines.offset(span.line - 1, span.column - 1),
        lines.offset(span.end_line - 1, span.end_column - 1),
        fix.value,
    )


def argument(text: str, lines: Lines, fix: Fix) -> TextEdit | None:
    """Give an argument to the step whose word stands at the span; None where the step is a word alone."""
    tokens = tokens_of(text)
    place = (fix.span.line - 1, fix.span.column - 1)
    at = next(
        (
            index
            for index, token in enumerate(tokens)
            if is_scalar(token) and start_of(token) == place
        ),
        None,
    )
    if at is None or at + 1 >= len(tokens) or type(tokens[at + 1]).__name__ != "ValueToken":
        return None
    given = value_of(tokens, at, fix.key)
    if given is not None:
        old = text[lines.offset(*start_of(given)) : lines.offset(*end_of(given))]
        return (
            TextEdit(lines.offset(*start_of(given)), lines.offset(*end_of(given)), fix.value)
            if old == "true"
            else None
        )
    closing = closing_of(tokens, at)
    if closing is not None:
        if type(tokens[closing]).__name__ != "FlowMappingEndToken":
            return None
        end = lines.offset(*end_of(tokens[closing - 1]))
        return TextEdit(end, end, f", {fix.key}: {fix.value}")
    value = tokens[at + 2]
    if not is_scalar(value) or start_of(value)[0] != place[0] or end_of(value)[0] != place[0]:
        return None
    end = lines.offset(place[0] + 1, 0)
    line = f"{' ' * place[1]}{fix.key}: {fix.value}{lines.ending}"
    return TextEdit(end, end, line if text[:end].endswith(("\r", "\n")) else lines.ending + line)


def tokens_of(text: str) -> list[Any]:
    import yaml

    return list(
        yaml.scan(text, Loader=yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader)
    )


def is_scalar(token: Any) -> bool:
    return type(token).__name__ == "ScalarToken"


def start_of(token: Any) -> tuple[int, int]:
    return token.start_mark.line, token.start_mark.column


def end_of(token: Any) -> tuple[int, int]:
    return token.end_mark.line, token.end_mark.column


OPENING = (
    "FlowMappingStartToken",
    "FlowSequenceStartToken",
    "BlockMappingStartToken",
    "BlockSequenceStartToken",
)
CLOSING = ("FlowMappingEndToken", "FlowSequenceEndToken", "BlockEndToken")


def closing_of(tokens: Sequence[Any], at: int) -> int | None:
    """The token that closes the brackets around a token; None where it stands in none."""
    depth = 0
    for index in range(at, len(tokens)):
        kind = type(tokens[index]).__name__
        if kind in CLOSING and depth == 0:
            return None if kind == "BlockEndToken" else index
        depth += (kind in OPENING) - (kind in CLOSING)
    return None


def value_of(tokens: Sequence[Any], at: int, key: str) -> Any:
    """The value that a key has behind a token, in the same mapping; None where it has none."""
    depth = 0
    for index in range(at, len(tokens)):
        kind = type(tokens[index]).__name__
        depth += (kind in OPENING) - (kind in CLOSING)
        if depth < 0:
            return None
        if (
            depth == 0
            and is_scalar(tokens[index])
            and tokens[index].value == key
            and is_key(tokens, index)
        ):
            return tokens[index + 2]
    return None


def is_key(tokens: Sequence[Any], index: int) -> bool:
    return index + 2 < len(tokens) and type(tokens[index + 1]).__name__ == "ValueToken"
