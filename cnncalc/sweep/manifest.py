"""What the rows of a sweep are: all that is needed to read them from a file and to select some."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from ..named_tuple import NamedTuple
from .objectives import Objective
from .row_selection import RowSelection


class Manifest(NamedTuple):
    """The columns of the rows of a sweep, and what is kept of them.

    - `version`: that of cnncalc; `file`: the name of the network's file;
    - `names`, `quantities`: the axes, and the numbers of each row, of which `shown` come first;
    - `conditions`, `per`, `objectives`, `sort`, `top`: as in Job and RowSelection;
    - `table`, `table_rows`: the path of the table of a join, and how many rows it has.
    """

    version: str
    file: str
    names: tuple[str, ...]
    quantities: tuple[str, ...]
    shown: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    per: tuple[str, ...] = ()
    objectives: tuple[Objective, ...] = ()
    sort: Objective | None = None
    top: int | None = None
    table: str = ""
    table_rows: int = 0

    def has_rows_of(self, other: Manifest) -> bool:
        """Whether the rows are the same; the files may have had other paths."""
        return self._replace(file="", table="") == other._replace(file="", table="")

    @property
    def selection(self) -> RowSelection:
        columns = (*self.names, *self.quantities)
        return RowSelection(columns, self.objectives, self.sort, self.top)

    @property
    def is_reduced(self) -> bool:
        """Whether some of the rows, or their groups, are all that is written."""
        return bool(self.objectives or self.sort or self.per)

    @property
    def written(self) -> tuple[str, ...]:
        """The numbers in a file of rows: those shown, and those that select among them."""
        return self.quantities if self.is_reduced else self.shown


def parse_manifest(facts: dict[str, Any]) -> Manifest:
    """Read the dictionary of a manifest.  Raises ValueError, TypeError or KeyError."""
    found = Manifest(**{name: tuple_of(value) for name, value in facts.items()})
    found = found._replace(
        objectives=tuple(map(parse_pair, found.objectives)),
        sort=found.sort and parse_pair(found.sort),
    )
    lists = (found.names, found.quantities, found.shown, found.conditions, found.per)
    texts = (found.version, found.file, found.table, *chain(*lists))
    is_valid = found.top is None or (type(found.top) is int and found.top > 0)
    is_valid = is_valid and type(found.table_rows) is int and found.table_rows >= 0
    if not (is_valid and all(type(text) is str for text in texts)):
        raise ValueError("not a manifest")
    return found


def tuple_of(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def parse_pair(pair: Sequence[Any]) -> Objective:
    direction, name = pair
    if direction not in ("min", "max") or type(name) is not str:
        raise ValueError("not an objective")
    return Objective(direction, name)
