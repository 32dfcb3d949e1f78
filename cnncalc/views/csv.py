"""CSV: lines, with cells that a spreadsheet does not evaluate."""

from __future__ import annotations

from collections.abc import Sequence

from ..escape import csv_cell


def csv_line(cells: Sequence[str]) -> str:
    """One line."""
    return ",".join(map(csv_cell, cells)) + "\n"
