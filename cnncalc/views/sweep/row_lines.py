"""The rows of a sweep as lines of CSV."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from ...escape import csv_cell
from ...named_tuple import NamedTuple
from ...sweep.job import Row, RowChunk, RowNumber
from ..values import machine


class RowLines(NamedTuple):
    """A RowFinish: the lines of rows, as in `lines_of`."""

    numbers: int
    is_read_again: bool = False

    def __call__(self, chunk: RowChunk) -> RowChunk:
        lines = encoded(lines_of(chunk.rows, *self))
        return chunk._replace(rows=(), finished=chunk.kept, lines=lines)


def lines_of(rows: Iterable[Row], numbers: int, is_read_again: bool = False) -> str:
    """The lines of rows, with the first of their numbers; all digits of those to read again."""
    text = all_digits if is_read_again else machine
    lines = []
    for row in rows:
        cells = [
            str(number) if type(number) is int else csv_cell(text(number))
            for number in row.numbers[:numbers]
        ]
        lines.append(",".join([str(row.number), *map(axis_cell, row.point), *cells]))
    return "".join([f"{line}\n" for line in lines])


@lru_cache(maxsize=4096)
def axis_cell(text: str) -> str:
    """The cell of a value of an axis, which many rows have."""
    return csv_cell(text)


def all_digits(number: RowNumber) -> str:
    return "" if number is None else repr(number)


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
