"""The bundled collection as rows: a family a row, or a network a row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from ..text import short
from .grid import Field, Grid

if TYPE_CHECKING:
    from ...catalogue import Entry

NETWORKS = (
    Field("name", "name", rank=9, colour="bold"),
    Field("file", "file", rank=2),
    Field("title", "title", rank=2, least=12),
    Field("year", "year", rank=5, right=True),
    Field("task", "task", rank=4, least=10),
    Field("input", "input", rank=6, right=True, colour="cyan"),
    Field("output", "output", rank=1, right=True),
    Field("params", "params", "count", rank=8),
    Field("macs", "MACs", "count", rank=7),
    Field("source", "source", rank=3, least=16),
)
FAMILIES = (
    Field("file", "name", rank=9, colour="bold"),
    Field("variants", "variants", rank=3, least=20),
    Field("year", "year", rank=5, right=True),
    Field("task", "task", rank=4, least=10),
    Field("input", "input", rank=6, right=True, colour="cyan"),
    Field("params", "params", rank=8, right=True),
    Field("macs", "MACs", rank=7, right=True),
    Field("source", "source", rank=2, least=16),
)


SOME = 3  # names of variants that stand for all


def networks_grid(entries: Sequence[Entry], brief: bool) -> Grid:
    """A network a row; `brief` leaves out what a person sees in the other columns."""
    fields = [field for field in NETWORKS if not (brief and field.name in ("file", "title", "output"))]
    rows = [tuple(year(entry) if field.name == "year" else getattr(entry, field.name) for field in fields) for entry in entries]
    return Grid(tuple(fields), tuple(rows))


def families_grid(entries: Sequence[Entry]) -> Grid:
    """A family a row, with its least and its largest network."""
    rows = []
    for file, group in groupby(entries, key=lambda entry: entry.file):
        family = list(group)
        first = family[0]
        names = ", ".join(entry.name for entry in family[:SOME]) + f", and {len(family) - SOME} more" * (len(family) > SOME)
        numbers = (extent([entry.params for entry in family]), extent([entry.macs for entry in family]))
        rows.append((file, names, year(first), first.task, first.input, *numbers, first.source))
    return Grid(FAMILIES, tuple(rows))


def year(entry: Entry) -> str:
    return "" if entry.year is None else str(entry.year)


def extent(numbers: list[int]) -> str:
    """From the least to the most.

    >>> extent([34_944, 1_200_000]), extent([3])
    ('34.9k-1.20M', '3')
    """
    least, most = short(min(numbers)), short(max(numbers))
    return least if least == most else f"{least}-{most}"
