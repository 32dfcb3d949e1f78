"""The bundled collection as rows: a family a row, or a network a row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from ..text import short
from .grid import Grid, GridColumn

if TYPE_CHECKING:
    from ...catalogue import CatalogueEntry

NETWORKS = (
    GridColumn("name", "name", rank=9, colour="bold"),
    GridColumn("file", "file", rank=2),
    GridColumn("title", "title", rank=2, least=12),
    GridColumn("year", "year", rank=5, right=True),
    GridColumn("task", "task", rank=4, least=10),
    GridColumn("input", "input", rank=6, right=True, colour="cyan"),
    GridColumn("output", "output", rank=1, right=True),
    GridColumn("params", "params", "count", rank=8),
    GridColumn("macs", "MACs", "count", rank=7),
    GridColumn("source", "source", rank=3, least=16),
)
FAMILIES = (
    GridColumn("file", "name", rank=9, colour="bold"),
    GridColumn("variants", "variants", rank=3, least=20),
    GridColumn("year", "year", rank=5, right=True),
    GridColumn("task", "task", rank=4, least=10),
    GridColumn("input", "input", rank=6, right=True, colour="cyan"),
    GridColumn("params", "params", rank=8, right=True),
    GridColumn("macs", "MACs", rank=7, right=True),
    GridColumn("source", "source", rank=2, least=16),
)


SOME = 3  # names of variants that stand for all


def networks_grid(entries: Sequence[CatalogueEntry], brief: bool) -> Grid:
    """A network a row; `brief` leaves out what a person sees in the other columns."""
    fields = [
        field for field in NETWORKS if not (brief and field.name in ("file", "title", "output"))
    ]
    rows = [
        tuple(
            year(entry) if field.name == "year" else getattr(entry, field.name) for field in fields
        )
        for entry in entries
    ]
    return Grid(tuple(fields), tuple(rows))


def families_grid(entries: Sequence[CatalogueEntry]) -> Grid:
    """A family a row, with its least and its largest network."""
    rows = []
    for file, group in groupby(entries, key=lambda entry: entry.file):
        family = list(group)
        first = family[0]
        names = ", ".join(
            entry.name for entry in family[:SOME]
        ) + f", and {len(family) - SOME} more" * (len(family) > SOME)
        numbers = (
            extent([entry.params for entry in family]),
            extent([entry.macs for entry in family]),
        )
        rows.append((file, names, year(first), first.task, first.input, *numbers, first.source))
    return Grid(FAMILIES, tuple(rows))


def year(entry: CatalogueEntry) -> str:
    return "" if entry.year is None else str(entry.year)


def extent(numbers: list[int]) -> str:
    """From the least to the most.

    >>> extent([34_944, 1_200_000]), extent([3])
    ('34.9k-1.20M', '3')
    """
    least, most = short(min(numbers)), short(max(numbers))
    return least if least == most else f"{least}-{most}"
