"""A network as a table that fits its output: rows, totals, the breakdown by class, and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...engine.analysis import Analysis
from ...escape import safe
from ...named_tuple import NamedTuple
from ...network import Network
from ...problem import Problem, count
from ..layout import Cells, bar, bold, faint, fitted, printed, width_together, wrapped
from ..style import Style
from ..values import Cell, Proportion, human, shapes
from .columns import SHAPES, Column, has_collapsed, selected, sorted_rows, whole_of
from .options import TableOptions
from .rows import COMFORTABLE, TableRow, rows
from .summary import breakdown, has_marks, notes, operations, selection, sentence, totals


def selected_rows(
    analysis: Analysis, options: TableOptions, most: int = COMFORTABLE
) -> list[TableRow]:
    """The rows that the options select, in their order; at most `most` without a depth."""
    if options.layers:
        found = [TableRow(analysis.layers[index]) for index in options.layers]
    else:
        found = rows(analysis, options.depth, most)
    return sorted_rows(found, analysis, options.sort, options.backwards)


def show_table(
    analysis: Analysis,
    style: Style,
    options: TableOptions = TableOptions(),
    failures: Sequence[Problem] = (),
    variants: Sequence[str] = (),
) -> str:
    """The whole output of `cnncalc show`.

    `failures` are the expectations that fail, `variants` all variants of the file.
    """
    found = [] if options.totals_only else selected_rows(analysis, options)
    parts = [heading(analysis, style) + other_variants(analysis, style, variants)]
    if not options.totals_only:
        parts += rows_parts(found, analysis, style, options)
    parts += [totals_text(analysis, style), *supplement_texts(analysis, style)]
    if analysis.network.outputs.get("output") and operations(analysis).shares:
        shares, _ = fitted(breakdown_columns(analysis, style), style)
        parts += [printed(shares, style), wrapped(sentence(analysis), style)]
    parts.append("\n".join(wrapped(note, style) for note in notes(analysis, found, failures)))
    return "\n\n".join(part for part in parts if part) + "\n"


def rows_table(analysis: Analysis, style: Style) -> str:
    """The rows alone, for the layers before a step that failed."""
    found = rows(analysis, None)
    columns, _ = fitted_rows(found, analysis, style, selected((), analysis))
    table = printed(columns, style, [row.heading for row in found])
    return f"{heading(analysis, style)}\n\n{table}\n"


def heading(analysis: Analysis, style: Style) -> str:
    network = analysis.network
    arrow = "→" if style.unicode else "->"
    outputs = shapes({"output": network.outputs["output"]}) if "output" in network.outputs else "?"
    line = f"{bold(safe(title_of(network)), style)}  {shapes(network.inputs)} {arrow} {outputs}"
    if analysis.batch > 1:
        line += f", batch {analysis.batch}"
    source = f"{network.source} [{network.file}]" if network.source else network.file
    lines = [line, faint(wrapped(safe(source), style), style)]
    for one in analysis.measures:
        text = f"{one.unit} as {one.name} {one.version} counts them: {one.remark}"
        lines.append(wrapped(text, style))
    return "\n".join(lines)


def title_of(network: Network) -> str:
    """The name of a network, with its variant if that says more."""
    is_named = network.variant and network.variant.lower() != network.name.lower()
    return f"{network.name} ({network.variant})" if is_named else network.name


NAMED_VARIANTS = 5


def other_variants(analysis: Analysis, style: Style, variants: Sequence[str]) -> str:
    """A line on the other variants of the file, if it has any."""
    if len(variants) < 2:
        return ""
    others = [safe(name) for name in variants if name != analysis.network.variant]
    named = ", ".join(others[:NAMED_VARIANTS])
    if len(others) > NAMED_VARIANTS:
        named += f" and {len(others) - NAMED_VARIANTS} more"
    text = f"one of {len(variants)} variants; the others: {named}"
    return "\n" + faint(wrapped(text, style), style)


def rows_parts(
    found: Sequence[TableRow], analysis: Analysis, style: Style, options: TableOptions
) -> list[str]:
    """The rows, and what they omit."""
    if not found:
        return ["no layers"]
    columns, dropped = fitted_rows(found, analysis, style, selected(options.columns, analysis))
    parts = [printed(columns, style, [row.heading for row in found])]
    if dropped:
        parts.append(faint(wrapped(f"(too narrow for: {', '.join(dropped)})", style), style))
    if options.layers:
        parts.append(wrapped(selection(found, analysis, style.exact), style))
    elif has_collapsed(found, analysis.network):
        sizes = f"{count(len(analysis.layers), 'layer')} in {count(len(found), 'row')}"
        parts.append(faint(wrapped(f"{sizes}; --depth N expands more groups", style), style))
    return parts


COLORS = {
    "layer": "bold",
    "output": "cyan",
    "params_share": "magenta",
    "macs_share": "blue",
    "convention_share": "blue",
    "marks": "yellow",
}


class RowForm(NamedTuple):
    """What the rows have if there is room: the names of all arguments, bars next to the shares."""

    names: bool
    bars: bool


FORMS = (RowForm(True, True), RowForm(True, False), RowForm(False, True), RowForm(False, False))


def fitted_rows(
    found: Sequence[TableRow], analysis: Analysis, style: Style, columns: Sequence[Column]
) -> tuple[list[Cells], list[str]]:
    """The rows in the fullest form that fits, and the names of the columns that do not fit."""
    if not has_marks(analysis):
        columns = [column for column in columns if column.name != "marks"]
    made: list[Cells] = []
    for form in FORMS:
        if style.bars or not form.bars:
            made = [cells_of(column, found, analysis, style, form) for column in columns]
            if style.width is None or width_together(made) <= style.width:
                break
    return fitted(made, style)


def cells_of(
    column: Column, found: Sequence[TableRow], analysis: Analysis, style: Style, form: RowForm
) -> Cells:
    right = column.is_number or column.name in SHAPES
    color = COLORS.get(column.name, "")
    name = f"share of {whole_of(column, analysis)}" if column.kind == "share" else ""
    if column.name == "layer":
        texts = [
            "  " * row.level + safe(row.path if style.width is None else row.name) for row in found
        ]
    else:
        value = (column.long if form.names else None) or column.value
        cells = [value(row, analysis) for row in found]
        texts = [human(column.kind, cell, style.exact) for cell in cells]
        if form.bars and column.kind == "share":
            texts, right = with_bars(texts, cells, style), False
    return Cells(column.title, texts, right, column.rank, color, column.least, name)


def with_bars(texts: Sequence[str], cells: Sequence[Cell], style: Style) -> list[str]:
    """Shares, each with a bar next to it."""
    width = max(map(len, texts), default=0)
    bars = [bar(*cell, style) if isinstance(cell, Proportion) else "" for cell in cells]
    return [f"{text:>{width}} {drawn}".rstrip() for text, drawn in zip(texts, bars, strict=True)]


def totals_text(analysis: Analysis, style: Style) -> str:
    lines = totals(analysis, style.exact)
    width = max(len(line.amount) for line in lines)
    texts = [f"{one.title:<11}  {one.amount:>{width}}  {one.remark}".rstrip() for one in lines]
    return "\n".join(wrapped(text, style, 15 + width) for text in texts)


def supplement_texts(analysis: Analysis, style: Style) -> Iterator[str]:
    """What the network needs on a device, and in training."""
    if not analysis.supplements:
        return
    from ...devices.deployment import Deployment
    from ...devices.training_memory import Training
    from .deployment import deployment_text

    found = analysis.supplement(Deployment)
    if found is not None:
        yield deployment_text(analysis, found, style)
    training = analysis.supplement(Training)
    if training is not None:
        from .training import training_text

        yield training_text(training, style)


def breakdown_columns(analysis: Analysis, style: Style) -> list[Cells]:
    cells = zip(*breakdown(analysis, style.exact), strict=True)
    names, layers, params, params_share, macs, macs_share = map(list, cells)
    counts = operations(analysis)
    columns = [
        Cells("class", names, False, 9, "bold"),
        Cells("layers", layers, True, 1, ""),
        Cells("params", params, True, 8, ""),
        Cells("share", params_share, True, 6, "magenta"),
        Cells(counts.title, macs, True, 7, ""),
        Cells("share", macs_share, True, 5, "blue"),
    ]
    if style.bars:
        params_bars = [bar(row.params, analysis.totals.params, style) for row in counts.shares]
        macs_bars = [bar(row.macs, counts.total, style) for row in counts.shares]
        columns.insert(4, Cells(" ", params_bars, False, 2, "magenta"))
        columns.append(Cells(" ", macs_bars, False, 3, "blue"))
    return columns
