"""Comments that suppress findings: `# cnncalc: ignore[rule, other]`, on the line or at the top for the whole file."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
import re
from collections.abc import Sequence
from typing import NamedTuple

from ..problem import Span
from .finding import Fix

MARK = re.compile(r"cnncalc:\s*ignore\[([^\]]*)\]")


class Suppression(NamedTuple):
    """The rules that a comment names, each with its place; `comment` is where the comment begins (a column)."""

    names: tuple[tuple[str, Span], ...]
    line: int
    whole_file: bool
    comment: int
    mark: tuple[int, int]  # the columns of the mark in it, counted from 0


def suppressions(lines: Sequence[str]) -> list[Suppression]:
    """Every such comment of a text that is YAML."""
    marked = [index for index, line in enumerate(lines) if MARK.search(line)]
    if not marked:
        return []
    scalars = scalars_of("\n".join(lines))
    top = next(
        (
            index
            for index, line in enumerate(lines)
            if line.strip() and not line.lstrip().startswith("#")
        ),
        len(lines),
    )
    found = []
    for index in marked:
        line = lines[index]
        comment = comment_of(line, index, scalars)
        mark = MARK.search(line, comment) if comment is not None else None
        if comment is not None and mark:
            found.append(
                Suppression(names_in(mark, index + 1), index + 1, index < top, comment, mark.span())
            )
    return found


def names_in(mark: re.Match[str], line: int) -> tuple[tuple[str, Span], ...]:
    names = []
    for word in re.finditer(r"[^,\s]+", mark[1]):
        column = mark.start(1) + word.start() + 1
        names.append((word[0], Span(line, column, line, column + len(word[0]))))
    return tuple(names)


def scalars_of(text: str) -> list[tuple[int, int, int, int]]:
    """Where the texts stand in which a `#` is no comment: first line and column, last line and column, from 0."""
    import yaml

    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    return [
        (token.start_mark.line, token.start_mark.column, token.end_mark.line, token.end_mark.column)
        for token in yaml.scan(text, Loader=loader)
        if isinstance(token, yaml.ScalarToken)
    ]


def comment_of(line: str, index: int, scalars: list[tuple[int, int, int, int]]) -> int | None:
    """The column, from 0, at which the comment of a line begins."""
    for found in re.finditer(r"(?:^|(?<=\s))#", line):
        place = (index, found.start())
        if not any(start[:2] <= place < start[2:] for start in scalars):
            return found.start()
    return None


def without(suppression: Suppression, line: str, stale: set[str]) -> Fix:
    """What takes stale names out of a comment, and the comment where nothing is left of it."""
    kept = [name for name, _ in suppression.names if name not in stale]
    start, end = suppression.mark
    number = suppression.line
    what = f"stale {', '.join(sorted(stale))} taken out of a comment"
    if kept:
        return Fix(
            Span(number, start + 1, number, end + 1),
            "",
            f"cnncalc: ignore[{', '.join(kept)}]",
            what,
        )
    words = line[suppression.comment + 1 : start].rstrip(" ;,") + line[end:]
    if words.strip():
        return Fix(
            Span(number, suppression.comment + 2, number, len(line) + 1), "", words.rstrip(), what
        )
    before = len(line[: suppression.comment].rstrip())
    if not before:
        return Fix(Span(number, 1, number + 1, 1), "", "", what)
    return Fix(Span(number, before + 1, number, len(line) + 1), "", "", what)
