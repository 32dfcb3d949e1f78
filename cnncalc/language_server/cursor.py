"""Where in a file a word is being typed: in which lists and mappings, as a key or as a value.

The text need not be valid YAML: it is read as far as the word, by the scanner of PyYAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..named_tuple import NamedTuple
from .text_lines import TextPlace

WORD = re.compile(r"[\w.*\[\]-]*$")
TYPED = "typed\ue000here"
"""The word that stands for the one being typed, with a character that has no meaning."""


class NestingLevel(NamedTuple):
    """A list, or a mapping with the keys before the cursor; `key` is that of the current value."""

    is_list: bool
    key: str = ""
    keys: tuple[str, ...] = ()


class Cursor(NamedTuple):
    """A position: the levels around it from the outside in, and the word so far.

    `is_value`: it is the value of `levels[-1].key`, and not a key or an entry of a list.
    """

    levels: tuple[NestingLevel, ...]
    is_value: bool
    prefix: str

    def path(self) -> list[str]:
        """The keys from the outside in; a list is empty."""
        return ["" if level.is_list else level.key for level in self.levels]


def cursor_at(lines: list[str] | tuple[str, ...], place: TextPlace) -> Cursor | None:
    """The position of a word that ends at a place; None inside of a comment or a quoted text."""
    before = lines[place.line - 1][: place.column - 1]
    prefix = WORD.search(before)
    word = prefix[0].lstrip("[-") if prefix else ""
    start = len(before) - len(word)
    if re.search(r"(?:^|\s)#", before[:start]):
        return None
    section = start_of_section(lines, place.line)
    text = "\n".join([*lines[section - 1 : place.line - 1], before[:start] + TYPED])
    # On a line of its own, only a colon makes it a key; after another key, it cannot have one.
    return cursor_in(f"{text}: ", word) or cursor_in(text, word)


def cursor_in(text: str, word: str) -> Cursor | None:
    """The position of the word that is typed at the end of a text; None if it is not reached."""
    reader = LevelReader()
    for token in tokens_of(text):
        if is_typed(token):
            return Cursor(tuple(reader.levels), reader.is_value, word)
        reader.read(token)
    return None


def start_of_section(lines: list[str] | tuple[str, ...], line: int) -> int:
    """The line of the last key of the file itself, which the line is in or is."""
    while line > 1 and not re.match(r"[^\s#-]", lines[line - 1]):
        line -= 1
    return line


def tokens_of(text: str) -> Iterator[Any]:
    """The tokens of a text up to an error."""
    import yaml

    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    try:
        yield from yaml.scan(text, Loader=loader)
    except (yaml.YAMLError, UnicodeError):
        return


def is_typed(token: Any) -> bool:
    return type(token).__name__ == "ScalarToken" and TYPED in token.value


class LevelReader:
    """Follows the tokens of YAML through lists and mappings."""

    def __init__(self) -> None:
        self.levels: list[NestingLevel] = []
        self.is_value = False
        self.implied: list[bool] = []  # whether a list has no token of its own

    def read(self, token: Any) -> None:
        kind = type(token).__name__
        if kind in ("BlockMappingStartToken", "FlowMappingStartToken"):
            self.open(is_list=False)
        elif kind in ("BlockSequenceStartToken", "FlowSequenceStartToken"):
            self.open(is_list=True)
        elif kind in ("BlockEndToken", "FlowMappingEndToken", "FlowSequenceEndToken"):
            self.close_implied()
            self.close()
        elif kind == "BlockEntryToken":
            if self.is_value:  # a list that is not indented more than its key
                self.open(is_list=True, implied=True)
        elif kind == "KeyToken":
            self.close_implied()
            self.is_value = False
        elif kind == "ValueToken":
            self.is_value = True
        elif kind == "FlowEntryToken":
            self.is_value = False
        elif kind == "ScalarToken":
            self.scalar(token.value)

    def open(self, is_list: bool, implied: bool = False) -> None:
        self.levels.append(NestingLevel(is_list))
        self.implied.append(implied)
        self.is_value = False

    def close(self) -> None:
        if self.levels:
            self.levels.pop()
            self.implied.pop()
        self.is_value = False

    def close_implied(self) -> None:
        if self.implied and self.implied[-1]:
            self.close()

    def scalar(self, text: str) -> None:
        """A key, or a value, after which a key follows."""
        if not self.levels or self.levels[-1].is_list:
            return
        if not self.is_value:
            level = self.levels[-1]
            self.levels[-1] = level._replace(key=text, keys=(*level.keys, text))
        self.is_value = False
