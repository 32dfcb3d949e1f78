"""Rows that are read back from the file of a sweep."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

from .errors import InvalidSweep
from .job import Row, RowNumber


def parse_rows(lines: Iterable[str], axes: int, header: list[str], path: str) -> Iterator[Row]:
    """The rows of a file, which has this header, and the values of `axes` axes in each row.

    Raises InvalidSweep.
    """
    reader = csv.reader(lines, strict=True)
    try:
        is_stated = next(reader, None) == header
        for cells in reader if is_stated else ():
            yield parse_row(cells, axes, len(header))
    except (csv.Error, ValueError):
        raise InvalidSweep(f"{path}, line {reader.line_num} is not a row of a sweep") from None
    if not is_stated:
        raise InvalidSweep(f"{path}: the first line must be {','.join(header)}")


def parse_row(cells: list[str], axes: int, count: int) -> Row:
    """A row of the cells of a line.  Raises ValueError."""
    if len(cells) != count:
        raise ValueError(f"{len(cells)} cells")
    point = tuple(map(unmarked, cells[1 : axes + 1]))
    return Row(int(cells[0]), point, tuple(map(parse_number, cells[axes + 1 :])))


def parse_number(cell: str) -> RowNumber:
    """A number, or None for an empty cell.  Raises ValueError."""
    if not cell:
        return None
    return int(cell) if cell.lstrip("-").isdigit() else float(cell)


def unmarked(cell: str) -> str:
    """A cell without the apostrophe that marks what would be a formula in a spreadsheet.

    >>> unmarked("'-x"), unmarked("'x")
    ('-x', "'x")
    """
    return cell[1:] if re.match(r"'[=+\-@]", cell) else cell
