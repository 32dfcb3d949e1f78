"""Several networks side by side: a row a network, the best of each column marked."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.report import Analysis, Recount
from ..show.columns import Cell, shapes
from .grid import About, Grid, GridColumn

FIELDS = (
    GridColumn("name", "network", rank=9, colour="bold"),
    GridColumn("input", "input", rank=5, right=True, colour="cyan"),
    GridColumn("output", "output", rank=3, right=True, colour="cyan"),
    GridColumn("params", "params", "count", rank=8),
    GridColumn("macs", "MACs", "count", rank=7),
    GridColumn("flops", "FLOPs", "count", rank=2),
    GridColumn("weight_bytes", "weights", "bytes", rank=4),
    GridColumn("peak_bytes", "peak memory", "bytes", rank=6),
    GridColumn("depth", "depth", "count", rank=3),
    GridColumn("layers", "layers", "count", rank=1),
)
LESS_IS_BETTER = ("params", "macs", "convention_count", "flops", "weight_bytes", "peak_bytes")


def compare_grid(reports: Sequence[Analysis], names: Sequence[str], relative: bool) -> Grid:
    """Rows under the names that were asked for; `relative` gives numbers as multiples of those of the first network."""
    tool = reports[0].recount
    fields = FIELDS if tool is None else with_count_of(tool.name)
    rows = [row(report, name) for report, name in zip(reports, names, strict=True)]
    best = frozenset(
        (place, column)
        for column, field in enumerate(fields)
        if field.name in LESS_IS_BETTER and len({line[column] for line in rows}) > 1
        for place, line in enumerate(rows)
        if line[column] == min(other[column] for other in rows)  # type: ignore[type-var]
    )
    if relative:
        rows = [rows[0], *(ratios(line, rows[0]) for line in rows[1:])]
    return Grid(fields, tuple(rows), best, recounting(tool))


def with_count_of(tool: str) -> tuple[GridColumn, ...]:
    """The fields with another tool's count behind ours."""
    place = [field.name for field in FIELDS].index("macs") + 1
    return (*FIELDS[:place], GridColumn("convention_count", tool, "count", rank=7), *FIELDS[place:])


def recounting(tool: Recount | None) -> About | None:
    """Which tool counts, for people and for machines."""
    if tool is None:
        return None
    text = f"{tool.name}: its {tool.unit}, as version {tool.version} counts them: {tool.about}"
    return About(
        text, {"convention": {"name": tool.name, "version": tool.version, "unit": tool.unit}}
    )


def row(report: Analysis, name: str) -> tuple[Cell, ...]:
    network, totals = report.network, report.totals
    outputs = {"output": network.outputs["output"]}
    counts = (totals.macs, report.recount.total) if report.recount else (totals.macs,)
    numbers = (
        totals.params,
        *counts,
        totals.flops,
        totals.weight_bytes,
        totals.peak_bytes,
        totals.depth,
    )
    return (name, shapes(dict(network.inputs)), shapes(outputs), *numbers, len(report.layers))


def ratios(line: tuple[Cell, ...], first: tuple[Cell, ...]) -> tuple[Cell, ...]:
    return tuple(
        f"{cell / whole:.2f}x"
        if isinstance(cell, int) and isinstance(whole, int) and whole
        else cell
        for cell, whole in zip(line, first, strict=True)
    )
