"""A further measurement of a network, such as the count of another tool."""

from __future__ import annotations

from collections.abc import Mapping

from ..named_tuple import NamedTuple


class Measure(NamedTuple):
    """A measurement of a network in addition to our quantities, for the whole batch.

    - `key`: the kind of measurement, such as `convention`; columns and JSON keys begin with it;
    - `name`, `version`: what made it;
    - `unit`: what it counts;
    - `quantity`: the quantity of ours that it corresponds to;
    - `remark`: what it counts, in words;
    - `total`: of the network;
    - `layers`: of each layer that it covers, by path;
    - `totals`: further totals, by quantity.
    """

    key: str
    name: str
    version: str
    unit: str
    quantity: str
    remark: str
    total: int
    layers: Mapping[str, int]
    totals: Mapping[str, int]

    @property
    def column(self) -> str:
        """The name of its column, and of its key in JSON."""
        return f"{self.key}_count"
