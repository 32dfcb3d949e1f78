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
    following = len(text)
    for edit in sorted(edits, reverse=True):  # from the end, so that earlier positions stay valid
        if edit.end > following:
            raise ValueError("edits overlap")
        text = text[: edit.start] + edit.text + text[edit.end :]
        following = edit.start
    return text
