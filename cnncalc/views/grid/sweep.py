"""Variants of a network as rows: their values and numbers, or statistics of groups of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...escape import safe
from ...quantities import QUANTITIES, Quantity
from ...sweep.distribution import Statistics
from ...sweep.evaluation import evaluated
from ...sweep.groups import VariantGroup
from ...sweep.job import Row
from ..values import Cell, Proportion, Stated, kind_of
from .grid import Grid, GridColumn


def sweep_grid(axes: Sequence[str], quantities: Sequence[str], rows: Sequence[Row]) -> Grid:
    """One row per variant: its number, the values of its axes, and its numbers."""
    grid = variants_grid(axes, quantities, rows)
    lines: list[tuple[Cell, ...]] = [
        (Stated(row.number, str(row.number)), *line)
        for row, line in zip(rows, grid.rows, strict=True)
    ]
    columns = (GridColumn("n", "n", right=True, rank=2), *grid.columns)
    return grid._replace(columns=columns, rows=tuple(lines))


def variants_grid(axes: Sequence[str], quantities: Sequence[str], rows: Sequence[Row]) -> Grid:
    """One row per variant: the values of its axes, and the first of its numbers."""
    columns = (
        *map(value_column, axes),
        *map(quantity_column, quantities),
    )
    lines: list[tuple[Cell, ...]] = [
        (*map(stated, row.point), *row.numbers[: len(quantities)]) for row in rows
    ]
    return Grid(columns, tuple(lines), title="Variants", is_chosen=True)


def value_column(name: str) -> GridColumn:
    """The column of an axis, or of a table that is joined."""
    return GridColumn(name, safe(name), right=True, rank=9, color="cyan")


def quantity_column(name: str) -> GridColumn:
    quantity = QUANTITIES[name]
    return GridColumn(name, quantity.title, kind_of(quantity), quantity.rank)


def stated(text: str) -> Stated:
    """The value of an axis: a number, or text."""
    value = evaluated(text)
    return Stated(value if type(value) in (int, float) else text, text)


def groups_grid(
    per: Sequence[str], quantities: Sequence[str], groups: Mapping[tuple[str, ...], VariantGroup]
) -> Grid:
    """One row per group: how many variants it has, the share that is kept, and statistics.

    Groups by numbers are in the order of these, others as they appear.
    """
    columns = (
        *map(value_column, per),
        GridColumn("variants", "variants", "count", rank=8),
        GridColumn("kept", "kept", "share", rank=8),
        *(
            statistics_column(quantity, one)
            for quantity in map(QUANTITIES.__getitem__, quantities)
            for one in Statistics._fields
        ),
    )
    rows = [(*map(stated, key), *group_cells(groups[key], quantities)) for key in in_order(groups)]
    return Grid(columns, tuple(rows), title="Groups of variants", is_chosen=True)


def in_order(keys: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The keys of groups, those with other values than numbers as they are.

    >>> in_order([("10", "a"), ("9.5", "b"), ("9.5", "a")])
    [('9.5', 'b'), ('9.5', 'a'), ('10', 'a')]
    """

    def numbers(key: tuple[str, ...]) -> tuple[float, ...]:
        values = [stated(text).value for text in key]
        return tuple([0.0 if isinstance(value, str) else value for value in values])

    return sorted(keys, key=numbers)


def statistics_column(quantity: Quantity, statistic: str) -> GridColumn:
    name, title = f"{quantity.name}_{statistic}", f"{quantity.title} {statistic}"
    return GridColumn(name, title, kind_of(quantity), rank=5)


def group_cells(group: VariantGroup, quantities: Sequence[str]) -> Iterator[Cell]:
    yield group.variants
    yield Proportion(group.kept, group.variants)
    for name, found in zip(quantities, group.statistics(), strict=True):
        if found is None:
            yield from [None] * len(Statistics._fields)
        else:
            is_whole = QUANTITIES[name].unit in ("count", "bytes")
            yield from map(round, found) if is_whole else found
