"""Comparisons as JSON: the document of documents/diff.py, one line per layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...difference.comparison import Comparison
from ...documents.diff import SCHEMA, Difference


def diff_json(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """The lines of the document, without line ends; together they are one JSON object."""
    yield f'{{"schema": "{SCHEMA}", "differences": ['
    for number, comparison in enumerate(comparisons):
        if number:
            yield ","
        yield from Difference.of(comparison).json_lines()
    yield "]}"
