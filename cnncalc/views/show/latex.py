"""A Analysis as a LaTeX table that can be pasted into a paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...engine.report import Analysis
from ..latex import HEAD, escaped, tabular
from .columns import SHAPES, Column, chosen, human, whole_of
from .rows import TableRow
from .summary import breakdown, operations, totals


def show_latex(
    report: Analysis, rows: Sequence[TableRow], columns: Sequence[str], exact: bool, whole: bool
) -> str:
    """The rows as one table; of the `whole` network with its totals as the last line.  Columns without a word are left out."""
    shown = [
        column
        for column in chosen(columns, report)
        if any(cell(column, row, report, exact) for row in rows)
    ]
    aligns = "".join("r" if column.is_number or column.name in SHAPES else "l" for column in shown)
    titles = [
        escaped(f"% of {whole_of(column, report)}" if column.kind == "share" else column.title)
        for column in shown
    ]
    cells = [[cell(column, row, report, exact) for column in shown] for row in rows]
    last = [total(column, report, exact) for column in shown] if whole else []
    return f"{HEAD}\n{tabular(aligns, titles, cells, last if any(last[1:]) else None)}\n"


def totals_latex(report: Analysis, exact: bool) -> str:
    """The totals and the breakdown."""
    lines = [
        [escaped(line.title), escaped(line.amount), escaped(line.remark)]
        for line in totals(report, exact)
    ]
    shares = [list(map(escaped, line)) for line in breakdown(report, exact)]
    counts = operations(report)
    head = [
        "class",
        "layers",
        "params",
        "\\% of params",
        escaped(counts.title),
        f"\\% of {escaped(counts.noun)}",
    ]
    return (
        f"{HEAD}\n{tabular('lrl', ['total', '', ''], lines)}\n\n{tabular('lrrrrr', head, shares)}\n"
    )


def total(column: Column, report: Analysis, exact: bool) -> str:
    """The cell of the last line: the sum of a column that has one."""
    if column.name == "layer":
        return "total"
    if column.name == "convention_count" and report.recount:
        return human(column.kind, report.recount.total, exact)
    value = getattr(report.totals, column.name, None) if column.is_number else None
    return escaped(human(column.kind, value, exact))


def cell(column: Column, row: TableRow, report: Analysis, exact: bool) -> str:
    text = human(column.kind, column.value(row, report), exact)
    if column.kind == "share":
        return escaped(text.removesuffix(" %"))
    if column.name in ("input", "output", "receptive_field"):
        return (
            " + ".join(f"${part.replace('x', chr(92) + 'times ')}$" for part in text.split(" + "))
            if text
            else ""
        )
    indent = f"\\hspace{{{row.level}em}}" if row.level and column.name == "layer" else ""
    return indent + re.sub(r"(?<=\d)x(?=\d)", r"$\\times$", escaped(text))
