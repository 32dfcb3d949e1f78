"""The columns of rows, as conditions, objectives and options name them."""

from __future__ import annotations

from collections.abc import Collection

from ..quantities import quantity_called


def column_called(text: str, known: Collection[str]) -> str | None:
    """The column with a name, or of the quantity with a title; None if there is none.

    >>> column_called("ram", ["macs", "ram_bytes"]), column_called("ram", ["ram", "ram_bytes"])
    ('ram_bytes', 'ram')
    """
    if text in known:
        return text
    quantity = quantity_called(text)
    return quantity.name if quantity and quantity.name in known else None
