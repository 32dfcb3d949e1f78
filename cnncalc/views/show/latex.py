"""The layers and totals of a network as LaTeX tables, for a paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...devices.deployment import Deployment
from ...devices.training_memory import Training
from ...engine.analysis import Analysis
from ...engine.quantity_values import network_number
from ...escape import latex as escaped
from ...quantities import QUANTITIES
from ..latex import HEAD, tabular
from ..values import human
from .columns import SHAPES, Column, measure_of, selected, whole_of
from .rows import TableRow
from .summary import breakdown, operations, totals


def show_latex(
    analysis: Analysis, rows: Sequence[TableRow], names: Sequence[str], exact: bool, whole: bool
) -> str:
    """The rows as one table, without the columns that are empty in all of them.

    If they are the `whole` network, its totals are the last line.
    """
    columns = [
        column
        for column in selected(names, analysis)
        if any(cell(column, row, analysis, exact) for row in rows)
    ]
    aligns = ["r" if column.is_number or column.name in SHAPES else "l" for column in columns]
    titles = [escaped(title(column, analysis)) for column in columns]
    cells = [[cell(column, row, analysis, exact) for column in columns] for row in rows]
    last = [total(column, analysis, exact) for column in columns] if whole else []
    table = tabular("".join(aligns), titles, cells, last if any(last[1:]) else None)
    return f"{HEAD}\n{table}\n"


def totals_latex(analysis: Analysis, exact: bool) -> str:
    """The totals and the breakdown."""
    lines = [list(map(escaped, line)) for line in totals(analysis, exact)]
    shares = [list(map(escaped, line)) for line in breakdown(analysis, exact)]
    counts = operations(analysis)
    head = ["class", "layers", "params", r"\% of params", escaped(counts.title)]
    head.append(rf"\% of {escaped(counts.noun)}")
    tables = [
        tabular("lrl", ["total", "", ""], lines),
        *deployment_tables(analysis, exact),
        *training_tables(analysis, exact),
        tabular("lrrrrr", head, shares),
    ]
    return "\n\n".join([f"{HEAD}\n{tables[0]}", *tables[1:]]) + "\n"


def deployment_tables(analysis: Analysis, exact: bool) -> Iterator[str]:
    """What the network needs on a device."""
    found = analysis.supplement(Deployment)
    if found is not None:
        from .deployment import TITLES, deployment_title, needs

        lines = [list(map(escaped, line)) for line in needs(found, analysis, exact)]
        title = escaped(deployment_title(found, analysis))
        yield tabular("lrrrl", [title, *TITLES[1:]], lines)


def training_tables(analysis: Analysis, exact: bool) -> Iterator[str]:
    """The memory of a training step."""
    found = analysis.supplement(Training)
    if found is not None:
        from .training import training_lines, training_title

        lines = [list(map(escaped, line)) for line in training_lines(found, exact)]
        yield tabular("lrl", [escaped(training_title(found.memory)), "bytes", ""], lines)


def title(column: Column, analysis: Analysis) -> str:
    return f"% of {whole_of(column, analysis)}" if column.kind == "share" else column.title


def total(column: Column, analysis: Analysis, exact: bool) -> str:
    """The cell of the last line: the total of a column that has one."""
    if column.name == "layer":
        return "total"
    if column.kind not in ("count", "bytes"):
        return ""
    measure = measure_of(column, analysis)
    if measure is not None:
        return human(column.kind, measure.total, exact)
    if column.name not in QUANTITIES or not QUANTITIES[column.name].path:
        return ""
    return escaped(human(column.kind, network_number(analysis, column.name), exact))


def cell(column: Column, row: TableRow, analysis: Analysis, exact: bool) -> str:
    text = human(column.kind, column.value(row, analysis), exact)
    if column.kind == "share":
        return escaped(text.removesuffix(" %"))
    if column.name in ("input", "output", "receptive_field"):
        return " + ".join(f"${product(part)}$" for part in text.split(" + ")) if text else ""
    indent = rf"\hspace{{{row.level}em}}" if row.level and column.name == "layer" else ""
    return indent + re.sub(r"(?<=\d)x(?=\d)", r"$\\times$", escaped(text))


def product(text: str) -> str:
    return text.replace("x", r"\times ")
