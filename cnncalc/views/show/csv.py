"""A Report as CSV: exact numbers without units, a layer a line, that a spreadsheet opens as they stand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from ...engine.report import Report
from ..text import safe
from .columns import chosen, machine
from .rows import Row


def show_csv(report: Report, rows: Sequence[Row], columns: Sequence[str]) -> Iterator[str]:
    """The lines of the rows, under the names of the columns."""
    shown = chosen(columns, report, machine=True)
    yield csv_line([column.name for column in shown])
    for row in rows:
        yield csv_line([machine((column.plain or column.value)(row, report)) for column in shown])


def totals_csv(report: Report) -> Iterator[str]:
    """The totals as one line under their names."""
    network = report.network
    totals = {"name": network.name, "variant": network.variant or "", **report.totals._asdict()}
    totals |= {f"training_{name}": value for name, value in report.training_totals._asdict().items()}
    if report.recount:
        totals |= {"convention": report.recount.name, "convention_version": report.recount.version}
        totals |= {"convention_params": report.recount.params, "convention_count": report.recount.total}
    yield csv_line(list(totals))
    yield csv_line([safe(str(value)) for value in totals.values()])


def csv_line(cells: Sequence[str]) -> str:
    """One line; a cell that a spreadsheet would take for a formula is marked as text."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([harmless(cell) for cell in cells])
    return line.getvalue()


def harmless(cell: str) -> str:
    """`=cmd()` as text: with an apostrophe before it.  A number stays one.

    >>> harmless("=1+1"), harmless("-3"), harmless("3a")
    ("'=1+1", '-3', '3a')
    """
    number = cell.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{cell}" if cell[:1] in tuple("=+-@\t\r") and cell and not number else cell
