"""Comments that suppress findings: `# cnncalc: ignore[rule, other]`.

A comment applies to its line, or at the top of a file to the whole file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from ..named_tuple import NamedTuple
from ..problem import Span
from .finding import Fix

DIRECTIVE = re.compile(r"cnncalc:\s*ignore\[([^\[\]]*)\]")


class Suppression(NamedTuple):
    """The rules that a comment names, each with its position.

    `comment` is the column of the `#`, `directive` the columns of `cnncalc: ignore[...]` in the
    line: both count from 0.
    """

    names: tuple[tuple[str, Span], ...]
    line: int
    whole_file: bool
    comment: int
    directive: tuple[int, int]


class SuppressionIndex:
    """The suppressions of a file by the line and the rule that they apply to.

    `used` are those that suppressed something, as the line of the comment and the rule.
    """

    def __init__(self, comments: Sequence[Suppression]) -> None:
        self.used: set[tuple[int, str]] = set()
        self.of_file: dict[str, list[int]] = {}  # the lines of comments, by rule
        self.of_whole_file: set[str] = set()  # the rules of these that have been used
        self.of_lines: set[tuple[int, str]] = set()
        for comment in comments:
            for name, _ in comment.names:
                self.of_lines.add((comment.line, name))
                if comment.whole_file:
                    self.of_file.setdefault(name, []).append(comment.line)

    def applies(self, rule: str, lines: Iterable[int]) -> bool:
        """Whether a comment names a rule for the file or on one of the lines; it is then used."""
        found = {(line, rule) for line in lines} & self.of_lines
        if rule in self.of_file:
            found |= {(line, rule) for line in self.of_file.pop(rule)}
            self.of_whole_file.add(rule)
        self.used |= found
        return bool(found) or rule in self.of_whole_file


def find_suppressions(lines: Sequence[str]) -> list[Suppression]:
    """Every suppression comment in the lines of a valid YAML text."""
    marked = [index for index, line in enumerate(lines) if DIRECTIVE.search(line)]
    if not marked:
        return []
    scalars = scalar_positions("\n".join(lines))
    first_key = first_content(lines)
    found = []
    for index in marked:
        comment = comment_column(lines[index], index, scalars)
        directive = None if comment is None else DIRECTIVE.search(lines[index], comment)
        if comment is None or directive is None:
            continue
        names, whole_file = names_in(directive, index + 1), index < first_key
        found.append(Suppression(names, index + 1, whole_file, comment, directive.span()))
    return found


def first_content(lines: Sequence[str]) -> int:
    """The index of the first line that is neither empty nor a comment."""
    for index, line in enumerate(lines):
        if line.strip() and not line.lstrip().startswith("#"):
            return index
    return len(lines)


def names_in(directive: re.Match[str], line: int) -> tuple[tuple[str, Span], ...]:
    """The names in the brackets, with their positions."""
    names = []
    for word in re.finditer(r"[^,\s]+", directive[1]):
        column = directive.start(1) + word.start() + 1
        names.append((word[0], Span(line, column, line, column + len(word[0]))))
    return tuple(names)


def scalar_positions(text: str) -> list[tuple[int, int, int, int]]:
    """The positions of scalars, in which a `#` does not begin a comment.

    Each is first line and column, last line and column, counted from 0; they are in file order.
    """
    import yaml

    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    return [
        (token.start_mark.line, token.start_mark.column, token.end_mark.line, token.end_mark.column)
        for token in yaml.scan(text, Loader=loader)
        if isinstance(token, yaml.ScalarToken)
    ]


def comment_column(line: str, index: int, scalars: list[tuple[int, int, int, int]]) -> int | None:
    """The column, from 0, at which the comment of a line begins; None if it has none."""
    for found in re.finditer(r"(?:^|(?<=\s))#", line):
        position = (index, found.start())
        before = bisect_right(scalars, (*position, len(line) + 1, 0)) - 1
        if before < 0 or not scalars[before][:2] <= position < scalars[before][2:]:
            return found.start()
    return None


def removal_of(stale: set[str], suppression: Suppression, line: str) -> Fix:
    """The fix that removes stale names from a comment, and the comment if nothing else is left."""
    kept = [name for name, _ in suppression.names if name not in stale]
    start, end = suppression.directive
    number = suppression.line
    description = f"removed stale {', '.join(sorted(stale))} from a comment"
    if kept:
        span, text = Span(number, start + 1, number, end + 1), f"cnncalc: ignore[{', '.join(kept)}]"
        return Fix(span, "", text, description)
    words = line[suppression.comment + 1 : start].rstrip(" ;,") + line[end:]
    if words.strip():
        span = Span(number, suppression.comment + 2, number, len(line) + 1)
        return Fix(span, "", words.rstrip(), description)
    before = len(line[: suppression.comment].rstrip())
    if not before:
        return Fix(Span(number, 1, number + 1, 1), "", "", description)
    return Fix(Span(number, before + 1, number, len(line) + 1), "", "", description)
