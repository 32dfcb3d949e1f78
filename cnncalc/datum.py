"""The values of expressions."""

from __future__ import annotations

from typing import Any

MOST_SHOWN = 20

Value = Any  # what an expression gives: int, float, bool, None, str (a word) or a tuple of these


def show(value: Value) -> str:
    """A value as a file would write it; of long lists the first entries.

    >>> show((3, 5)), show(True), show(None), show((0,) * 1000)
    ('[3, 5]', 'true', 'none', '[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...]')
    """
    if type(value) is int:
        return str(value)
    if isinstance(value, tuple):
        entries = [show(entry) for entry in value[:MOST_SHOWN]] + ["..."] * (
            len(value) > MOST_SHOWN
        )
        return f"[{', '.join(entries)}]"
    if value is None:
        return "none"
    if type(value) is float and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def whole(value: Value) -> int | None:
    """The value as a whole number, if it is one; a float that came out whole passes, a boolean does not."""
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    return None
