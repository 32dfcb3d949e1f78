"""Edits of a text: comments and layout around them stay unchanged."""

from __future__ import annotations

from collections.abc import Iterable

from ..named_tuple import NamedTuple


class TextEdit(NamedTuple):
    """Replaces the characters from `start` to before `end` of a text."""

    start: int
    end: int
    text: str


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """The text after all edits, whose positions are those before.

    Raises ValueError if two of them overlap.
    """
    parts, at = [], 0
    for edit in sorted(edits):
        if edit.start < at:
            raise ValueError("edits overlap")
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])
