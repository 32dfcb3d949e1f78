"""Figures as tables, in plain text or Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .measure import Sample


class FigureTable(NamedTuple):
    """A heading, the titles of the columns, the rows, and a note above the table."""

    heading: str
    titles: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    note: str = ""


def plain(table: FigureTable) -> str:
    """Aligned columns: the first to the left, the others, which are numbers, to the right."""
    lines = [table.titles, *table.rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    texts = []
    for name, *numbers in lines:
        cells = [cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True)]
        texts.append("  ".join([name.ljust(widths[0]), *cells]).rstrip())
    head = [table.heading, table.note] if table.note else [table.heading]
    return "\n".join([*head, "", *texts, ""])


def markdown(table: FigureTable) -> str:
    ruler = [":--", *["--:"] * (len(table.titles) - 1)]
    lines = [table.titles, ruler, *table.rows]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    note = f"{table.note}\n\n" if table.note else ""
    return f"### {table.heading}\n\n{note}{text}\n"


def timings(sample: Sample) -> tuple[str, str, str]:
    """The cells of a sample: median, least and peak."""
    return milliseconds(sample.seconds), milliseconds(sample.least), megabytes(sample.peak)


def milliseconds(seconds: float) -> str:
    """
    >>> milliseconds(0.01234), milliseconds(1.5)
    ('12.3 ms', '1,500 ms')
    """
    value = seconds * 1000
    return f"{value:.1f} ms" if value < 100 else f"{value:,.0f} ms"


def megabytes(size: float) -> str:
    """
    >>> megabytes(25_000_000)
    '25.0 MB'
    """
    value = size / 1e6
    return f"{value:.1f} MB" if value < 100 else f"{value:,.0f} MB"


def times(ratio: float) -> str:
    """
    >>> times(1.2345), times(123.4)
    ('1.23', '123')
    """
    return f"{ratio:.2f}" if ratio < 100 else f"{ratio:,.0f}"


def within(value: float, bound: float, unit: str = "") -> str:
    """A bound, and whether a figure is within it.

    >>> within(1.3, 1.5), within(21, 20, " ms")
    ('1.5: ok', '20 ms: over')
    """
    return f"{bound:g}{unit}: {'ok' if value <= bound else 'over'}"
