"""The bundled catalogue as rows: one per family, or one per network."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ...catalogue import CatalogueEntry
from ..text import short
from ..values import Cell
from .grid import Grid, GridColumn

NETWORKS = (
    GridColumn("name", "name", rank=9, color="bold"),
    GridColumn("file", "file", rank=2),
    GridColumn("title", "title", rank=2, least=12),
    GridColumn("year", "year", rank=5, right=True),
    GridColumn("task", "task", rank=4, least=10),
    GridColumn("input", "input", rank=6, right=True, color="cyan"),
    GridColumn("output", "output", rank=1, right=True),
    GridColumn("params", "params", "count", rank=8),
    GridColumn("macs", "MACs", "count", rank=7),
    GridColumn("source", "source", rank=3, least=16),
)
FAMILIES = (
    GridColumn("file", "name", rank=9, color="bold"),
    GridColumn("variants", "variants", rank=3, least=20),
    GridColumn("year", "year", rank=5, right=True),
    GridColumn("task", "task", rank=4, least=10),
    GridColumn("input", "input", rank=6, right=True, color="cyan"),
    GridColumn("params", "params", rank=8, right=True),
    GridColumn("macs", "MACs", rank=7, right=True),
    GridColumn("source", "source", rank=2, least=16),
)
BRIEF = ("file", "title", "output")
"""The columns that people can do without: others show nearly the same."""
NAMED_VARIANTS = 3


def networks_grid(entries: Sequence[CatalogueEntry], brief: bool) -> Grid:
    """One row per network."""
    columns = [column for column in NETWORKS if not (brief and column.name in BRIEF)]
    rows = [tuple(cell(entry, column.name) for column in columns) for entry in entries]
    return Grid(tuple(columns), tuple(rows), title="Networks")


def cell(entry: CatalogueEntry, name: str) -> Cell:
    if name == "year":
        return year(entry)
    found: Cell = getattr(entry, name)
    return found


def families_grid(entries: Sequence[CatalogueEntry], exact: bool = False) -> Grid:
    """One row per family, with its smallest and its largest network."""
    families = groupby(entries, key=lambda entry: entry.file)
    rows = [family_row(file, list(family), exact) for file, family in families]
    return Grid(FAMILIES, tuple(rows), title="Families of networks")


def family_row(file: str, family: Sequence[CatalogueEntry], exact: bool) -> tuple[Cell, ...]:
    first = family[0]
    names = ", ".join(entry.name for entry in family[:NAMED_VARIANTS])
    if len(family) > NAMED_VARIANTS:
        names += f", and {len(family) - NAMED_VARIANTS} more"
    params, macs = ([getattr(entry, name) for entry in family] for name in ("params", "macs"))
    facts = (year(first), first.task, first.input)
    return (file, names, *facts, extent(params, exact), extent(macs, exact), first.source)


def year(entry: CatalogueEntry) -> str:
    return "" if entry.year is None else str(entry.year)


def extent(numbers: Sequence[int], exact: bool) -> str:
    """The range from the smallest to the largest number.

    >>> extent([34_944, 1_200_000], False), extent([3], False), extent([34_944, 3], True)
    ('34.9k-1.20M', '3', '3-34,944')
    """
    least, most = (f"{one:,}" if exact else short(one) for one in (min(numbers), max(numbers)))
    return least if least == most else f"{least}-{most}"
