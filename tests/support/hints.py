"""Applies the hint of a problem to the text of its file, as a reader would."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cnncalc.problem import Problem

WHOLE_LINE = re.compile(
    r"(?:quote it|write|write a list in brackets|put braces around it|a comma is missing): (.*)"
)
MEANT = re.compile(r"did you mean `?([^`?]+)`?\?")
LISTED = re.compile(r"write a list in brackets: \[(.*)\]")
WORD = re.compile(r"write `([^` ]*)`")
KEY = re.compile(r"(?:decimals have a point: |the key of a step is its layer: )?write `([^`]*)`.*")


def applied(problem: Problem, lines: Sequence[str]) -> str | None:
    """The text of the file after the hint; None if the hint does not propose a text."""
    number = problem.span.line - 1
    line = changed_line(problem, lines[number]) if number < len(lines) else None
    if line is None:
        return None
    return "\n".join([*lines[:number], line, *lines[number + 1 :]])


def changed_line(problem: Problem, line: str) -> str | None:
    """The line of a problem after its hint."""
    hint = problem.hint
    if found := LISTED.fullmatch(hint):
        return with_list(problem, line, found[1])
    if found := MEANT.fullmatch(hint):
        return with_word(problem, line, found[1])
    if found := WHOLE_LINE.fullmatch(hint):
        text = found[1]
        return with_line(line, text) if text[:1] in "-{" or ": " in text else None
    if (found := KEY.fullmatch(hint)) and ": " in found[1]:
        return with_key(problem, line, found[1])
    if found := WORD.fullmatch(hint):
        return with_word(problem, line, found[1])
    return None


def with_line(line: str, text: str) -> str | None:
    """The hint states the line without its indent; a block sequence may begin in it."""
    indent = line[: len(line) - len(line.lstrip())]
    return indent + text


def with_word(problem: Problem, line: str, word: str) -> str | None:
    """The word that is reported, in backquotes in the message, is another one."""
    wrong = re.search(r"`([^`]*)`", problem.message)
    start = problem.span.column - 1
    if wrong is None:
        return None
    at = line.find(wrong[1], start)
    return None if at < 0 else line[:at] + word + line[at + len(wrong[1]) :]


def with_list(problem: Problem, line: str, entries: str) -> str | None:
    """The entries are in the line, in round brackets or without any."""
    words = r"\s*,\s*".join(map(re.escape, re.split(r",\s*", entries)))
    changed, count = re.subn(rf"(?:\(\s*)?{words}(?:\s*\))?", f"[{entries}]", line, count=1)
    return changed if count else None


def with_key(problem: Problem, line: str, text: str) -> str | None:
    """`key: value` stands for the same words with other marks between them."""
    words = re.findall(r"\w+", text)
    if not words or "..." in text:
        return None
    changed, count = re.subn(r"\W+".join(map(re.escape, words)), text, line, count=1)
    return changed if count else None
