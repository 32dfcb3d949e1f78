"""The modules of a configuration, which names none: its sections, and the branches of sums.

A file with `residual` blocks of `convolutional` blocks is what an author would write.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...sketch import SketchScope
from .sections import CfgSection

RESIDUAL = "residual"


class SectionScopes:
    """The scope of each section, and all scopes."""

    def __init__(self, sections: Sequence[CfgSection]) -> None:
        self.all = [SketchScope("", "", None)]
        self.of_section: list[int] = []
        ends = residual_blocks(sections)
        blocks = [(0, len(sections))]  # that the section is in, with their last sections
        for section in sections:
            while blocks[-1][1] < section.number:
                blocks.pop()
            if section.number in ends:
                scope = self.added(RESIDUAL, section, blocks[-1][0])
                blocks.append((scope, ends[section.number]))
            is_end = blocks[-1][1] == section.number
            parent = blocks[-1][0]
            self.of_section.append(parent if is_end else self.added(section.kind, section, parent))

    def added(self, kind: str, section: CfgSection, parent: int) -> int:
        self.all.append(SketchScope(f"{kind}{section.number}", kind, parent))
        return len(self.all) - 1


def residual_blocks(sections: Sequence[CfgSection]) -> dict[int, int]:
    """The last section of each branch of a sum, by the first one; none of them overlap."""
    found: dict[int, int] = {}
    last = -1
    for section in sections:
        if section.kind == "shortcut":
            first = section.indices("from")[0] + 1
            if last < first < section.number:
                found[first] = last = section.number
    return found
