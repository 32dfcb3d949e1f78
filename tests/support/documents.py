"""Documents as values that can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnncalc.document import Document, StaticScope
from cnncalc.parser import ReadFile, read_document
from cnncalc.problem import Span


def read_file(text: str) -> ReadFile:
    """A file with this text, which must have no errors."""
    file = read_document(text.encode(), "network.yaml")
    assert file.is_valid, (text, [problem.message for problem in file.problems])
    return file


def document_of(text: str) -> Document:
    """The document of a file with this text, which must have no errors."""
    document = read_file(text).document
    assert document is not None
    return document


def content(value: Any) -> Any:
    """A document, or a part of one, without positions and compiled functions.

    All else counts: also the order of keys, the scopes with their names, and how a call is written.
    """
    if isinstance(value, Span) or callable(value):
        return None
    if isinstance(value, StaticScope):
        given = {name: conditional for name, (_, conditional) in value.given.items()}
        unnamed = [step.number for step in value.unnamed]
        return ("scope", value.number, given, sorted(value.inputs), unnamed)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        fields = zip(value._fields, value, strict=True)
        return (type(value).__name__, *((name, content(field)) for name, field in fields))
    if isinstance(value, Mapping):
        return [(key, content(entry)) for key, entry in value.items()]
    if isinstance(value, tuple | list):
        return [content(entry) for entry in value]
    return value
