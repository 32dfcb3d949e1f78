"""A Analysis as Markdown, as GitHub and most others read it."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.report import Analysis
from ..markdown import escaped, table
from .columns import SHAPES, Column, chosen, human, shapes, whole_of
from .rows import TableRow
from .summary import breakdown, notes, operations, sentence, totals


def show_markdown(
    report: Analysis,
    rows: Sequence[TableRow],
    columns: Sequence[str],
    exact: bool,
    totals_only: bool,
) -> str:
    """A heading, the rows, the totals and the breakdown."""
    network = report.network
    output = network.outputs.get("output")
    title = f"### {escaped(network.name)}\n\n{escaped(shapes(dict(network.inputs)))} → {output.shape if output else '?'}"
    if network.source:
        title += f". {escaped(network.source)}"
    parts = [title]
    if not totals_only:
        parts.append(rows_table(report, rows, columns, exact))
    parts.append(
        table(
            ["total", "", ""],
            ["", "r", ""],
            [list(map(escaped, line)) for line in totals(report, exact)],
        )
    )
    counts = operations(report)
    if counts.shares:
        head = [
            "class",
            "layers",
            "params",
            "share of params",
            counts.title,
            f"share of {counts.noun}",
        ]
        parts.append(table(head, ["", *"rrrrr"], [list(line) for line in breakdown(report, exact)]))
        parts.append(escaped(sentence(report)))
    parts.append("\n".join(f"- {escaped(note)}" for note in notes(report, rows, ())))
    return "\n\n".join(part for part in parts if part) + "\n"


def rows_table(
    report: Analysis, rows: Sequence[TableRow], names: Sequence[str], exact: bool
) -> str:
    columns = [
        column
        for column in chosen(names, report)
        if any(cell(column, row, report, exact) for row in rows)
    ]
    cells = [[cell(column, row, report, exact) for column in columns] for row in rows]
    aligns = ["r" if column.is_number or column.name in SHAPES else "" for column in columns]
    return table([title(column, report) for column in columns], aligns, cells)


def title(column: Column, report: Analysis) -> str:
    return f"share of {whole_of(column, report)}" if column.kind == "share" else column.title


def cell(column: Column, row: TableRow, report: Analysis, exact: bool) -> str:
    text = escaped(human(column.kind, column.value(row, report), exact))
    return f"**{text}**" if row.heading and column.name == "layer" else text
