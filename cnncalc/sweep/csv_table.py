"""CSV tables that users state: a line of names, and a line of values for each row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Protocol

from ..named_tuple import NamedTuple
from ..problem import count
from .errors import InvalidSweep

OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
"""What separates columns in files that are not CSV, though many programs call them so."""


class CsvLines(Protocol):
    """What `csv.reader` gives."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


class CsvRow(NamedTuple):
    """A row: the line that it ends in, and its cells by column."""

    line: int
    cells: dict[str, str]


def parse_table(text: str, path: str) -> tuple[CsvRow, ...]:
    """The rows of a CSV text whose first line names the columns.  Raises InvalidSweep.

    >>> parse_table("width,depth\\n0.5,3\\n", "points.csv")
    (CsvRow(line=2, cells={'width': '0.5', 'depth': '3'}),)
    """
    lines = csv.reader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        names = [name.strip() for name in next(lines, [])]
        check_separator(names, path)
        rows = tuple(rows_of(names, lines, path))
    except csv.Error as error:
        raise InvalidSweep(f"{path}, line {lines.line_num}: {error}") from None
    if not rows:
        message = "the first line names columns, the others have values"
        raise InvalidSweep(f"{path} has no rows: {message}")
    return rows


def check_separator(names: list[str], path: str) -> None:
    """Raise InvalidSweep if the first line seems to be separated by something else than commas.

    Such a file is not read: its numbers may have decimal commas.
    """
    for mark, listed in OTHER_SEPARATORS.items():
        if len(names) == 1 and mark in names[0]:
            message = f"its columns are separated by {listed}"
            raise InvalidSweep(f"{path}: {message}: separate them by commas, with decimal points")


def rows_of(names: list[str], lines: CsvLines, path: str) -> Iterator[CsvRow]:
    if len(set(names)) < len(names) or not all(names):
        raise InvalidSweep(f"{path}: the first line must name each column once")
    for cells in lines:
        if not any(cells):
            continue
        if len(cells) != len(names):
            message = f"expected {count(len(names), 'value')}, found {len(cells)}"
            raise InvalidSweep(f"{path}, line {lines.line_num}: {message}")
        pairs = zip(names, cells, strict=True)
        yield CsvRow(lines.line_num, {name: cell.strip() for name, cell in pairs})
