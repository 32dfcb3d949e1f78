"""Figures as text: a table a section, plain or as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Section(NamedTuple):
    """A table of figures: its heading, the titles of its columns, its rows, and what to know besides."""

    heading: str
    titles: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    note: str = ""


def plain(section: Section) -> str:
    """The first column is text, the others are numbers (and bounds, which read as well from the right)."""
    lines = [section.titles, *section.rows]
    widths = [max(len(line[index]) for line in lines) for index in range(len(section.titles))]
    cells = [
        [
            line[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
        ]
        for line in lines
    ]
    table = "\n".join("  ".join(line).rstrip() for line in cells)
    return "\n".join([section.heading, *([section.note] if section.note else []), "", table, ""])


def markdown(section: Section) -> str:
    ruler = [":--", *["--:"] * (len(section.titles) - 1)]
    lines = [section.titles, ruler, *section.rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    note = f"{section.note}\n\n" if section.note else ""
    return f"### {section.heading}\n\n{note}{table}\n"


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


def held(value: float, bound: float, unit: str = "") -> str:
    """A bound, and whether a figure keeps it.

    >>> held(1.3, 1.5), held(21, 20, " ms")
    ('1.5: ok', '20 ms: over')
    """
    return f"{bound:g}{unit}: {'ok' if value <= bound else 'over'}"
