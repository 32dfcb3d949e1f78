"""The columns that a table of layers can have."""

from __future__ import annotations

from collections.abc import Sequence

from ...devices.deployment import Deployment
from ...devices.training_memory import Training
from ...engine.analysis import Analysis
from ...engine.measure import Measure
from ...named_tuple import NamedTuple
from ...network import Network
from ...quantities import QUANTITIES, folded
from ..order import sorted_positions
from ..values import Cell, Kind, kind_of
from . import cells
from .cells import CellOf
from .rows import TableRow


class Column(NamedTuple):
    """A column: `value` gives its cell in a row, in bytes, counts or a share of 1.

    `rank` is its importance in a narrow terminal; a text may be cut to `least`
    characters, a number never is.  `long` gives the cell where there is room for more, `plain` the
    one for machines, if they differ.
    """

    name: str
    title: str
    kind: Kind
    about: str
    value: CellOf
    rank: int = 1
    least: int = 0
    plain: CellOf | None = None
    long: CellOf | None = None

    def for_machines(self, row: TableRow, analysis: Analysis) -> Cell:
        return (self.plain or self.value)(row, analysis)

    @property
    def is_number(self) -> bool:
        return self.kind != "text"


def of_quantity(name: str, value: CellOf, plain: CellOf | None = None) -> Column:
    """The column of an entry of the table of quantities."""
    quantity = QUANTITIES[name]
    facts = quantity.title, kind_of(quantity), quantity.summary
    return Column(name, *facts, value, quantity.rank, plain=plain)


def of_cost(name: str) -> Column:
    """The column of a quantity that layers and groups have; for machines, what they add to it."""
    return of_quantity(name, cells.own(name), cells.added(name))


def of_own_cost(name: str) -> Column:
    """The column of a quantity as each row has it, for machines, too."""
    title = QUANTITIES[name].title
    about = f"the {title} of the row itself, which CSV has even where the total does not"
    return Column(f"own_{name}", f"own {title}", "count", about, cells.own(name))


def of_share(name: str, rank: int) -> Column:
    """The column of a quantity's share in the total."""
    about = f"the share of the network's {QUANTITIES[name].title}"
    value, plain = cells.share(name), cells.added_share(name)
    return Column(f"{name}_share", "share", "share", about, value, rank, plain=plain)


def of_measure(key: str, maker: str) -> tuple[Column, Column]:
    """The columns of a kind of measurement: its count and its share."""
    count, share = cells.measured(key), cells.measured_share(key)
    return (
        Column(f"{key}_count", "count", "count", f"the count of {maker}", count, 6),
        Column(f"{key}_share", "share", "share", f"the share of the count of {maker}", share, 3),
    )


def of_field(name: str, title: str, about: str, value: CellOf, rank: int) -> Column:
    return Column(name, title, "text", about, value, rank)


ALL = (
    Column("layer", "layer", "text", "the path of the layer or group", cells.path, 9, 12),
    Column(
        "type",
        "type",
        "text",
        "its type, with the arguments that matter",
        cells.label,
        4,
        14,
        cells.kind,
        cells.long_label,
    ),
    Column(
        "arguments", "arguments", "text", "all arguments, with defaults", cells.arguments, 2, 12
    ),
    Column(
        "class", "class", "text", "conv, dense, recurrent, attention, norm or other", cells.category
    ),
    Column("dtype", "dtype", "text", "the types of its weights and activations", cells.dtype, 2),
    Column("inputs", "inputs", "text", "the paths of its inputs", cells.inputs, 2, 12),
    Column("input", "input", "text", "the shapes of its inputs", cells.input_shapes, 5),
    Column("output", "output", "text", "the output shape", cells.output, 7),
    of_cost("params"),
    of_share("params", 2),
    of_quantity("trainable_params", cells.trainable_params, cells.added("trainable_params")),
    of_cost("buffers"),
    of_cost("macs"),
    of_share("macs", 3),
    *of_measure("convention", "the tool of --convention"),
    of_cost("flops"),
    of_quantity("weight_bytes", cells.weights_in_bytes, cells.added("weight_bytes")),
    of_quantity("flash_bytes", cells.flash_in_bytes, cells.added("flash_bytes")),
    *map(of_own_cost, ("params", "buffers", "macs", "flops")),
    of_quantity("activation_bytes", cells.activation_in_bytes),
    of_quantity("alive_bytes", cells.alive_bytes),
    of_quantity("saved_bytes", cells.saved_bytes),
    of_field(
        "receptive_field",
        "field",
        "the size of the receptive field; `all` if it is the whole input",
        cells.receptive_field(lambda axis: axis.pixels, "all"),
        4,
    ),
    of_field(
        "field_stride",
        "jump",
        "the stride of the receptive field",
        cells.receptive_field(lambda axis: axis.stride),
        3,
    ),
    of_field(
        "field_offset",
        "offset",
        "the center of the first receptive field",
        cells.receptive_field(lambda axis: axis.offset),
        3,
    ),
    Column(
        "intensity",
        "MACs/byte",
        "ratio",
        "MACs per byte of weights, inputs and outputs",
        cells.macs_per_byte,
        3,
    ),
    Column(
        "time",
        "at least",
        "seconds",
        "the minimum time on the device of --device, with the layers that run in the same operator",
        cells.least_time,
        4,
    ),
    Column(
        "bound",
        "bound",
        "text",
        "what limits that time: compute or memory",
        cells.limiter,
        3,
    ),
    Column("line", "line", "text", "the line in the file", cells.line),
    Column("notes", "notes", "text", "notes on the layer", cells.notes, 1, 12),
    Column("marks", "", "text", cells.ABOUT_MARKS, cells.marks, 5),
)
COLUMNS = {column.name: column for column in ALL}
TABLE = ("layer", "type", "output", "params", "params_share", "macs", "macs_share", "marks")
"""The default columns for people; those that are empty in every row are omitted."""
PLAIN = (
    "layer",
    "type",
    "arguments",
    "class",
    "output",
    "params",
    "buffers",
    "macs",
    "flops",
    "weight_bytes",
    "activation_bytes",
    "marks",
)
"""The default columns for machines."""
PAPER = ("layer", "type", "output", "params", "macs", "marks")
"""The default columns for a page of a paper, which is narrow."""
TIMED = ("time", "bound")
"""Further default columns with a device."""
TRAINED = ("saved_bytes",)
"""Further default columns with a training step."""
NEEDS = {
    **dict.fromkeys(TIMED, "--device NAME; cnncalc devices lists the names"),
    **dict.fromkeys(TRAINED, "--training"),
}
"""The options that further columns need."""
SHAPES = ("input", "output", "receptive_field", "field_stride", "field_offset", "line")
"""Columns whose texts are numbers: aligned right."""
SIZES = SHAPES[:-1]
"""Columns of shapes and sizes, sorted by their product."""


def columns_called(text: str) -> list[Column]:
    """The columns with a name or a title, whatever its case; `-` and spaces are the same as `_`."""
    key = folded(text)
    if key in COLUMNS:
        return [COLUMNS[key]]
    return [column for column in ALL if key in titles_of(column)]


def titles_of(column: Column) -> set[str]:
    """The printed titles of a column, in tables and among the totals."""
    titles = {column.title}
    if column.name in QUANTITIES:
        titles.add(QUANTITIES[column.name].words)
    return {folded(title) for title in titles if title}


def default_columns(form: str, keys: Sequence[str], further: Sequence[str]) -> tuple[str, ...]:
    """The default columns of a format, with measurements of some kinds, and further columns."""
    *columns, last = measured_columns(form, keys)
    return (*columns, *further, last)


def further_columns(has_device: bool, is_training: bool) -> tuple[str, ...]:
    """The columns that a device and a training step add."""
    return (*(TIMED if has_device else ()), *(TRAINED if is_training else ()))


def measured_columns(form: str, keys: Sequence[str]) -> tuple[str, ...]:
    """A measurement is inserted after the MACs for machines, and replaces them for people."""
    if form == "csv":
        index = PLAIN.index("macs") + 1
        return (*PLAIN[:index], *(f"{key}_count" for key in keys), *PLAIN[index:])
    columns = PAPER if form == "latex" else TABLE
    if not keys:
        return columns
    found: list[str] = []
    for name in columns:
        if name in ("macs", "macs_share"):
            continue
        if name == "marks":
            parts = ("count",) if form == "latex" else ("count", "share")
            found += [f"{key}_{part}" for key in keys for part in parts]
        found.append(name)
    return tuple(found)


def selected(names: Sequence[str], analysis: Analysis, form: str = "table") -> list[Column]:
    """The columns of the given names, or the default ones of a format."""
    keys = [measure.key for measure in analysis.measures]
    found = analysis.supplement(Deployment)
    has_device = found is not None and found.device is not None
    further = further_columns(has_device, analysis.supplement(Training) is not None)
    names = names or default_columns(form, keys, further)
    return [titled(COLUMNS[name], analysis) for name in names]


def titled(column: Column, analysis: Analysis) -> Column:
    """A column whose title is the name of the tool that measured it, if one did."""
    measure = measure_of(column, analysis)
    return column._replace(title=measure.name) if measure and column.kind == "count" else column


def measure_of(column: Column, analysis: Analysis) -> Measure | None:
    """The measurement that a column shows, if it shows one."""
    return analysis.measure(column.name.removesuffix("_count").removesuffix("_share"))


def whole_of(column: Column, analysis: Analysis) -> str:
    """The total that a column shows shares of."""
    measure = measure_of(column, analysis)
    return measure.unit if measure else QUANTITIES[column.name.removesuffix("_share")].title


def sorted_rows(
    rows: list[TableRow], analysis: Analysis, name: str | None, backwards: bool = False
) -> list[TableRow]:
    """Rows sorted by a column: numbers and sizes from the largest, texts from a to z.

    `backwards` reverses the order; headings are dropped.  Without a column, the rows in file order.
    """
    if name is None:
        return rows
    column = COLUMNS[name]
    kept = [row._replace(level=0) for row in rows if not row.heading]
    cells = [column.for_machines(row, analysis) for row in kept]
    order = sorted_positions(cells, column.is_number, name in SIZES, backwards)
    return [kept[position] for position in order]


def has_collapsed(rows: Sequence[TableRow], network: Network) -> bool:
    """Whether a group is collapsed that could be expanded."""
    return len([row for row in rows if not row.heading]) < len(network.nodes)
