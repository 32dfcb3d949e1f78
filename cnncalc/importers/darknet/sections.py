"""The sections of a configuration: names with their options, as Darknet reads them.

Source: github.com/AlexeyAB/darknet at 59596d7, read_cfg of src/parser.c and src/option_list.c.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...named_tuple import NamedTuple
from ..errors import InvalidModelFile

MAX_SECTIONS = 100_000
MAX_INDICES = 10_000  # of one `route`
NETWORK = frozenset(("net", "network"))
COMMENTS = ("#", ";")

# C's atoi and atof read the longest number at the start of a text.
INTEGER = re.compile(r"[+-]?\d{1,15}(?!\d)")
NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?")


class CfgSection(NamedTuple):
    """`[kind]` with its options.  `line` is where it begins.

    `number` is that by which other sections refer to it, -1 for `[net]`.
    """

    kind: str
    options: Mapping[str, str]
    line: int
    number: int

    @property
    def place(self) -> str:
        """Where the section is, for messages."""
        return f"layer {self.number}, line {self.line}"

    def text(self, name: str, default: str = "") -> str:
        return self.options.get(name, default)

    def integer(self, name: str, default: int = 0) -> int:
        """The whole number that an option begins with.

        Raises InvalidModelFile if it does not begin with one.
        """
        given = self.options.get(name)
        if given is None:
            return default
        found = INTEGER.match(given)
        if found is None:
            raise self.invalid(name, "a whole number")
        return int(found[0])

    def real(self, name: str, default: float) -> float:
        """The number that an option begins with.  Raises InvalidModelFile if there is none."""
        given = self.options.get(name)
        if given is None:
            return default
        found = NUMBER.match(given)
        if found is None:
            raise self.invalid(name, "a number")
        return float(found[0])

    def indices(self, name: str) -> list[int]:
        """The sections that an option refers to: numbers, negative ones back from this section.

        Raises InvalidModelFile for one that is not before this section, and if there are none.
        """
        words = [word for word in self.text(name).split(",") if word]
        if not words or len(words) > MAX_INDICES:
            raise self.invalid(name, "a list of layers")
        found = []
        for word in words:
            match = INTEGER.match(word)
            if match is None:
                raise self.invalid(name, "a list of layers")
            index = int(match[0])
            index += self.number if index < 0 else 0
            if not 0 <= index < self.number:
                raise self.invalid(name, "a list of earlier layers")
            found.append(index)
        return found

    def invalid(self, name: str, wanted: str) -> InvalidModelFile:
        return InvalidModelFile(f"`{name}` of [{self.kind}] on line {self.line} is not {wanted}")


def read_sections(text: str) -> list[CfgSection]:
    """All sections; the first one is `[net]`.

    Spaces have no meaning, comments are lines of their own, and of two options with one name the
    first one counts.  Raises InvalidModelFile.
    """
    sections: list[CfgSection] = []
    options: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = "".join(line.split())
        if not words or words.startswith(COMMENTS):
            continue
        if words.startswith("["):
            options = {}
            kind = words[1:].partition("]")[0]
            sections.append(CfgSection(kind, options, number, len(sections) - 1))
        elif not sections:
            break
        else:
            name, _, value = words.partition("=")
            options.setdefault(name, value)
    if not sections or sections[0].kind not in NETWORK:
        raise InvalidModelFile("the first section of a Darknet configuration is [net]")
    if len(sections) > MAX_SECTIONS:
        raise InvalidModelFile(f"the configuration has more than {MAX_SECTIONS:,} sections")
    return sections
