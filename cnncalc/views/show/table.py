"""A Analysis as a table that fits where it is printed: rows, totals, the breakdown by class, and what to know besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...engine.report import Analysis
from ...problem import Problem, count
from ..layout import Cells, Style, bar, bold, faint, fitted, printed, wrapped
from ..text import safe
from .columns import (
    SHAPES,
    Column,
    Proportion,
    chosen,
    human,
    in_order,
    is_folded,
    shapes,
    whole_of,
)
from .rows import TableRow, matching, rows
from .summary import any_marks, breakdown, notes, operations, selection, sentence, totals


class TableOptions(NamedTuple):
    """Which rows and columns of a network are shown.

    `depth` None opens groups as far as is comfortable; `layers` are patterns of layers; `totals_only` leaves all rows out.
    """

    depth: int | None = None
    columns: tuple[str, ...] = ()
    sort: str | None = None
    layers: tuple[str, ...] = ()
    totals_only: bool = False


def chosen_rows(report: Analysis, choice: TableOptions) -> list[TableRow]:
    found = matching(report, choice.layers) if choice.layers else rows(report, choice.depth)
    return in_order(found, report, choice.sort)


def show_table(
    report: Analysis,
    style: Style,
    choice: TableOptions = TableOptions(),
    broken: Sequence[Problem] = (),
    variants: Sequence[str] = (),
) -> str:
    """Everything of `cnncalc show`.  `broken` are the expectations that do not hold, `variants` those that there are too."""
    found = [] if choice.totals_only else chosen_rows(report, choice)
    parts = [heading(report, style) + other_variants(report, style, variants)]
    if not choice.totals_only:
        parts += rows_parts(found, report, style, choice)
    parts.append(totals_text(report, style))
    if report.network.outputs.get("output") and operations(report).shares:
        shares, _ = fitted(breakdown_columns(report, style), style)
        parts += [printed(shares, style), wrapped(sentence(report), style)]
    parts.append("\n".join(wrapped(note, style) for note in notes(report, found, broken)))
    return "\n\n".join(part for part in parts if part) + "\n"


def rows_table(report: Analysis, style: Style) -> str:
    """The rows alone: those before the step at which a network failed."""
    found = rows(report, None)
    columns, _ = fitted(row_columns(found, report, style, chosen((), report)), style)
    return (
        f"{heading(report, style)}\n\n{printed(columns, style, [row.heading for row in found])}\n"
    )


def heading(report: Analysis, style: Style) -> str:
    network = report.network
    arrow = "→" if style.unicode else "->"
    outputs = shapes({"output": network.outputs["output"]}) if "output" in network.outputs else "?"
    variant = (
        f" ({network.variant})"
        if network.variant and network.variant.lower() != network.name.lower()
        else ""
    )
    line = f"{bold(safe(network.name + variant), style)}  {shapes(dict(network.inputs))} {arrow} {outputs}"
    if report.batch > 1:
        line += f", batch {report.batch}"
    source = f"{network.source} [{network.file}]" if network.source else network.file
    lines = [line, faint(wrapped(safe(source), style), style)]
    if tool := report.recount:
        lines.append(
            wrapped(f"{tool.unit} as {tool.name} {tool.version} counts them: {tool.about}", style)
        )
    return "\n".join(lines)


SOME = 5  # variants that are named


def other_variants(report: Analysis, style: Style, variants: Sequence[str]) -> str:
    """That the file has other variants, for whoever asked for none."""
    if len(variants) < 2:
        return ""
    others = [safe(name) for name in variants if name != report.network.variant]
    more = f" and {len(others) - SOME} more" if len(others) > SOME else ""
    return "\n" + faint(
        wrapped(f"one of {len(variants)} variants, beside {', '.join(others[:SOME])}{more}", style),
        style,
    )


def rows_parts(
    found: Sequence[TableRow], report: Analysis, style: Style, choice: TableOptions
) -> list[str]:
    """The rows, and what was left out of them."""
    if not found:
        return [f"no layer of {count(len(report.layers), 'layer')} matches"]
    columns, dropped = fitted(
        row_columns(found, report, style, chosen(choice.columns, report)), style
    )
    parts = [printed(columns, style, [row.heading for row in found])]
    if dropped:
        parts.append(faint(wrapped(f"(too narrow for: {', '.join(dropped)})", style), style))
    if choice.layers:
        parts.append(wrapped(selection(found, report, style.exact), style))
    elif is_folded(found, report.network):
        opened = f"{count(len(report.layers), 'layer')} in {count(len(found), 'row')}; --depth N opens more of them"
        parts.append(faint(wrapped(opened, style), style))
    return parts


COLOURS = {
    "layer": "bold", "output": "cyan", "params_share": "magenta", "macs_share": "blue", "convention_share": "blue",
    "marks": "yellow",
}  # fmt: skip


def row_columns(
    found: Sequence[TableRow], report: Analysis, style: Style, columns: Sequence[Column]
) -> list[Cells]:
    if not any_marks(report):
        columns = [column for column in columns if column.name != "marks"]
    return [cells_of(column, found, report, style) for column in columns]


def cells_of(column: Column, found: Sequence[TableRow], report: Analysis, style: Style) -> Cells:
    if column.name == "layer":
        cells = ["  " * row.level + last_name(row, style) for row in found]
    else:
        cells = [drawn(column, row, report, style) for row in found]
    right = column.is_number if not (style.bars and column.kind == "share") else False
    colour = COLOURS.get(column.name, "")
    name = f"share of {whole_of(column, report)}" if column.kind == "share" else ""
    return Cells(
        column.title, cells, right or column.name in SHAPES, column.rank, colour, column.least, name
    )


def drawn(column: Column, row: TableRow, report: Analysis, style: Style) -> str:
    cell = column.value(row, report)
    return (
        bar(*cell, style)
        if style.bars and isinstance(cell, Proportion)
        else human(column.kind, cell, style.exact)
    )


def last_name(row: TableRow, style: Style) -> str:
    """Inside an open group a path is told by what it adds."""
    path = safe(row.path)
    if not row.level or style.width is None:
        return path
    *before, name = path.split(".")
    return f"{before[-1]}.{name}" if name.isdigit() and before else name


def totals_text(report: Analysis, style: Style) -> str:
    lines = totals(report, style.exact)
    wide = max(len(line.amount) for line in lines)
    return "\n".join(
        wrapped(
            f"{line.title:<11}  {line.amount:>{wide}}  {line.remark}".rstrip(), style, 15 + wide
        )
        for line in lines
    )


def breakdown_columns(report: Analysis, style: Style) -> list[Cells]:
    cells = zip(*breakdown(report, style.exact), strict=True)
    names, layers, params, params_share, macs, macs_share = map(list, cells)
    counts = operations(report)
    columns = [
        Cells("class", names, False, 9, "bold"),
        Cells("layers", layers, True, 1, ""),
        Cells("params", params, True, 8, ""),
        Cells("share", params_share, True, 6, "magenta"),
        Cells(counts.title, macs, True, 7, ""),
        Cells("share", macs_share, True, 5, "blue"),
    ]
    if style.bars:
        params_bars = [bar(row.params, report.totals.params, style) for row in counts.shares]
        columns.insert(4, Cells(" ", params_bars, False, 2, "magenta"))
        columns.append(
            Cells(
                " ", [bar(row.macs, counts.total, style) for row in counts.shares], False, 3, "blue"
            )
        )
    return columns
