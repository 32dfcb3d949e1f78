"""Renaming: the edits, if the file means the same after them."""

from __future__ import annotations

from ..check.file import check_file
from ..check.fixes import LineIndex, errors
from ..named_tuple import NamedTuple
from ..problem import Error, Span
from ..sources.text_edit import TextEdit, apply_edits
from .edited_file import EditedFile, encoded
from .symbols import Symbol
from .text_lines import TextPlace


class CannotRename(Error, ValueError):
    """Why a name cannot be changed; the message is for the user."""


class Renamed(NamedTuple):
    """A name that can be changed, and where it is."""

    span: Span
    symbol: Symbol


def renamed_at(edited: EditedFile, place: TextPlace) -> Renamed:
    """The name at a position.  Raises CannotRename."""
    found = edited.symbols.at(place)
    if found is None:
        raise CannotRename("there is no name of this file here")
    if not edited.read.is_valid:
        raise CannotRename("the file has errors: correct them before renaming")
    return Renamed(*found)


def rename(edited: EditedFile, place: TextPlace, new: str) -> list[TextEdit]:
    """The edits that give a name another text wherever it is used.  Raises CannotRename."""
    _, symbol = renamed_at(edited, place)
    if new == symbol.name:
        return []
    lines = LineIndex(edited.text)
    edits = [
        TextEdit(
            lines.offset(span.line - 1, span.column - 1),
            lines.offset(span.end_line - 1, span.end_column - 1),
            new,
        )
        for span in symbol.spans
    ]
    check_meaning(edited, apply_edits(edited.text, edits), symbol.name, new)
    return edits


def check_meaning(edited: EditedFile, text: str, old: str, new: str) -> None:
    """Raise CannotRename unless a text has the same errors and numbers as before."""
    before = check_file(encoded(edited.text), edited.name, ())
    after = check_file(encoded(text), edited.name, ())
    worse = sorted(errors(after) - errors(before))
    if worse:
        raise CannotRename(f"`{old}` cannot be renamed to `{new}`: {worse[0][1]}")
    if before is None or after is None or before.numbers != after.numbers:
        raise CannotRename(f"`{old}` cannot be renamed to `{new}`: the name has another meaning")
