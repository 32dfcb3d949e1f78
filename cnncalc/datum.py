"""The values of expressions."""

from __future__ import annotations

from typing import Any

MAX_SHOWN_ENTRIES = 20

Datum = Any
"""The value of an expression: an int, float, bool, None, str (a word) or a tuple of these."""


def show(value: Datum) -> str:
    """A value as a file would write it; long lists are cut off.

    >>> show((3, 5)), show(True), show(None), show((0,) * 1000)
    ('[3, 5]', 'true', 'none', '[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...]')
    """
    if type(value) is int:
        return str(value)
    if isinstance(value, tuple):
        entries = [show(entry) for entry in value[:MAX_SHOWN_ENTRIES]]
        if len(value) > MAX_SHOWN_ENTRIES:
            entries.append("...")
        return f"[{', '.join(entries)}]"
    if value is None:
        return "none"
    if type(value) is float and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def argument_text(value: Datum) -> str:
    """An argument of a layer as a table shows it: sizes as 3x3.

    >>> argument_text((3, 5)), argument_text({"weight": (8, 4)})
    ('3x5', '{weight 8x4}')
    """
    if isinstance(value, dict):
        pairs = [f"{name} {argument_text(entry)}" for name, entry in value.items()]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, tuple) and all(type(entry) is int and entry >= 0 for entry in value):
        return "x".join(map(str, value))
    return show(value)


def whole(value: Datum) -> int | None:
    """The value as an int if it is an integer, also as a float (2.0); None otherwise.

    Booleans are not numbers.
    """
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    return None
