"""The rows and columns of a network to show."""

from __future__ import annotations

from ...named_tuple import NamedTuple


class TableOptions(NamedTuple):
    """The rows and columns of a network to show.

    `depth` None expands groups as deep as is comfortable; `layers` are patterns that select
    layers; `totals_only` omits all rows.
    """

    depth: int | None = None
    columns: tuple[str, ...] = ()
    sort: str | None = None
    layers: tuple[str, ...] = ()
    totals_only: bool = False
