"""CSV: lines, with cells that a spreadsheet does not evaluate."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence


def csv_line(cells: Sequence[str]) -> str:
    """One line; a cell that a spreadsheet would evaluate is marked as text."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([harmless(cell) for cell in cells])
    return line.getvalue()


def harmless(cell: str) -> str:
    """`=cmd()` as text: with an apostrophe before it.  Numbers are unchanged.

    >>> harmless("=1+1"), harmless("-3"), harmless("3a")
    ("'=1+1", '-3', '3a')
    """
    number = cell.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{cell}" if cell[:1] in tuple("=+-@\t\r") and cell and not number else cell
