"""Escapes JSON that is printed to the log of a CI platform."""

from __future__ import annotations


def escape_json(text: str) -> str:
    """ASCII JSON, with a final line break, without `##[` and `##vso[`, which are log commands.

    >>> escape_json('["##[error]"]')
    '["#\\\\u0023[error]"]\\n'
    """
    return text.replace("##", "#\\u0023") + "\n"
