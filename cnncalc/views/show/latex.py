"""The layers and totals of a network as LaTeX tables, for a paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...devices.deployment import Deployment
from ...devices.training_memory import Training
from ...engine.analysis import Analysis
from ...engine.quantity_values import network_number
from ...quantities import QUANTITIES
from ..latex import LatexColumn, LatexTable, document, table, text_columns
from ..values import human, shapes
from .columns import SHAPES, Column, measure_of, selected, whole_of
from .rows import TableRow
from .summary import breakdown, operations, totals
from .table import title_of

ROWS = 32
"""Rows without `--depth`: they fit a page, also when some of their texts are wrapped."""


def show_latex(
    analysis: Analysis, rows: Sequence[TableRow], names: Sequence[str], exact: bool, whole: bool
) -> str:
    """The rows as one table, without the columns that are empty in all of them.

    If they are the `whole` network, its totals are the last line.
    """
    columns = selected(names, analysis, "latex")
    sums = [total(column, analysis, exact) for column in columns] if whole else []
    last = sums if any(sums[1:]) else []
    found = LatexTable(
        [
            column_of(column, analysis, rows, exact, last[index : index + 1])
            for index, column in enumerate(columns)
        ],
        f"Layers of {summary(analysis)}",
        label_of(analysis),
        indents=[*(row.level for row in rows), *([0] if last else [])],
        sums=1 if last else 0,
        is_chosen=bool(names),
    )
    return document(table(found))


def summary(analysis: Analysis) -> str:
    """The name of a network, with its input and output, and the count of another tool."""
    network = analysis.network
    output = network.outputs.get("output")
    ends = f"{shapes(network.inputs)} → {shapes({'output': output}) if output else '?'}"
    batch = f", batch {analysis.batch}" if analysis.batch > 1 else ""
    found = f"{title_of(network)}, {ends}{batch}"
    for one in analysis.measures:
        found += f"; {one.unit} as {one.name} {one.version} counts them"
    return found


def label_of(analysis: Analysis) -> str:
    return analysis.network.variant or analysis.network.name


def column_of(
    column: Column,
    analysis: Analysis,
    rows: Sequence[TableRow],
    exact: bool,
    sums: Sequence[str],
) -> LatexColumn:
    name = f"share of {whole_of(column, analysis)}" if column.kind == "share" else ""
    return LatexColumn(
        f"% of {whole_of(column, analysis)}" if column.kind == "share" else column.title,
        [*(cell(column, row, analysis, exact) for row in rows), *sums],
        column.is_number or column.name in SHAPES,
        not column.is_number,
        column.rank,
        name,
    )


def cell(column: Column, row: TableRow, analysis: Analysis, exact: bool) -> str:
    if column.name == "layer":
        return row.name
    text = human(column.kind, column.value(row, analysis), exact)
    return text.removesuffix(" %") if column.kind == "share" else text


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
    return human(column.kind, network_number(analysis, column.name), exact)


def totals_latex(analysis: Analysis, exact: bool) -> str:
    """The totals and the breakdown."""
    about, label = summary(analysis), label_of(analysis)
    lines = [tuple(line) for line in totals(analysis, exact)]
    counts = operations(analysis)
    head = ["class", "layers", "params", "% of params", counts.title, f"% of {counts.noun}"]
    shares = [[text.removesuffix(" %") for text in line] for line in breakdown(analysis, exact)]
    tables = [
        LatexTable(text_columns(("total", "", ""), "lrl", lines), f"Totals of {about}", label),
        *deployment_tables(analysis, exact),
        *training_tables(analysis, exact),
        LatexTable(
            text_columns(head, "lrrrrr", shares),
            f"Classes of layers of {about}",
            f"{label}-classes",
        ),
    ]
    return document(*map(table, tables))


def deployment_tables(analysis: Analysis, exact: bool) -> Iterator[LatexTable]:
    """What the network needs on a device."""
    found = analysis.supplement(Deployment)
    if found is not None:
        from .deployment import TITLES, deployment_title, needs

        columns = text_columns(TITLES, "lrrrl", list(needs(found, analysis, exact)))
        title = deployment_title(found, analysis)
        yield LatexTable(columns, title, f"{label_of(analysis)}-device")


def training_tables(analysis: Analysis, exact: bool) -> Iterator[LatexTable]:
    """The memory of a training step."""
    found = analysis.supplement(Training)
    if found is not None:
        from .training import training_lines, training_title

        columns = text_columns(("", "bytes", ""), "lrl", list(training_lines(found, exact)))
        title = training_title(found.memory)
        yield LatexTable(columns, title, f"{label_of(analysis)}-training")
