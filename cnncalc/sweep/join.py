"""Joins: further numbers of variants, such as accuracies, from a table that has their variables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ..datum import Datum
from ..named_tuple import NamedTuple
from ..quantities import QUANTITIES
from .axis_values import Interval
from .csv_table import CsvRow, parse_table
from .errors import InvalidSweep
from .evaluation import evaluated
from .space import SpacePoint
from .subject import GENERAL, AxisValues

NUMBER = "n"
"""The column of the numbers of variants in what a sweep writes."""

JoinKey = tuple[Datum, ...]


class JoinedTable(NamedTuple):
    """A table by the values of some variables.

    `keys` are its columns that are named as variables, `columns` those that are joined to the rows
    of a sweep, and `rows` the cells of these by the values of the keys.
    """

    path: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    rows: Mapping[JoinKey, tuple[str, ...]]

    def cells(self, values: Mapping[str, Datum]) -> tuple[str, ...] | None:
        """The cells for a variant with these values; None if the table has no row for it."""
        return self.rows.get(tuple([comparable(values[name]) for name in self.keys]))

    @property
    def facts(self) -> list[Any]:
        """All that decides what is joined."""
        return [self.keys, self.columns, list(self.rows.items())]

    def keeping(self, names: Collection[str]) -> JoinedTable:
        """The same with some of the columns."""
        places = [index for index, name in enumerate(self.columns) if name in names]
        rows = {key: tuple([row[place] for place in places]) for key, row in self.rows.items()}
        return self._replace(columns=tuple([self.columns[place] for place in places]), rows=rows)


def parse_join(
    text: str, path: str, axes: Sequence[str], variables: Collection[str]
) -> JoinedTable:
    """Read a CSV text with columns that are axes or variables, and others.  Raises InvalidSweep.

    What a sweep writes can be joined again: its numbers are not columns of their own.

    >>> parse_join("width,top1\\n0.50,63.2\\n1,71\\n", "results.csv", ["width"], ["width"]).rows
    {(0.5,): ('63.2',), (1,): ('71',)}
    """
    table = parse_table(text, path)
    names = table[0].cells
    keys = tuple([name for name in names if name in axes or name in variables])
    check_keys(path, names, keys, axes)
    others = [name for name in names if name not in keys]
    columns = tuple([name for name in others if name != NUMBER and name not in QUANTITIES])
    if not columns:
        raise InvalidSweep(f"{path} has nothing to join but variables and numbers of the network")
    return JoinedTable(path, keys, columns, rows_by_key(table, path, keys, columns))


def check_keys(
    path: str, names: Collection[str], keys: Collection[str], axes: Sequence[str]
) -> None:
    """Raise InvalidSweep unless the columns tell all variants apart."""
    general = [name for name in GENERAL if name in names and name not in keys]
    if general:
        hint = "vary it, or omit the column"
        raise InvalidSweep(f"{path} has the column {general[0]}, which is not varied: {hint}")
    missing = [name for name in axes if not {name, name.partition("[")[0]} & set(keys)]
    if missing:
        message = "its rows would match several variants"
        raise InvalidSweep(f"{path} has no column {missing[0]}, which is varied: {message}")


def rows_by_key(
    table: Sequence[CsvRow], path: str, keys: Sequence[str], columns: Sequence[str]
) -> dict[JoinKey, tuple[str, ...]]:
    """The cells of some columns by those of others.  Raises InvalidSweep for a key that is there
    twice.
    """
    lines: dict[JoinKey, int] = {}
    found = {}
    for row in table:
        key = tuple([comparable(evaluated(row.cells[name])) for name in keys])
        if key in found:
            values = ", ".join(f"{name}={row.cells[name]}" for name in keys)
            message = f"line {row.line}: {values} is also in line {lines[key]}"
            raise InvalidSweep(f"{path}, {message}: a variant has one row")
        lines[key] = row.line
        found[key] = tuple([row.cells[name] for name in columns])
    return found


def repeated_values(axes: Mapping[str, AxisValues], rows: Sequence[SpacePoint]) -> Iterator[str]:
    """The axes that have a value twice, as in 0.5,0.50; those of points together."""
    points = {tuple([comparable(evaluated(text)) for text in row.values()]) for row in rows}
    if len(points) < len(rows):
        yield ", ".join(rows[0])
    for name, values in axes.items():
        if isinstance(values, Interval):
            continue
        if len({comparable(evaluated(text)) for text in values}) < len(values):
            yield name


def comparable(value: Datum) -> Datum:
    """A value in the form in which both sides are compared: floats to twelve digits.

    >>> comparable(0.1 + 0.2), comparable((1, 2.0)) == comparable((1.0, 2)), comparable(True)
    (0.3, True, 'true')
    """
    if isinstance(value, tuple):
        return tuple(map(comparable, value))
    if isinstance(value, bool):
        return str(value).lower()
    return float(f"{value:.12g}") if isinstance(value, float) else value
