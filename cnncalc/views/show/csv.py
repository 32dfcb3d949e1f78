"""A Analysis as CSV: exact numbers without units, a layer a line, that a spreadsheet opens as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...engine.report import Analysis
from ..csv import csv_line
from ..text import safe
from .columns import chosen, machine
from .rows import TableRow


def show_csv(report: Analysis, rows: Sequence[TableRow], columns: Sequence[str]) -> Iterator[str]:
    """The lines of the rows, under the names of the columns."""
    shown = chosen(columns, report, machine=True)
    yield csv_line([column.name for column in shown])
    for row in rows:
        yield csv_line([machine((column.plain or column.value)(row, report)) for column in shown])


def totals_csv(report: Analysis) -> Iterator[str]:
    """The totals as one line under their names."""
    network = report.network
    totals = {"name": network.name, "variant": network.variant or "", **report.totals._asdict()}
    totals |= {
        f"training_{name}": value for name, value in report.training_totals._asdict().items()
    }
    if report.recount:
        totals |= {"convention": report.recount.name, "convention_version": report.recount.version}
        totals |= {
            "convention_params": report.recount.params,
            "convention_count": report.recount.total,
        }
    yield csv_line(list(totals))
    yield csv_line([safe(str(value)) for value in totals.values()])
