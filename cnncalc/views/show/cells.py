"""The cells of a row: what each column shows of a layer, of a collapsed group, or of a heading.

The heading of an expanded group has no numbers: its layers follow with theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...engine.aggregation import peak_of, trainable
from ...engine.analysis import Analysis, LayerAnalysis
from ...engine.quantity_values import network_number
from ...engine.traffic import inputs_of, intensity, output_bytes, weight_bytes
from ...escape import safe
from ...network import GROUPINGS
from ..values import Cell, Proportion
from .rows import TableRow

if TYPE_CHECKING:
    from ...engine.receptive_field import AxisField

CellOf = Callable[[TableRow, Analysis], Cell]


# What it is


def path(row: TableRow, analysis: Analysis) -> str:
    return safe(row.path)


def label(row: TableRow, analysis: Analysis) -> str:
    """The layer or block with the arguments that matter: `conv 11x11 /4, 96`."""
    if isinstance(row.item, LayerAnalysis):
        layer = row.item.node.layer
        return safe(f"{layer.kind} {layer.label()}".rstrip())
    group = row.item.group
    if group.kind == "layers":
        layers = group.end - group.start
        return f"{layers} layer{'s' * (layers != 1)}"
    if group.kind in GROUPINGS:
        return group.kind
    return safe(f"{group.kind} {group.arguments}".rstrip())


def kind(row: TableRow, analysis: Analysis) -> str:
    if isinstance(row.item, LayerAnalysis):
        return safe(row.item.node.layer.kind)
    return safe(row.item.group.kind)


def arguments(row: TableRow, analysis: Analysis) -> str:
    from ...datum import argument_text

    if not isinstance(row.item, LayerAnalysis):
        return safe(row.item.group.arguments)
    pairs = row.item.node.layer.arguments().items()
    return safe(", ".join(f"{name} {argument_text(value)}" for name, value in pairs))


def category(row: TableRow, analysis: Analysis) -> str:
    return row.item.node.layer.category if isinstance(row.item, LayerAnalysis) else ""


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
    if all(layer.node.training_only for layer in layers):
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
    return "" if row.heading else " + ".join(str(value.shape) for value in row.item.group.outputs)


def receptive_field(text: Callable[[AxisField], object]) -> CellOf:
    """One number of the receptive field, per axis; of a group, that of its last layer."""

    def cell(row: TableRow, analysis: Analysis) -> Cell:
        layers = row.layers(analysis)
        axes = layers[-1].receptive_field if layers and not row.heading else None
        return (
            "x".join("all" if axis is None else str(text(axis)) for axis in axes) if axes else None
        )

    return cell


# Numbers


def unless_heading(value: CellOf) -> CellOf:
    return lambda row, analysis: None if row.heading else value(row, analysis)


def attribute(name: str) -> CellOf:
    """A number that layers and groups both have."""
    return unless_heading(lambda row, analysis: getattr(row.item, name))


trainable_params = unless_heading(lambda row, analysis: trainable(row.layers(analysis)))
weights_in_bytes = unless_heading(lambda row, analysis: weight_bytes(row.item, analysis))
activation_in_bytes = unless_heading(lambda row, analysis: output_bytes(row.item, analysis))
alive_bytes = unless_heading(lambda row, analysis: peak_of(row.layers(analysis)))
macs_per_byte = unless_heading(lambda row, analysis: intensity(row.item, analysis))


def share(name: str) -> CellOf:
    """The share of a quantity in the network's; none for layers that exist only in training."""

    def cell(row: TableRow, analysis: Analysis) -> Cell:
        part = 0 if row.heading else getattr(row.item, name)
        whole = network_number(analysis, name)
        if not part or not whole or "training only" in marks(row, analysis):
            return None
        return Proportion(part, whole)

    return cell


def measured(key: str) -> CellOf:
    """The measurement of a kind, such as `convention`."""

    def cell(row: TableRow, analysis: Analysis) -> Cell:
        measure = analysis.measure(key)
        return row.measured(measure, analysis) if measure and not row.heading else None

    return cell


def measured_share(key: str) -> CellOf:
    """The share of that measurement in its total."""

    def cell(row: TableRow, analysis: Analysis) -> Cell:
        measure = analysis.measure(key)
        count = row.measured(measure, analysis) if measure and not row.heading else None
        return Proportion(count, measure.total) if count and measure and measure.total else None

    return cell
