"""A Report as a table that fits where it is printed: rows, totals, the breakdown by class, and what to know besides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..engine.report import Report, Share
from ..problem import Problem, count
from .rows import Row, rows, shapes
from .text import percent, safe, short, short_bytes

BAR = 8  # characters of a full bar
EIGHTHS = " ▏▎▍▌▋▊▉█"
CLASS_NAMES = {
    "conv": "convolutional", "dense": "dense", "recurrent": "recurrent", "attention": "attention", "norm": "normalisation",
    "other": "other",
}  # fmt: skip


class Style(NamedTuple):
    """How a table is printed.

    `width` is that of the terminal, None for no bound (a pipe, where nothing is cut off); `bars` draws shares instead
    of writing them; `unicode` says whether the output can do more than ASCII.
    """

    width: int | None = None
    colour: bool = False
    bars: bool = False
    unicode: bool = True
    exact: bool = False


class Column(NamedTuple):
    """A column: its cells, whether it is a number, how much it matters (the least is dropped first) and its colour."""

    title: str
    cells: list[str]
    right: bool
    rank: int
    colour: str
    least: int  # how narrow it may be cut; a number is never cut

    @property
    def width(self) -> int:
        return max(map(width_of, (self.title, *self.cells)))


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # knows wide characters

    return cell_len(text)


def show_table(report: Report, style: Style, depth: int | None = None, broken: Sequence[Problem] = ()) -> str:
    """Everything of `cnncalc show`.  `broken` are the expectations that do not hold."""
    network = report.network
    found = rows(report, depth)
    parts = [heading(report, style)]
    columns, dropped = fitted(row_columns(found, report, style), style)
    parts.append(printed(columns, style, [row.macs is None and row.params is None for row in found]))
    if dropped:
        parts.append(faint(wrapped(f"(too narrow for: {', '.join(dropped)})", style), style))
    folded = [row for row in found if row.macs is not None]
    if len(folded) < len(report.layers) and any(group.group.depth == 0 for group in report.groups):
        opened = f"{count(len(report.layers), 'layer')} in {count(len(found), 'row')}; --depth N opens more of them"
        parts.append(faint(wrapped(opened, style), style))
    parts.append(totals_text(report, style))
    if network.outputs.get("output") and report.breakdown:
        shares, _ = fitted(breakdown_columns(report, style), style)
        parts.append(printed(shares, style, [False] * len(report.breakdown)))
        parts.append(wrapped(sentence(report.breakdown, report), style))
    notes = note_lines(report, found, broken)
    if notes:
        parts.append("\n".join(wrapped(note, style) for note in notes))
    return "\n\n".join(part for part in parts if part) + "\n"


def rows_table(report: Report, style: Style) -> str:
    """The rows alone: those before the step at which a network failed."""
    found = rows(report, None)
    if not found:
        return ""
    columns, _ = fitted(row_columns(found, report, style), style)
    return heading(report, style) + "\n\n" + printed(columns, style, [row.macs is None for row in found]) + "\n"


# The parts


def heading(report: Report, style: Style) -> str:
    network = report.network
    arrow = "→" if style.unicode else "->"
    outputs = shapes(network, {"output": network.outputs["output"]}) if "output" in network.outputs else "?"
    variant = f" ({network.variant})" if network.variant and network.variant.lower() != network.name.lower() else ""
    title = f"{safe(network.name)}{safe(variant)}"
    line = f"{bold(title, style)}  {shapes(network, dict(network.inputs))} {arrow} {outputs}"
    if report.batch > 1:
        line += f", batch {report.batch}"
    source = f"{network.source} [{network.file}]" if network.source else network.file
    return f"{line}\n{faint(wrapped(safe(source), style), style)}"


def number(value: int, style: Style) -> str:
    return f"{value:,}" if style.exact else short(value)


def row_columns(found: Sequence[Row], report: Report, style: Style) -> list[Column]:
    totals = report.totals
    names = ["  " * row.level + safe(last_name(row, style)) for row in found]
    kinds = [safe(f"{row.kind} {row.telling}".rstrip()) for row in found]
    marks = [", ".join(map(safe, row.marks)) for row in found]
    columns = [
        Column("layer", names, False, 9, "bold", 12),
        Column("type", kinds, False, 4, "", 14),
        Column("output", [row.output for row in found], True, 7, "cyan", 0),
        Column("params", [cell(row.params, style) for row in found], True, 8, "", 0),
        Column("share", [share(row.params, totals.params, row, style) for row in found], style.bars is False, 2, "magenta", 0),
        Column("MACs", [cell(row.macs, style) for row in found], True, 6, "", 0),
        Column("share", [share(row.macs, totals.macs, row, style) for row in found], style.bars is False, 3, "blue", 0),
    ]
    if any(marks):
        columns.append(Column("", marks, False, 5, "yellow", 0))
    return columns


def last_name(row: Row, style: Style) -> str:
    """Inside an open group a path is told by what it adds."""
    if not row.level or style.width is None:
        return row.path
    parts = row.path.split(".")
    name = parts[-1]
    return f"{parts[-2]}.{name}" if name.isdigit() and len(parts) > 1 else name


def cell(value: int | None, style: Style) -> str:
    return number(value, style) if value else ""


def share(value: int | None, whole: int, row: Row, style: Style) -> str:
    if not value or "training only" in row.marks:
        return ""
    return bar(value, whole, style) if style.bars else percent(value, whole)


def bar(part: int, whole: int, style: Style) -> str:
    """A bar for a share, in eighths of a character; whatever is there shows."""
    eighths = max(1, (16 * BAR * part + whole) // (2 * whole)) if whole else 0
    if not style.unicode:
        return "#" * max(1, eighths // 8)
    return "█" * (eighths // 8) + (EIGHTHS[eighths % 8] if eighths % 8 else "")


def fitted(columns: list[Column], style: Style) -> tuple[list[Column], list[str]]:
    """The columns that fit, texts shortened before columns are dropped, and the titles of those that do not."""
    columns = [column for column in columns if any(column.cells)]
    if style.width is None:
        return columns, []
    dropped: list[str] = []
    while True:
        excess = sum(column.width + 2 for column in columns) - 2 - style.width
        if excess <= 0:
            return columns, dropped
        spare = [max(0, column.width - column.least) if column.least else 0 for column in columns]
        if excess <= sum(spare):
            return shortened(columns, excess, style), dropped
        if len(columns) == 1:
            return columns, dropped
        least = min(columns, key=lambda column: column.rank)
        columns = [column for column in columns if column is not least]
        if least.title and f"{least.title}" not in dropped:
            dropped.append(least.title)


def shortened(columns: list[Column], excess: int, style: Style) -> list[Column]:
    """Cut the texts of the columns that allow it, the least important first."""
    cut = {}
    for column in sorted((column for column in columns if column.least), key=lambda column: column.rank):
        room = max(0, column.width - column.least)
        cut[column.title] = min(room, excess)
        excess -= cut[column.title]
    return [
        column._replace(cells=[cut_to(text, column.width - cut[column.title], style) for text in column.cells])
        if cut.get(column.title)
        else column
        for column in columns
    ]


def cut_to(text: str, width: int, style: Style) -> str:
    if width_of(text) <= width:
        return text
    mark = "…" if style.unicode else ".."
    while width_of(text + mark) > width and text:
        text = text[:-1]
    return text + mark


def printed(columns: Sequence[Column], style: Style, headings: Sequence[bool]) -> str:
    """Aligned columns under their titles."""
    widths = [column.width for column in columns]
    lines = [faint(aligned([column.title for column in columns], columns, widths), style)]
    for index, is_heading in enumerate(headings):
        cells = [column.cells[index] for column in columns]
        if not style.colour:
            lines.append(aligned(cells, columns, widths))
            continue
        coloured = [
            padded(text, width, column.right, "dim" if is_heading and column.title != "layer" else column.colour)
            for text, column, width in zip(cells, columns, widths, strict=True)
        ]
        lines.append("  ".join(coloured).rstrip())
    return "\n".join(lines)


def aligned(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    padded_cells = (padded(text, width, column.right) for text, column, width in zip(cells, columns, widths, strict=True))
    return "  ".join(padded_cells).rstrip()


def padded(text: str, width: int, right: bool, colour: str = "") -> str:
    space = " " * (width - width_of(text))
    return space + paint(text, colour) if right else paint(text, colour) + space


def totals_text(report: Report, style: Style) -> str:
    network, totals = report.network, report.totals
    frozen = totals.params - totals.trainable_params
    lines = [
        ("parameters", amount(totals.params, style), f"{amount(frozen, style)} of them frozen" if frozen else ""),
        ("buffers", amount(totals.buffers, style), "") if totals.buffers else None,
        ("MACs", amount(totals.macs, style), f"{number(totals.flops, style)} FLOPs"),
        ("weights", byte_amount(totals.weight_bytes, style), f"in {network.dtype}"),
        ("peak memory", byte_amount(totals.peak_bytes, style), f"of activations, at {safe(totals.peak_layer)}"),
        ("depth", str(totals.depth), "convolution and dense layers on the longest path"),
    ]
    training = report.training_totals
    if network.training_outputs:
        text = f"{amount(training.macs, style)} MACs, with what is there for training only"
        lines.append(("in training", amount(training.params, style), text))
    others = {name: value for name, value in network.outputs.items() if name != "output"}
    if others:
        lines.append(("outputs", str(len(others) + 1), safe(shapes(network, dict(network.outputs)))))
    kept = [line for line in lines if line]
    wide = max(len(line[1]) for line in kept)
    return "\n".join(
        "\n".join(wrapped_line(f"{title:<11}  {text:>{wide}}  {rest}".rstrip(), style, 15 + wide)) for title, text, rest in kept
    )


def amount(value: int, style: Style) -> str:
    return f"{value:,}" if style.exact or value < 10**13 else f"{short(value)}"


def byte_amount(value: int, style: Style) -> str:
    return f"{value:,} B" if style.exact else short_bytes(value)


def breakdown_columns(report: Report, style: Style) -> list[Column]:
    shown = report.breakdown
    params, macs = report.totals.params, report.totals.macs
    columns = [
        Column("class", [CLASS_NAMES[row.category] for row in shown], False, 9, "bold", 0),
        Column("layers", [str(row.layers) for row in shown], True, 1, "", 0),
        Column("params", [number(row.params, style) for row in shown], True, 8, "", 0),
        Column("share", [percent(row.params, params) for row in shown], True, 6, "magenta", 0),
        Column("MACs", [number(row.macs, style) for row in shown], True, 7, "", 0),
        Column("share", [percent(row.macs, macs) for row in shown], True, 5, "blue", 0),
    ]
    if style.bars:
        columns.insert(
            4, Column(" ", [bar(row.params, params, style) if row.params else "" for row in shown], False, 2, "magenta", 0)
        )
        columns.append(Column(" ", [bar(row.macs, macs, style) if row.macs else "" for row in shown], False, 3, "blue", 0))
    return columns


def sentence(breakdown: Iterable[Share], report: Report) -> str:
    """How the convolutional part compares with the dense part, in words."""
    found = {row.category: row for row in breakdown}
    conv, dense = found.get("conv"), found.get("dense")
    params, macs = report.totals.params, report.totals.macs
    if conv and dense and conv.params and dense.params:
        more, less = (dense, conv) if dense.params >= conv.params else (conv, dense)
        names = {"dense": ("dense layers", "dense ones"), "conv": ("convolutional layers", "convolutional ones")}
        text = (
            f"The {names[more.category][0]} hold {worded(more.params, params)} of the parameters, "
            f"{times(more.params, less.params)} as many as the {names[less.category][1]}"
        )
        if macs and less.macs > more.macs:
            return f"{text}, which do {worded(less.macs, macs)} of the multiply-accumulates."
        return f"{text}, and do {worded(more.macs, macs)} of the multiply-accumulates." if macs else f"{text}."
    only = conv or dense
    if only is None or not params:
        return ""
    name = "convolutional" if only is conv else "dense"
    other = "dense" if only is conv else "convolutional"
    text = f"The {name} layers hold {worded(only.params, params)} of the parameters"
    return (
        f"{text} and do {worded(only.macs, macs)} of the multiply-accumulates; there are no {other} ones."
        if macs
        else f"{text}."
    )


def worded(part: int, whole: int) -> str:
    """A share in a sentence."""
    return "all" if part == whole else percent(part, whole).replace(">", "more than ").replace("<", "less than ")


def times(more: int, less: int) -> str:
    """A ratio in words, to three digits.

    >>> times(198_082_560, 2_332_704), times(58_631_144, 2_334_080), times(3, 2)
    ('84.9 times', '25.1 times', '1.50 times')
    """
    ratio = more / less
    if ratio < 10:
        return f"{ratio:.2f} times"
    return f"{ratio:.1f} times" if ratio < 100 else f"{ratio:,.0f} times"


def note_lines(report: Report, found: Sequence[Row], broken: Sequence[Problem]) -> list[str]:
    notes = [f"note: {safe(layer.node.path)}: {safe(note)}" for layer in report.layers for note in layer.notes]
    if len(notes) > 10:
        notes = [*notes[:10], f"note: and {len(notes) - 10} more notes (all with --format json)"]
    legend = {
        "training only": "training only: there for training, left out of the totals for inference",
        "frozen": "frozen: weights that are kept but not trained",
        "shared": "shared: steps with this tag use the same weights, which the totals count once",
    }
    used = {mark.split(" ")[0] if mark.startswith("shared") else mark for row in found for mark in row.marks}
    notes += [text for key, text in legend.items() if key in used]
    return notes + [f"expect, line {problem.span.line}: {safe(problem.message)}" for problem in broken]


# Text


def wrapped(text: str, style: Style) -> str:
    return "\n".join(wrapped_line(text, style, 2))


def wrapped_line(text: str, style: Style, indent: int) -> list[str]:
    """Break a text between words where the terminal ends; the rest is indented."""
    if style.width is None or width_of(text) <= style.width:
        return [text]
    indent = indent if indent < style.width // 2 else 2
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width_of(longer) > style.width and line.strip():
            lines.append(line)
            longer = " " * indent + word
        line = longer
    return [*lines, line]


CODES = {"bold": "1", "dim": "2", "cyan": "36", "magenta": "35", "blue": "34", "yellow": "33", "red": "31"}


def paint(text: str, colour: str) -> str:
    return f"\x1b[{CODES[colour]}m{text}\x1b[0m" if colour and text.strip() else text


def faint(text: str, style: Style) -> str:
    return "\n".join(paint(line, "dim") for line in text.split("\n")) if style.colour else text


def bold(text: str, style: Style) -> str:
    return paint(text, "bold") if style.colour else text
