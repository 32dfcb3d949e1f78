"""Several networks compared: one row per network, the smallest value of a column marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard

from ...devices.deployment import Deployment
from ...devices.training_memory import Training
from ...engine.analysis import Analysis
from ...engine.measure import Measure
from ...engine.quantity_values import applies, number_of
from ...quantities import QUANTITIES, names_for
from ..show.deployment import RUNTIME_TITLES
from ..values import Cell, Ratio, kind_of, shapes
from .grid import Grid, GridColumn, Remark

DEPTHS = ("depth", "layers")
"""Numbers for which smaller is not better."""


def compare_grid(analyses: Sequence[Analysis], names: Sequence[str]) -> Grid:
    """One row per network, under the name that the user gave."""
    measures = analyses[0].measures
    columns = columns_with(measures, analyses)
    rows = [tuple(row(one, name, columns)) for one, name in zip(analyses, names, strict=True)]
    best = frozenset(best_positions(columns, rows))
    return Grid(columns, tuple(rows), best, remark(analyses[0]))


def columns_with(
    measures: Sequence[Measure], analyses: Sequence[Analysis]
) -> tuple[GridColumn, ...]:
    """The columns that any network has; a measurement follows the quantity that it is one of."""
    found = [
        GridColumn("name", "network", rank=9, color="bold"),
        GridColumn("input", "input", rank=5, right=True, color="cyan"),
        GridColumn("output", "output", rank=3, right=True, color="cyan"),
    ]
    for name in names_for("compare"):
        quantity = QUANTITIES[name]
        if not any(applies(name, one) for one in analyses):
            continue
        found.append(GridColumn(name, quantity.title, kind_of(quantity), quantity.rank))
        if name == "macs":
            found += [GridColumn(one.column, one.name, "count", 7) for one in measures]
    return tuple(found)


def row(analysis: Analysis, name: str, columns: Sequence[GridColumn]) -> Iterator[Cell]:
    network = analysis.network
    texts: Mapping[str, str] = {
        "name": name,
        "input": shapes(network.inputs),
        "output": shapes({"output": network.outputs["output"]}),
    }
    measured = {measure.column: measure.total for measure in analysis.measures}
    for column in columns:
        if column.name in texts:
            yield texts[column.name]
        elif column.name in measured:
            yield measured[column.name]
        else:
            yield number_of(analysis, column.name)


def best_positions(
    columns: Sequence[GridColumn], rows: Sequence[tuple[Cell, ...]]
) -> Iterator[tuple[int, int]]:
    """The positions (row, column) of the smallest number of each column whose numbers differ."""
    for position, column in enumerate(columns):
        values = [line[position] for line in rows]
        found = [value for value in values if isinstance(value, int | float)]
        if column.kind == "text" or column.name in DEPTHS or len(set(found)) < 2:
            continue
        least = min(found)
        yield from ((index, position) for index, value in enumerate(values) if value == least)


def relative_to(first: tuple[Cell, ...], grid: Grid) -> Grid:
    """The numbers of all rows but the first network's as multiples of those of the first."""
    rows = [row if row is first else ratios(row, first) for row in grid.rows]
    return grid._replace(rows=tuple(rows))


def ratios(line: tuple[Cell, ...], first: tuple[Cell, ...]) -> tuple[Cell, ...]:
    return tuple(
        Ratio(cell, whole) if is_number(cell) and is_number(whole) and whole else cell
        for cell, whole in zip(line, first, strict=True)
    )


def is_number(cell: Cell) -> TypeGuard[int | float]:
    return isinstance(cell, int | float)


def remark(analysis: Analysis) -> Remark | None:
    """The sources of the measurements, and the device, for people and for machines."""
    measures, found = analysis.measures, analysis.supplement(Deployment)
    trained = analysis.supplement(Training)
    if not measures and found is None and trained is None:
        return None
    from ...documents.show_parts import measure_objects  # few comparisons have any

    lines = [
        f"{one.name}: its {one.unit}, as version {one.version} counts them: {one.remark}"
        for one in measures
    ]
    keys = measure_objects(measures)
    if found is not None:
        lines.append(on_device(found))
        keys |= {"device": found.device and found.device.name, "runtime": found.runtime}
    if trained is not None:
        from ..show.training import training_title

        lines.append(training_title(trained.memory))
        keys |= {"optimizer": trained.memory.optimizer, "amp": trained.memory.amp}
    return Remark("\n".join(lines), keys)


def on_device(found: Deployment) -> str:
    """The device and the runtime that the numbers are for."""
    runtime = RUNTIME_TITLES[found.runtime]
    return f"on {found.device.title}: {runtime}" if found.device else f"in {runtime}"
