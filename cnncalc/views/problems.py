"""Problems as text: location, message, the line with a caret, hint, and calls of blocks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ..escape import safe
from ..problem import Problem, Span
from .layout import bold, faint, painter
from .style import Style

MAX_LINE = 120  # characters of a line from a file, before it is cut around the caret
MAX_MESSAGE = 600  # characters
SEVERITY_COLORS = {"error": "red", "warning": "yellow", "note": "cyan"}


def location(file: str, span: Span, is_imported: bool) -> str:
    """Where a problem is.  No line of a text that was imported from a model is in its file.

    >>> from cnncalc.problem import Span
    >>> location("a.yaml", Span(1, 4, 1, 7), False), location("a.onnx", Span(1, 4, 1, 7), True)
    ('a.yaml:1:4', 'a.onnx, imported')
    """
    return f"{file}, imported" if is_imported else f"{file}:{span.line}:{span.column}"


def problem_text(
    problem: Problem, file: str, lines: Sequence[str], *, is_imported: bool = False
) -> str:
    """A problem in a file with the given lines, which may be those of an imported model.

    >>> from cnncalc.problem import Span
    >>> problem = Problem(Span(1, 4, 1, 7), "unknown-key", "unknown key `b`")
    >>> print(problem_text(problem, "a.yaml", ["a: bcd"]))
    a.yaml:1:4: error: unknown key `b` [unknown-key]
        1 | a: bcd
          |    ^^^
    """
    line = lines[problem.span.line - 1] if 0 < problem.span.line <= len(lines) else ""
    return problem_lines(problem, location(file, problem.span, is_imported), line)


def problem_lines(problem: Problem, place: str, line: str, style: Style = Style()) -> str:
    """A problem, its location and its line."""
    span, paint = problem.span, painter(SEVERITY_COLORS[problem.severity])
    message = bold(clipped(safe(problem.message), MAX_MESSAGE), style)
    severity, rule = paint(f"{problem.severity}:", style), faint(f"[{problem.rule}]", style)
    text = [f"{safe(place)}: {severity} {message} {rule}"]
    if line.strip():
        shown, column, width = window(line, span.column - 1, marked(problem, line))
        text.append(f"{span.line:5} | {shown}")
        text.append(f"      | {' ' * column}{paint('^' * width, style)}")
    text += [f"      = {part}" for part in clipped(safe(problem.hint), MAX_MESSAGE).splitlines()]
    calls = [
        f"      = in {clipped(safe(call.label), MAX_LINE)}, line {call.span.line}"
        for call in problem.calls
    ]
    text += [call for call, _ in groupby(calls)]  # once for a recursive block
    return "\n".join(text)


def clipped(text: str, length: int) -> str:
    """A text without its middle if it is too long."""
    return text if len(text) <= length else f"{text[: length // 2]} ... {text[-length // 2 :]}"


def marked(problem: Problem, line: str) -> int:
    """The number of marked characters on the first line of the problem."""
    span = problem.span
    end = span.end_column if span.end_line == span.line else len(line) + 1
    return max(1, min(end, len(line) + 1) - span.column)


def window(line: str, column: int, width: int) -> tuple[str, int, int]:
    """The visible part of a line around the mark, and the column and width of the mark in it."""
    first = max(0, column - MAX_LINE // 2) if len(line) > MAX_LINE else 0
    last = first + MAX_LINE
    before, mark, after = (
        line[first:column],
        line[column : min(column + width, last)],
        line[column + width : last],
    )
    head = "..." if first else ""
    shown = head + safe(before) + safe(mark) + safe(after) + ("..." if last < len(line) else "")
    return shown.rstrip(), len(head + safe(before)), max(1, len(safe(mark)))
