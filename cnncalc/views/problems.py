"""Problems -> text: where, what, the line with a caret, what to do, and from where a block was called."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ..problem import Problem
from .text import safe

WIDEST = 120  # of a line from a file, before it is cut around the caret
LONGEST = 600  # of a message


def problem_text(problem: Problem, file: str, lines: Sequence[str]) -> str:
    """One problem of a file of these lines, in a few lines.

    >>> from cnncalc.problem import Span
    >>> print(problem_text(Problem(Span(1, 4, 1, 7), "unknown-key", "unknown key `b`"), "a.yaml", ["a: bcd"]))
    a.yaml:1:4: error: unknown key `b` [unknown-key]
        1 | a: bcd
          |    ^^^
    """
    line = lines[problem.span.line - 1] if 0 < problem.span.line <= len(lines) else ""
    return told(problem, file, line)


def told(problem: Problem, file: str, line: str) -> str:
    """One problem, whose line this is, in a few lines."""
    span = problem.span
    message = clipped(safe(problem.message), LONGEST)
    text = [
        f"{safe(file)}:{span.line}:{span.column}: {problem.severity}: {message} [{problem.rule}]"
    ]
    if line.strip():
        shown, column, width = window(line, span.column - 1, marked(problem, line))
        text.append(f"{span.line:5} | {shown}")
        text.append(f"      | {' ' * column}{'^' * width}")
    text += [f"      = {part}" for part in clipped(safe(problem.hint), LONGEST).splitlines()]
    calls = [
        f"      = in {clipped(safe(call.label), WIDEST)}, line {call.span.line}"
        for call in problem.calls
    ]
    text += [call for call, _ in groupby(calls)]  # a block that calls itself is told once
    return "\n".join(text)


def clipped(text: str, length: int) -> str:
    """A text without its middle where it is too long to be read."""
    return text if len(text) <= length else f"{text[: length // 2]} ... {text[-length // 2 :]}"


def marked(problem: Problem, line: str) -> int:
    """How many characters are marked, on the first line of the problem."""
    span = problem.span
    end = span.end_column if span.end_line == span.line else len(line) + 1
    return max(1, min(end, len(line) + 1) - span.column)


def window(line: str, column: int, width: int) -> tuple[str, int, int]:
    """The part of a line around the mark, as it may be shown, with where the mark is in it."""
    first = max(0, column - WIDEST // 2) if len(line) > WIDEST else 0
    last = first + WIDEST
    before, mark, after = (
        line[first:column],
        line[column : min(column + width, last)],
        line[column + width : last],
    )
    head = "..." if first else ""
    shown = head + safe(before) + safe(mark) + safe(after) + ("..." if last < len(line) else "")
    return shown.rstrip(), len(head + safe(before)), max(1, len(safe(mark)))
