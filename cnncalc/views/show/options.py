"""The rows and columns of a network to show."""

from __future__ import annotations

from ...named_tuple import NamedTuple


class TableOptions(NamedTuple):
    """The rows and columns of a network to show.

    `depth` None expands groups as deep as is comfortable; `layers` are the indices of
    layers to show alone; `backwards` reverses the order of `sort`; `totals_only` omits all rows.
    """

    depth: int | None = None
    columns: tuple[str, ...] = ()
    sort: str | None = None
    backwards: bool = False
    layers: tuple[int, ...] = ()
    totals_only: bool = False
