"""Several networks by the classes or the types of their layers: what each holds of the totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...engine.analysis import Analysis, LayerAnalysis
from ...engine.quantity_values import added_number
from ...layers.layer import CATEGORIES
from ..values import Cell, Proportion
from .compare import NamedAnalysis
from .grid import Grid, GridColumn

BREAKDOWNS = ("class", "type")
"""What layers can be put together by."""


def breakdown_grid(networks: Sequence[NamedAnalysis], by: str) -> Grid:
    """One row for each class or type of layers that has params or MACs, of each network."""
    columns = (
        GridColumn("name", "network", rank=9, color="bold"),
        GridColumn(by, by, rank=8),
        GridColumn("layers", "layers", "count", rank=2),
        GridColumn("params", "params", "count", rank=6),
        GridColumn("params_share", "share", "share", rank=4),
        GridColumn("macs", "MACs", "count", rank=7),
        GridColumn("macs_share", "share", "share", rank=5),
    )
    rows = [row for network in networks for row in rows_of(network, by)]
    return Grid(columns, tuple(rows), title=f"Layers by {by}")


def rows_of(network: NamedAnalysis, by: str) -> Iterator[tuple[Cell, ...]]:
    analysis = network.analysis
    totals = analysis.totals
    for key, layers in parts_of(analysis, by).items():
        params, macs = (
            sum(added_number(one, name) for one in layers) for name in ("params", "macs")
        )
        if params or macs:
            yield (
                network.name,
                key,
                len(layers),
                params,
                share(params, totals.params),
                macs,
                share(macs, totals.macs),
            )


def share(part: int, whole: int) -> Cell:
    return Proportion(part, whole) if whole else None


def parts_of(analysis: Analysis, by: str) -> dict[str, list[LayerAnalysis]]:
    """The layers at inference by their class, in the usual order, or by their type."""
    found: dict[str, list[LayerAnalysis]] = {}
    if by == "class":
        found = {category: [] for category in CATEGORIES}
    for layer in analysis.layers:
        if not layer.node.training_only:
            key = layer.node.layer.category if by == "class" else layer.node.layer.kind
            found.setdefault(key, []).append(layer)
    return found
