"""The layers and totals of a network as CSV: exact numbers without units, one layer per line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...engine.analysis import Analysis
from ...escape import safe
from ..csv import csv_line
from ..values import machine
from .columns import selected
from .rows import TableRow


def show_csv(analysis: Analysis, rows: Sequence[TableRow], columns: Sequence[str]) -> Iterator[str]:
    """The lines of the rows, after a line with the names of the columns."""
    shown = selected(columns, analysis, "csv")
    yield csv_line([column.name for column in shown])
    for row in rows:
        yield csv_line([machine(column.for_machines(row, analysis)) for column in shown])


def totals_csv(analysis: Analysis) -> Iterator[str]:
    """The totals as one line, after a line with their names."""
    network = analysis.network
    totals = {"name": network.name, "variant": network.variant or "", **analysis.totals._asdict()}
    for name, value in analysis.training_totals._asdict().items():
        totals[f"training_{name}"] = value
    for measure in analysis.measures:
        totals |= {measure.key: measure.name, f"{measure.key}_version": measure.version}
        totals |= {f"{measure.key}_{name}": value for name, value in measure.totals.items()}
        totals[measure.column] = measure.total
    for supplement in analysis.supplements:
        totals |= supplement.numbers
    yield csv_line(list(totals))
    yield csv_line([safe(str(value)) for value in totals.values()])
