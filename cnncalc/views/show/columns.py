"""The columns that a table of layers can have: every number of a layer, its arguments, and what it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from ...engine.aggregation import trainable
from ...engine.report import Analysis, LayerAnalysis
from ...network import BYTES, Network, Value
from ...shape import Shape
from ..text import percent, safe, short, short_bytes
from .rows import TableRow

if TYPE_CHECKING:
    from ...engine.receptive_field import AxisField

Kind = Literal["text", "count", "bytes", "share", "ratio"]


class Proportion(NamedTuple):
    """A share: so much of a whole."""

    part: int
    whole: int

    def __float__(self) -> float:
        return self.part / self.whole


Cell = str | int | float | Proportion | None


class Column(NamedTuple):
    """A column: `value` gives its cell in a row (None: nothing to say), in bytes, counts or a share of 1.

    `rank` is how much it matters where there is little room; a text may be cut to `least` characters, a number never is.
    `plain` gives what a machine reads, where that is not the value.
    """

    name: str
    title: str
    kind: Kind
    about: str
    value: Callable[[TableRow, Analysis], Cell]
    rank: int = 1
    least: int = 0
    plain: Callable[[TableRow, Analysis], Cell] | None = None

    @property
    def is_number(self) -> bool:
        return self.kind != "text"


def label(row: TableRow, report: Analysis) -> str:
    """What a row is, in short: the layer with its telling arguments, or the block with its own."""
    if isinstance(row.item, LayerAnalysis):
        layer = row.item.node.layer
        return safe(f"{layer.kind} {layer.label()}".rstrip())
    group = row.item.group
    if group.kind in ("layers", "branch", "output"):
        layers = group.end - group.start
        return f"{layers} layer{'s' * (layers != 1)}" if group.kind == "layers" else group.kind
    return safe(f"{group.kind} {group.arguments}".rstrip())


def kind(row: TableRow, report: Analysis) -> str:
    return safe(
        row.item.node.layer.kind if isinstance(row.item, LayerAnalysis) else row.item.group.kind
    )


def arguments(row: TableRow, report: Analysis) -> str:
    if not isinstance(row.item, LayerAnalysis):
        return safe(row.item.group.arguments)
    return safe(
        ", ".join(
            f"{name} {argument_text(value)}"
            for name, value in row.item.node.layer.arguments().items()
        )
    )


def argument_text(value: object) -> str:
    from ...layers.layer import argument_text

    return argument_text(value)


def category(row: TableRow, report: Analysis) -> str:
    return row.item.node.layer.category if isinstance(row.item, LayerAnalysis) else ""


def inputs(row: TableRow, report: Analysis) -> str:
    network = report.network
    values = row.item.node.inputs if isinstance(row.item, LayerAnalysis) else entering(row, report)
    return safe(", ".join(network.path_of(value) for value in values))


def entering(row: TableRow, report: Analysis) -> list[Value]:
    """The values that a group reads and does not make."""
    if isinstance(row.item, LayerAnalysis):
        return list(row.item.node.inputs)
    start = row.item.group.start
    read = (
        value for layer in row.layers(report) for value in layer.node.inputs if value.node < start
    )
    return list(dict.fromkeys(read))


def input_shapes(row: TableRow, report: Analysis) -> str:
    return " + ".join(str(value.shape) for value in entering(row, report))


def output(row: TableRow, report: Analysis) -> str:
    if isinstance(row.item, LayerAnalysis):
        node = row.item.node
        return " + ".join(map(str, node.shapes))
    return "" if row.heading else " + ".join(str(value.shape) for value in row.item.group.outputs)


def number(name: str) -> Callable[[TableRow, Analysis], Cell]:
    """A number that layers and groups both have."""
    return unless_heading(lambda row, report: getattr(row.item, name))


def trainable_params(row: TableRow, report: Analysis) -> int:
    return trainable(row.layers(report))


def weight_bytes(row: TableRow, report: Analysis) -> int:
    return (row.item.params + row.item.buffers) * BYTES[report.network.dtype]


def activation_bytes(row: TableRow, report: Analysis) -> int:
    if isinstance(row.item, LayerAnalysis):
        return row.item.activation_bytes
    width = BYTES[report.network.dtype] * report.batch
    return sum(value.shape.elements for value in row.item.group.outputs) * width


def unless_heading(
    value: Callable[[TableRow, Analysis], Cell],
) -> Callable[[TableRow, Analysis], Cell]:
    """The heading of a group has no numbers: its layers follow with theirs."""
    return lambda row, report: None if row.heading else value(row, report)


def alive_bytes(row: TableRow, report: Analysis) -> Cell:
    """The most that is alive during any step of the row."""
    found = [layer.alive_bytes for layer in row.layers(report) if layer.alive_bytes is not None]
    return None if row.heading or not found else max(found)


def recounted_share(row: TableRow, report: Analysis) -> Cell:
    count = None if row.heading else row.recounted(report)
    return (
        Proportion(count, report.recount.total)
        if count and report.recount and report.recount.total
        else None
    )


def share_of(name: str) -> Callable[[TableRow, Analysis], Cell]:
    def share(row: TableRow, report: Analysis) -> Cell:
        if row.heading or not getattr(row.item, name) or "training only" in marks(row, report):
            return None
        whole: int = getattr(report.totals, name)
        return Proportion(getattr(row.item, name), whole) if whole else None

    return share


def intensity(row: TableRow, report: Analysis) -> Cell:
    """MACs for each byte that is moved: weights and what enters, read once, and what comes out."""
    if row.heading or not row.item.macs:
        return None
    width = BYTES[report.network.dtype] * report.batch
    moved = sum(value.shape.elements for value in entering(row, report)) * width
    return row.item.macs / (moved + weight_bytes(row, report) + activation_bytes(row, report))


def field(text: Callable[[AxisField], object]) -> Callable[[TableRow, Analysis], Cell]:
    """One number of the receptive field an axis; of a group, that of its end."""

    def cell(row: TableRow, report: Analysis) -> Cell:
        layers = row.layers(report)
        axes = layers[-1].receptive_field if layers and not row.heading else None
        return (
            "x".join("all" if axis is None else str(text(axis)) for axis in axes) if axes else None
        )

    return cell


def line(row: TableRow, report: Analysis) -> str:
    return str((row.item.node if isinstance(row.item, LayerAnalysis) else row.item.group).span.line)


def notes(row: TableRow, report: Analysis) -> str:
    return safe("; ".join(row.item.notes)) if isinstance(row.item, LayerAnalysis) else ""


def marks(row: TableRow, report: Analysis) -> str:
    """What sets a row apart: training only, frozen, or shared weights."""
    layers = row.layers(report)
    found = []
    if all(layer.node.training_only for layer in layers):
        found.append("training only")
    weighty = [layer.node for layer in layers if layer.params]
    if weighty and not any(node.trainable for node in weighty):
        found.append("frozen")
    tags = {layer.node.shared for layer in layers if layer.shares}
    if len(tags) == 1 and None not in tags:
        found.append(f"shared {safe(str(*tags))}")
    return ", ".join(found)


COLUMNS = {
    column.name: column
    for column in (
        Column(
            "layer",
            "layer",
            "text",
            "the path of the layer or group",
            lambda row, report: safe(row.path),
            9,
            12,
        ),
        Column(
            "type", "type", "text", "what it is, with its telling arguments", label, 4, 14, kind
        ),
        Column("arguments", "arguments", "text", "all arguments, after defaults", arguments, 2, 12),
        Column(
            "class", "class", "text", "conv, dense, recurrent, attention, norm or other", category
        ),
        Column("inputs", "inputs", "text", "the paths of what it reads", inputs, 2, 12),
        Column("input", "input", "text", "the shapes that enter", input_shapes, 5),
        Column("output", "output", "text", "the shape that comes out", output, 7),
        Column("params", "params", "count", "the sizes of its weights", number("params"), 8),
        Column(
            "params_share",
            "share",
            "share",
            "the share of the network's params",
            share_of("params"),
            2,
        ),
        Column(
            "trainable_params",
            "trained",
            "count",
            "params that are trained",
            unless_heading(trainable_params),
            4,
        ),
        Column(
            "buffers",
            "buffers",
            "count",
            "state that is stored but not trained",
            number("buffers"),
            3,
        ),
        Column("macs", "MACs", "count", "multiply-accumulates", number("macs"), 6),
        Column(
            "macs_share", "share", "share", "the share of the network's MACs", share_of("macs"), 3
        ),
        Column(
            "convention_count",
            "count",
            "count",
            "what the tool of --convention counts",
            unless_heading(TableRow.recounted),
            6,
        ),
        Column(
            "convention_share",
            "share",
            "share",
            "the share of what that tool counts",
            recounted_share,
            3,
        ),
        Column("flops", "FLOPs", "count", "floating point operations", number("flops"), 5),
        Column(
            "weight_bytes",
            "weights",
            "bytes",
            "params and buffers in bytes",
            unless_heading(weight_bytes),
            4,
        ),
        Column(
            "activation_bytes",
            "activation",
            "bytes",
            "what comes out in bytes",
            unless_heading(activation_bytes),
            4,
        ),
        Column(
            "alive_bytes", "alive", "bytes", "activation memory alive at the step", alive_bytes, 4
        ),
        Column(
            "receptive_field",
            "field",
            "text",
            "the size of the receptive field",
            field(lambda axis: axis.size),
            4,
        ),
        Column(
            "field_stride",
            "jump",
            "text",
            "by how much the field moves",
            field(lambda axis: axis.stride),
            3,
        ),
        Column(
            "field_offset",
            "offset",
            "text",
            "the centre of the first field",
            field(lambda axis: axis.offset),
            3,
        ),
        Column(
            "intensity",
            "MACs/byte",
            "ratio",
            "MACs for each byte of weights, input and output",
            intensity,
            3,
        ),
        Column("line", "line", "text", "the line in the file", line),
        Column("notes", "notes", "text", "what a reader should know", notes, 1, 12),
        Column("marks", "", "text", "training only, frozen, shared weights", marks, 5),
    )
}
TABLE = ("layer", "type", "output", "params", "params_share", "macs", "macs_share", "marks")
"""The columns of a table for people; those that are empty in all rows are left out."""
INSTEAD = {"macs": "convention_count", "macs_share": "convention_share"}
"""What stands in a table for people in place of our counts, where another tool's are asked for."""
PLAIN = (
    "layer", "type", "arguments", "class", "output", "params", "buffers", "macs", "flops", "weight_bytes", "activation_bytes",
)  # fmt: skip
"""The columns for machines."""
SHAPES = ("input", "output", "receptive_field", "field_stride", "field_offset", "line")
"""Columns whose texts are numbers: set right."""


def usual(machine: bool, recounted: bool) -> tuple[str, ...]:
    """The columns that nobody asked for; machines get another tool's count beside ours."""
    if not recounted:
        return PLAIN if machine else TABLE
    if machine:
        place = PLAIN.index("macs") + 1
        return (*PLAIN[:place], "convention_count", *PLAIN[place:])
    return tuple(INSTEAD.get(name, name) for name in TABLE)


def chosen(names: Sequence[str], report: Analysis, machine: bool = False) -> list[Column]:
    """The columns of these names, or the usual ones; another tool's count bears its name."""
    columns = [COLUMNS[name] for name in names or usual(machine, report.recount is not None)]
    title = report.recount.name if report.recount else ""
    return [
        column._replace(title=title) if column.name == "convention_count" else column
        for column in columns
    ]


def whole_of(column: Column, report: Analysis) -> str:
    """What a column of shares is shares of."""
    if column.name == "convention_share" and report.recount:
        return report.recount.unit
    return "MACs" if column.name == "macs_share" else "params"


def human(kind: Kind, cell: Cell, exact: bool) -> str:
    """A cell as a person reads it; what is nothing is left empty."""
    if cell is None or cell == 0:
        return ""
    if isinstance(cell, Proportion):
        return percent(*cell)
    if isinstance(cell, float):
        return f"{cell:.1f}"
    if kind == "text" or isinstance(cell, str):
        return str(cell)
    return f"{cell:,}" if exact else short_bytes(cell) if kind == "bytes" else short(cell)


def machine(cell: Cell) -> str:
    """A cell as a machine reads it: all digits, and no units."""
    if cell is None:
        return ""
    return f"{float(cell):.6g}" if isinstance(cell, float | Proportion) else str(cell)


def in_order(rows: list[TableRow], report: Analysis, name: str | None) -> list[TableRow]:
    """Rows in the order of a column, numbers from the largest; in file order without one.  Headings have no place then."""
    if name is None:
        return rows
    column = COLUMNS[name]
    kept = [(row._replace(level=0), column.value(row, report)) for row in rows if not row.heading]
    if column.is_number:
        kept.sort(key=lambda pair: -float(pair[1] or 0))
    else:
        kept.sort(key=lambda pair: natural(str(pair[1] or "")))
    return [row for row, _ in kept]


def natural(text: str) -> list[tuple[int, int, str]]:
    """A key that sorts `conv10` behind `conv9`."""
    import re

    return [
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in re.split(r"(\d{1,18})", text)
        if part
    ]


def shapes(values: dict[str, Shape] | dict[str, Value]) -> str:
    """Named shapes in words: `3x224x224`, or `left 1x105x105, right 1x105x105`."""
    found = {
        name: value.shape if isinstance(value, Value) else value for name, value in values.items()
    }
    if len(found) == 1:
        return str(next(iter(found.values())))
    return ", ".join(f"{safe(name)} {shape}" for name, shape in found.items())


def is_folded(rows: Sequence[TableRow], network: Network) -> bool:
    """Whether some groups are closed that could be opened."""
    return len([row for row in rows if not row.heading]) < len(network.nodes)
