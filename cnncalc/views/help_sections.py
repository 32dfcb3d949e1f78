"""The sections of the pages of `cnncalc help`, found by their headings."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..named_tuple import NamedTuple

HEADING = re.compile(r"(#{1,6}) (.+)")


class PageSection(NamedTuple):
    """A section of a page: its text from its heading to the next one of its level.

    `own` is the text before the first section in it.
    """

    page: str
    title: str
    text: str
    own: str

    def has_title(self, topic: str) -> bool:
        """Whether the title is the topic, whatever the case and the marks between its words."""
        return plain(self.title) == plain(topic)

    def mentions(self, topic: str) -> int:
        """How often the topic is a term of the section: a code word, or a word of its title."""
        words = [plain(word) for word in self.title.split()]
        return 10 * words.count(plain(topic)) + self.own.count(f"`{topic}`")


def plain(text: str) -> str:
    """The letters and digits of a text, in lower case.

    >>> plain("`receptive-field`") == plain("Receptive field")
    True
    """
    return re.sub(r"[\W_]+", "", text.lower())


def sections(page: str, text: str) -> list[PageSection]:
    """The sections of a page without its title; those inside others have their own entries.

    >>> text = "# X\\n## A\\ntext\\n### B\\n```sh\\n# no\\n```\\n## C\\n"
    >>> [one.title for one in sections("x", text)]
    ['A', 'B', 'C']
    """
    lines = text.splitlines(keepends=True)
    headings = headings_of(lines)
    found = []
    for index, (line, level, title) in enumerate(headings):
        if level == 1:
            continue
        later = headings[index + 1 :]
        end = next((start for start, other, _ in later if other <= level), len(lines))
        next_line = later[0][0] if later else len(lines)
        text, own = ("".join(lines[line:last]).rstrip() + "\n" for last in (end, next_line))
        found.append(PageSection(page, title, text, own))
    return found


def headings_of(lines: list[str]) -> list[tuple[int, int, str]]:
    """The line, the level and the title of each heading outside of code."""
    found, in_code = [], False
    for number, line in enumerate(lines):
        if line.startswith("```"):
            in_code = not in_code
        heading = None if in_code else HEADING.match(line)
        if heading:
            found.append((number, len(heading[1]), heading[2].strip().strip("`")))
    return found


def find_sections(topic: str, kind: str, pages: Mapping[str, str]) -> list[PageSection]:
    """The sections with the topic as their title, else the one that treats it most.

    `kind` is the kind of layer that has the topic as its name elsewhere; empty if there is none.
    """
    every = [section for page, text in pages.items() for section in sections(page, text)]
    for title in filter(plain, (topic, kind)):
        exact = [section for section in every if section.has_title(title)]
        if exact:
            return exact
    best = max(every, key=lambda section: section.mentions(topic), default=None)
    return [best] if best is not None and plain(topic) and best.mentions(topic) else []
