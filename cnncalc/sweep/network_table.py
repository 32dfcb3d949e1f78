"""A table of further numbers of networks, such as accuracies, with a row for each by its name."""

from __future__ import annotations

from ..named_tuple import NamedTuple
from ..quantities import QUANTITIES
from .csv_table import CsvRow, parse_table
from .errors import InvalidSweep

KEYS = ("name", "network", "path", "file", "model")
"""The columns that may have the names, the first that there is."""
CALCULATED = (*QUANTITIES, *KEYS, "input", "accuracy_source")
"""Columns of a comparison that can be read again, and are not joined."""


class NetworkTable(NamedTuple):
    """The rows of a table; `key` is the column of the names, `columns` those that are joined."""

    path: str
    key: str
    columns: tuple[str, ...]
    rows: tuple[CsvRow, ...]


def parse_network_table(text: str, path: str) -> NetworkTable:
    """Read a CSV text.  Raises InvalidSweep.

    >>> parse_network_table("name,top1\\nmine,63.2\\n", "results.csv").columns
    ('top1',)
    """
    rows = parse_table(text, path)
    names = rows[0].cells
    key = next((name for name in KEYS if name in names), None)
    if key is None:
        message = "write the networks as on the command line"
        raise InvalidSweep(f"{path} has no column {', '.join(KEYS[:-1])} or {KEYS[-1]}: {message}")
    columns = tuple([name for name in names if name not in CALCULATED])
    if not columns:
        raise InvalidSweep(f"{path} has nothing to join but names and numbers of the networks")
    return NetworkTable(path, key, columns, rows)
