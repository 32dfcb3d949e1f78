"""Hints at what YAML reads otherwise than its writer meant: quotes and spaces that are missing."""

from __future__ import annotations

import re

SPACE_BEHIND_COLON = "put a space behind the colon, as in {relu: }"


def quoting_hint(line: str, column: int) -> str:
    """The line with quotes where they are missing, if that is what is wrong with it."""
    bracket = max((found.end() - 1 for found in re.finditer(r"[\w)\]][\[{]", line[: column + 1])), default=-1)
    if bracket >= 0 and line.count('"', 0, bracket) % 2 == 0:
        start = max(line.rfind(mark, 0, bracket) for mark in (": ", ", ", "{", "[")) + 1
        start += len(line[start:]) - len(line[start:].lstrip())
        if start < bracket:
            return "quote it: " + with_quotes(line, start).strip()
    found = re.match(r"(\s*(?:- )?[\w.-]+: )([^\s'\"{\[#].*: .*)$", line)
    if found:
        text = found[2].rstrip()
        return f'quote it: {found[1]}"{text}"'.replace("  ", " ")
    return ""


def with_quotes(line: str, start: int) -> str:
    """The line with quotes around the expression that begins at `start` and ends where its brackets balance."""
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
    """The line with a space behind each colon that needs one."""
    return re.sub(r"(\w):(?=[^\s/])", r"\1: ", line).strip()
