"""A Analysis as JSON, `cnncalc/show/1`: exact integers, receptive fields as exact fractions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from ...datum import Value as Datum
from ...engine.report import Analysis, GroupAnalysis, LayerAnalysis, Share

if TYPE_CHECKING:
    from ...engine.receptive_field import Number, ReceptiveField

SCHEMA = "cnncalc/show/1"
AT_ONCE = 100  # entries that are encoded in one call


def show_json(report: Analysis, totals_only: bool = False) -> Iterator[str]:
    """The lines of the document, a layer a line; the whole is one JSON object.  `totals_only` leaves layers and groups out."""
    network = report.network
    head = {
        "schema": SCHEMA,
        "name": network.name,
        "variant": network.variant,
        "file": network.file,
        "source": network.source,
        "year": network.year,
        "task": network.task,
        "dtype": network.dtype,
        "batch": report.batch,
        "inputs": network.inputs,
        "outputs": {name: value.shape for name, value in network.outputs.items()},
    }
    if report.recount:
        head["convention"] = {
            key: getattr(report.recount, key) for key in ("name", "version", "unit")
        }
    yield json.dumps(head)[:-1] + ","
    if not totals_only:
        yield from listed("layers", (layer_object(layer, report) for layer in report.layers))
        yield from listed("groups", (group_object(group, report) for group in report.groups))
    tail = {
        "totals": report.totals._asdict() | recounted_totals(report),
        "training_totals": report.training_totals._asdict(),
        "breakdown": [share_object(share) for share in report.breakdown],
    }
    yield json.dumps(tail)[1:]


def listed(key: str, entries: Iterator[dict[str, Any]]) -> Iterator[str]:
    """One key of the document whose value is a list, an entry a line."""
    yield f'"{key}": ['
    last = ""
    while some := list(islice(entries, AT_ONCE)):
        if last:
            yield last + ","
        *others, last = entry_lines(some)
        yield from others
    if last:
        yield last
    yield "],"


def entry_lines(entries: list[dict[str, Any]]) -> list[str]:
    """Entries with the commas between them.  One call encodes them all: a call each takes twice as long.

    Where an entry begins is known by its first key; inside a text the quotes would not stand alone.
    """
    return (
        json.dumps(entries, check_circular=False)[1:-1]
        .replace('}, {"path": ', '},\n{"path": ')
        .split("\n")
    )


def recounted_totals(report: Analysis) -> dict[str, int]:
    """What the tool of --convention finds of the whole, where one is asked."""
    return (
        {"convention_params": tool.params, "convention_count": tool.total}
        if (tool := report.recount)
        else {}
    )


def layer_object(layer: LayerAnalysis, report: Analysis) -> dict[str, Any]:
    node, network = layer.node, report.network
    found = {
        "path": node.path,
        "type": node.layer.kind,
        "class": node.layer.category,
        "line": node.span.line,
        "inputs": [network.path_of(value) for value in node.inputs],
        "input_shapes": node.input_shapes,
        "output_shape": node.shape,
        "arguments": node.layer.arguments(),
        "weights": layer.weights,
        "params": layer.params,
        "buffers": layer.buffers,
        "macs": layer.macs,
        "flops": layer.flops,
        "activation_bytes": layer.activation_bytes,
        "alive_bytes": layer.alive_bytes,
        "receptive_field": field_object(layer.receptive_field),
        "training_only": node.training_only,
        "trainable": node.trainable,
        "shared": node.shared,
        "notes": layer.notes,
    }
    if node.outputs:
        found["parts"] = node.outputs
    if report.recount:
        found["convention_count"] = report.recount.layers.get(node.path)
    return found


def group_object(found: GroupAnalysis, report: Analysis) -> dict[str, Any]:
    """A group holds the layers from `start` to before `end`, counted from 0."""
    group, network = found.group, report.network
    entry = {
        "path": group.path,
        "type": group.kind,
        "line": group.span.line,
        "depth": group.depth,
        "start": group.start,
        "end": group.end,
        "outputs": [network.path_of(value) for value in group.outputs],
        "output_shapes": [value.shape for value in group.outputs],
        "params": found.params,
        "buffers": found.buffers,
        "macs": found.macs,
        "flops": found.flops,
    }
    if tool := report.recount:
        inside = report.layers[group.start : group.end]
        entry["convention_count"] = sum(tool.layers.get(layer.node.path, 0) for layer in inside)
    return entry


def share_object(share: Share) -> dict[str, Any]:
    """A row of the breakdown."""
    return {
        "class": share.category,
        **{key: value for key, value in share._asdict().items() if key != "category"},
    }


def field_object(field: ReceptiveField | None) -> dict[str, list[Datum]] | None:
    if field is None:
        return None
    return {
        "size": [None if axis is None else whole_or_text(axis.size) for axis in field],
        "stride": [None if axis is None else str(axis.stride) for axis in field],
        "offset": [None if axis is None else str(axis.offset) for axis in field],
    }


def whole_or_text(number: Number) -> int | str:
    """A size is a whole number, but where something was upsampled."""
    return int(number) if number == int(number) else str(number)
