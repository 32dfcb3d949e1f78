"""Hints about missing quotes and spaces in YAML."""

from __future__ import annotations

import re
from collections.abc import Sequence

SPACE_AFTER_COLON = "put a space after the colon, as in {relu: }"


def quoting_hint(line: str, column: int) -> str:
    """The hint for an error at this column; empty if it is not a missing quote."""
    bracket = max(
        (found.end() - 1 for found in re.finditer(r"[\w)\]][\[{]", line[: column + 1])), default=-1
    )
    if bracket >= 0 and line.count('"', 0, bracket) % 2 == 0:
        start = expression_start(line, bracket)
        if start < bracket:
            return "quote it: " + with_quotes(line, start).strip()
    found = re.match(r"(\s*- )(\w+: [^\s{}\[\]'\"#][^{}\[\]'\"#]*, *\w+: .*)$", line)
    if found:
        return f"put braces around it: {found[1].lstrip()}{{{found[2].rstrip()}}}"
    found = re.match(r"(.*[^\s,;:{\[]);?\s+([A-Za-z_]\w*)$", line[:column])
    if found and line[column : column + 1] == ":" and "{" in found[1]:
        return f"a comma is missing: {found[1].lstrip()}, {found[2]}{line[column:].rstrip()}"
    found = re.match(r"(\s*(?:- )?[\w.-]+: )([^\s'\"{\[#].*: .*)$", line)
    if found:
        text = found[2].rstrip()
        return f'quote it: {found[1]}"{text}"'.replace("  ", " ")
    return ""


def expression_start(line: str, end: int) -> int:
    """The column at which the expression begins that has a part just before `end`."""
    depth = 0
    start = end
    while start > 0:
        character = line[start - 1]
        if character in ")]}":
            depth += 1
        elif depth and character in "([{":
            depth -= 1
        elif not depth and (character in ",{[" or line[start - 2 : start] in (": ", "- ")):
            break
        start -= 1
    return start + len(line[start:]) - len(line[start:].lstrip())


def unspaced(lines: Sequence[str], line: int) -> tuple[int, int] | None:
    """The line and column of a colon or dash without a space after it.

    Looks in the given line and the two before it; None if there is none.
    """
    for number in range(line, max(-1, line - 3), -1):
        found = re.match(r"\s*(?:- )?[A-Za-z_]\w*:(?=[^\s:/])|\s*-(?=[A-Za-z])", lines[number])
        if found:
            return number, found.end() - 1
    return None


def is_closed(line: str, start: int) -> bool:
    """Whether the round brackets that open after `start` are closed in the line."""
    return line.count("(", start) <= line.count(")", start)


def with_brackets(line: str, start: int) -> str:
    """The line with square brackets for the round ones that open at `start`.

    >>> with_brackets("- {conv: 64, kernel: (3, 3), padding: 1}", 21)
    '- {conv: 64, kernel: [3, 3], padding: 1}'
    """
    depth = 0
    for index in range(start, len(line)):
        depth += (line[index] == "(") - (line[index] == ")")
        if depth == 0:
            return f"{line[:start]}[{line[start + 1 : index]}]{line[index + 1 :]}"
    return f"{line[:start]}[{line[start + 1 :]}"


def with_quotes(line: str, start: int) -> str:
    """The line with quotes around the expression that begins at `start`."""
    depth = 0
    end = len(line)
    for index in range(start, len(line)):
        character = line[index]
        if character in "([{":
            depth += 1
        elif character in ")]}":
            if depth == 0:
                end = index
                break
            depth -= 1
        elif character == "," and depth == 0:
            end = index
            break
    return f'{line[:start]}"{line[start:end].rstrip()}"{line[end:]}'


def spaced(line: str) -> str:
    """The line with a space after its dash, and after each colon, that needs one."""
    return re.sub(r"^-(?=\w)", "- ", re.sub(r"(\w):(?=[^\s/])", r"\1: ", line).strip())
