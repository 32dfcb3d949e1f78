"""The layers and totals of a network as Markdown, in the form that GitHub reads."""

from __future__ import annotations

from collections.abc import Sequence

from ...devices.deployment import Deployment
from ...devices.training_memory import Training
from ...engine.analysis import Analysis
from ...escape import markdown as escaped
from ..markdown import table
from ..values import human, shapes
from .columns import SHAPES, Column, selected, whole_of
from .rows import TableRow
from .summary import breakdown, notes, operations, sentence, totals


def show_markdown(
    analysis: Analysis,
    rows: Sequence[TableRow],
    columns: Sequence[str],
    exact: bool,
    totals_only: bool,
) -> str:
    """A heading, the rows, the totals and the breakdown."""
    parts = [heading(analysis)]
    if not totals_only:
        parts.append(rows_table(analysis, rows, columns, exact))
    lines = [list(map(escaped, line)) for line in totals(analysis, exact)]
    parts.append(table(["total", "", ""], ["", "r", ""], lines))
    parts += [*deployment_parts(analysis, exact), *training_parts(analysis, exact)]
    if operations(analysis).shares:
        parts.append(breakdown_table(analysis, exact))
        parts.append(escaped(sentence(analysis)))
    parts.append("\n".join(f"- {escaped(note)}" for note in notes(analysis, rows)))
    return "\n\n".join(part for part in parts if part) + "\n"


def deployment_parts(analysis: Analysis, exact: bool) -> list[str]:
    """What the network needs on a device: a title and a table."""
    found = analysis.supplement(Deployment)
    if found is None:
        return []
    from .deployment import TITLES, deployment_title, needs

    lines = [list(map(escaped, line)) for line in needs(found, analysis, exact)]
    title = escaped(deployment_title(found, analysis))
    return [title, table(list(TITLES), ["", "r", "r", "r", ""], lines)]


def training_parts(analysis: Analysis, exact: bool) -> list[str]:
    """The memory of a training step: a title, a table, and notes."""
    found = analysis.supplement(Training)
    if found is None:
        return []
    from .training import training_lines, training_remarks, training_title

    lines = [list(map(escaped, line)) for line in training_lines(found, exact)]
    title = escaped(training_title(found.memory))
    remarks = [escaped(remark) for remark in training_remarks(found, exact)]
    return [title, table(["", "bytes", ""], ["", "r", ""], lines), *remarks]


def heading(analysis: Analysis) -> str:
    network = analysis.network
    output = network.outputs.get("output")
    ends = f"{escaped(shapes(network.inputs))} → {output.shape if output else '?'}"
    title = f"### {escaped(network.name)}\n\n{ends}"
    return f"{title}. {escaped(network.source)}" if network.source else title


def rows_table(
    analysis: Analysis, rows: Sequence[TableRow], names: Sequence[str], exact: bool
) -> str:
    """The rows, without the columns that are empty in all of them."""
    columns = [
        column
        for column in selected(names, analysis)
        if any(cell(column, row, analysis, exact) for row in rows)
    ]
    cells = [[cell(column, row, analysis, exact) for column in columns] for row in rows]
    aligns = ["r" if column.is_number or column.name in SHAPES else "" for column in columns]
    return table([title(column, analysis) for column in columns], aligns, cells)


def breakdown_table(analysis: Analysis, exact: bool) -> str:
    counts = operations(analysis)
    shares = ("share of params", counts.title, f"share of {counts.noun}")
    lines = [list(line) for line in breakdown(analysis, exact)]
    return table(["class", "layers", "params", *shares], ["", *"rrrrr"], lines)


def title(column: Column, analysis: Analysis) -> str:
    return f"share of {whole_of(column, analysis)}" if column.kind == "share" else column.title


def cell(column: Column, row: TableRow, analysis: Analysis, exact: bool) -> str:
    text = escaped(human(column.kind, column.value(row, analysis), exact))
    return f"**{text}**" if row.heading and column.name == "layer" else text
