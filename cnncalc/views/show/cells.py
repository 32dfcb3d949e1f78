"""The cells of a row: what each column shows of a layer or a group.

The row of an expanded group has the same numbers as if it was collapsed: its subtotals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...devices.deployment import Deployment
from ...devices.training_memory import Training
from ...engine.aggregation import peak_of, trainable
from ...engine.analysis import Analysis, LayerAnalysis
from ...engine.quantity_values import added_number, flash_number, network_number
from ...engine.traffic import inputs_of, intensity, output_bytes, weight_bytes
from ...escape import safe
from ...network import GROUPINGS
from ..values import Cell, Proportion
from .rows import TableRow

if TYPE_CHECKING:
    from ...devices.time_bound import OperatorTime
    from ...engine.receptive_field import AxisField

CellOf = Callable[[TableRow, Analysis], Cell]


# What it is


def path(row: TableRow, analysis: Analysis) -> str:
    return safe(row.path)


def label(row: TableRow, analysis: Analysis) -> str:
    """The layer or block with the arguments that matter: `conv 11x11 /4, 96`, `unit 64`."""
    return label_text(row, named=False)


def long_label(row: TableRow, analysis: Analysis) -> str:
    """The same with the names of the arguments of a block: `mbconv out 40, expand 6`."""
    return label_text(row, named=True)


def label_text(row: TableRow, named: bool) -> str:
    if isinstance(row.item, LayerAnalysis):
        layer = row.item.node.layer
        return safe(f"{layer.kind} {layer.label()}".rstrip())
    group = row.item.group
    if group.kind == "layers":
        layers = group.end - group.start
        return f"{layers} layer{'s' * (layers != 1)}"
    return group.kind if group.kind in GROUPINGS else safe(group.call(named=named))


def kind(row: TableRow, analysis: Analysis) -> str:
    if isinstance(row.item, LayerAnalysis):
        return safe(row.item.node.layer.kind)
    return safe(row.item.group.kind)


def arguments(row: TableRow, analysis: Analysis) -> str:
    from ...datum import argument_text

    if not isinstance(row.item, LayerAnalysis):
        return safe(", ".join(f"{one.name} {one.text}" for one in row.item.group.arguments))
    pairs = row.item.node.layer.arguments().items()
    return safe(", ".join(f"{name} {argument_text(value)}" for name, value in pairs))


def category(row: TableRow, analysis: Analysis) -> str:
    return row.item.node.layer.category if isinstance(row.item, LayerAnalysis) else ""


def dtype(row: TableRow, analysis: Analysis) -> str:
    """The data types of a layer; of a group, those that all its layers have."""
    found = {layer.node.dtype for layer in row.layers(analysis)}
    return found.pop().text if len(found) == 1 else ""


def line(row: TableRow, analysis: Analysis) -> str:
    item = row.item
    span = item.node.span if isinstance(item, LayerAnalysis) else item.group.span
    return str(span.line)


def notes(row: TableRow, analysis: Analysis) -> str:
    return safe("; ".join(row.item.notes)) if isinstance(row.item, LayerAnalysis) else ""


ABOUT_MARKS = "training only, frozen, shared weights, stated numbers"


def marks(row: TableRow, analysis: Analysis) -> str:
    """The marks of a row: training only, frozen, shared weights, or numbers that are stated."""
    layers = row.layers(analysis)
    found = []
    if not row.runs_at_inference(analysis):
        found.append("training only")
    weighted = [layer.node for layer in layers if layer.params]
    if weighted and not any(node.trainable for node in weighted):
        found.append("frozen")
    tags = {layer.node.shared for layer in layers if layer.shares}
    if len(tags) == 1 and None not in tags:
        found.append(f"shared {safe(str(*tags))}")
    if any(layer.node.layer.stated for layer in layers):
        found.append("stated" if isinstance(row.item, LayerAnalysis) else "partly stated")
    return ", ".join(found)


# Inputs and outputs


def inputs(row: TableRow, analysis: Analysis) -> str:
    values = inputs_of(row.item, analysis)
    return safe(", ".join(analysis.network.path_of(value) for value in values))


def input_shapes(row: TableRow, analysis: Analysis) -> str:
    return " + ".join(str(value.shape) for value in inputs_of(row.item, analysis))


def output(row: TableRow, analysis: Analysis) -> str:
    if isinstance(row.item, LayerAnalysis):
        return " + ".join(map(str, row.item.node.shapes))
    return " + ".join(str(value.shape) for value in row.item.group.outputs)


def receptive_field(text: Callable[[AxisField], object], whole: str | None = None) -> CellOf:
    """One number of the receptive field, per axis; of a group, that of its last layer.

    `whole` is the cell where every position sees the whole input.
    """

    def cell(row: TableRow, analysis: Analysis) -> Cell:
        layers = row.layers(analysis)
        if not layers:
            return None
        last = layers[-1]
        if last.receptive_field is None:
            return whole if last.sees_all else None
        return "x".join("all" if axis is None else str(text(axis)) for axis in last.receptive_field)

    return cell


# Numbers


def own(name: str) -> CellOf:
    """A number that layers and groups both have."""
    return lambda row, analysis: getattr(row.item, name)


def added(name: str) -> CellOf:
    """What a row adds to the network's total of a quantity."""
    return lambda row, analysis: sum([added_number(layer, name) for layer in row.layers(analysis)])


def trainable_params(row: TableRow, analysis: Analysis) -> Cell:
    return trainable(row.layers(analysis))


def weights_in_bytes(row: TableRow, analysis: Analysis) -> Cell:
    return weight_bytes(row.item, analysis)


def flash_in_bytes(row: TableRow, analysis: Analysis) -> Cell:
    return flash_number(row.layers(analysis), "flash_bytes")


def activation_in_bytes(row: TableRow, analysis: Analysis) -> Cell:
    return output_bytes(row.item, analysis)


def alive_bytes(row: TableRow, analysis: Analysis) -> Cell:
    return peak_of(row.layers(analysis))


def macs_per_byte(row: TableRow, analysis: Analysis) -> Cell:
    return intensity(row.item, analysis)


SHARED = "(shared)"


def share(name: str) -> CellOf:
    """The share of what a row adds to a total; for people, `(shared)` if an earlier row added it.

    None for layers that exist only in training.
    """
    plain = added_share(name)

    def cell(row: TableRow, analysis: Analysis) -> Cell:
        found = plain(row, analysis)
        return SHARED if isinstance(found, Proportion) and not found.part else found

    return cell


def added_share(name: str) -> CellOf:
    """The same for machines: 0 where an earlier row added it."""

    def cell(row: TableRow, analysis: Analysis) -> Cell:
        whole = network_number(analysis, name)
        if not getattr(row.item, name) or not whole or not row.runs_at_inference(analysis):
            return None
        return Proportion(sum([added_number(one, name) for one in row.layers(analysis)]), whole)

    return cell


def measured(key: str) -> CellOf:
    """The measurement of a kind, such as `convention`."""

    def cell(row: TableRow, analysis: Analysis) -> Cell:
        measure = analysis.measure(key)
        return row.measured(measure, analysis) if measure else None

    return cell


def measured_share(key: str) -> CellOf:
    """The share of that measurement in its total."""

    def cell(row: TableRow, analysis: Analysis) -> Cell:
        measure = analysis.measure(key)
        count = row.measured(measure, analysis) if measure else None
        return Proportion(count, measure.total) if count and measure and measure.total else None

    return cell


def least_time(row: TableRow, analysis: Analysis) -> Cell:
    """The minimum time on the device, in seconds; of a group, the sum."""
    times = times_of(row, analysis)
    return sum([one.seconds for one in times]) if times else None


def limiter(row: TableRow, analysis: Analysis) -> Cell:
    """What limits the time: of a group, what limits the larger part of it."""
    times = times_of(row, analysis)
    total = sum([one.seconds for one in times])
    if not total:
        return None
    compute = sum([one.seconds for one in times if one.bound == "compute"])
    return "compute" if 2 * compute >= total else "memory"


def times_of(row: TableRow, analysis: Analysis) -> list[OperatorTime]:
    found = analysis.supplement(Deployment)
    return row.times(found.bound, analysis) if found and found.bound else []


def saved_bytes(row: TableRow, analysis: Analysis) -> Cell:
    """What a training step keeps for the backward pass of the row."""
    found = analysis.supplement(Training)
    if found is None:
        return None
    saved = found.memory.saved
    return sum([saved.get(layer.node.path, 0) for layer in row.layers(analysis)])
