"""The values of expressions."""

from __future__ import annotations

from typing import Any

MAX_SHOWN_ENTRIES = 20  # of one list
MAX_SHOWN_CHARACTERS = 300  # of all lists in a value

Datum = Any
"""The value of an expression: an int, float, bool, None, str (a word) or a tuple of these."""


def show(value: Datum) -> str:
    """A value as a file would write it; long lists and long texts of lists are cut off.

    >>> show((3, 5)), show(True), show(None), show((0,) * 1000)
    ('[3, 5]', 'true', 'none', '[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...]')
    """
    if type(value) is int:
        return str(value)
    if isinstance(value, tuple):
        return show_list(value)
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


def show_list(values: tuple[Datum, ...], characters: int = MAX_SHOWN_CHARACTERS) -> str:
    """A list as a file would write it, cut off after the first entries or characters.

    >>> show_list(((1, 2), (3, 4)), characters=4)
    '[[1, 2], ...]'
    """
    entries: list[str] = []
    left = characters
    for value in values[:MAX_SHOWN_ENTRIES]:
        if left <= 0:
            break
        entries.append(show_list(value, left) if isinstance(value, tuple) else show(value))
        left -= len(entries[-1])
    if len(entries) < len(values):
        entries.append("...")
    return f"[{', '.join(entries)}]"


def count_entries(value: Datum) -> int:
    """The number of entries of a list or mapping, with those of the values in it; else 0.

    >>> count_entries((1, (2, 3))), count_entries(7)
    (4, 0)
    """
    if isinstance(value, dict):
        return len(value) + sum([count_entries(entry) for entry in value.values()])
    if not isinstance(value, tuple):
        return 0
    return len(value) + sum([count_entries(entry) for entry in value if isinstance(entry, tuple)])


def whole(value: Datum) -> int | None:
    """The value as an int if it is an integer, also as a float (2.0); None otherwise.

    Booleans are not numbers.
    """
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    return None
