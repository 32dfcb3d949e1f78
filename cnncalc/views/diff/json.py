"""Differences as JSON, `cnncalc/diff/1`: every layer of both networks, with exact integers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...difference.comparison import Comparison, Contribution, Entry
from ...engine.analysis import Analysis
from .totals import field

SCHEMA = "cnncalc/diff/1"
NUMBERS = (
    "params",
    "trainable_params",
    "buffers",
    "macs",
    "flops",
    "weight_bytes",
    "peak_bytes",
    "depth",
)


def diff_json(differences: Sequence[Comparison]) -> Iterator[str]:
    """The lines of the document, a layer a line; the whole is one JSON object."""
    yield f'{{"schema": "{SCHEMA}", "differences": ['
    for place, difference in enumerate(differences):
        yield from ("," if place else "",) if place else ()
        yield from lines(difference)
    yield "]}"


def lines(difference: Comparison) -> Iterator[str]:
    before, after = difference.before, difference.after
    head = {
        "equal": difference.is_empty,
        "calculates_the_same": difference.calculates_the_same,
        "before": network_object(before),
        "after": network_object(after),
        "delta": delta_object(before, after),
        "said": {
            part: [change._asdict() for change in changes]
            for part, changes in difference.said.items()
        },
    }
    yield json.dumps(head)[:-1] + ","
    entries = list(difference.everything())
    groups = [group_object(entry) for entry in entries if not entry.is_layer and entry.what]
    yield f'"groups": {json.dumps(groups)},'
    yield '"layers": ['
    layers = [json.dumps(layer_object(entry)) for entry in entries if entry.is_layer]
    yield from (f"{line}," for line in layers[:-1])
    yield from layers[-1:]
    yield "]}"


def network_object(report: Analysis) -> dict[str, Any] | None:
    """What is to be known of one side; None where there is no network."""
    network = report.network
    if not network.nodes:
        return None
    return {
        "name": network.name,
        "variant": network.variant,
        "file": network.file,
        "dtype": network.dtype,
        "batch": report.batch,
        "inputs": network.inputs,
        "outputs": {name: value.shape for name, value in network.outputs.items()},
        "receptive_field": field(report),
        "totals": report.totals._asdict(),
        "training_totals": report.training_totals._asdict(),
        "breakdown": {
            share.class_: {"layers": share.layers, "params": share.params, "macs": share.macs}
            for share in report.breakdown
        },
    }


def delta_object(before: Analysis, after: Analysis) -> Mapping[str, int]:
    found = {name: getattr(after.totals, name) - getattr(before.totals, name) for name in NUMBERS}
    return found | {
        f"training_{name}": getattr(after.training_totals, name)
        - getattr(before.training_totals, name)
        for name in ("params", "macs")
    }


def group_object(entry: Entry) -> dict[str, Any]:
    """A group of which there is something to tell by itself."""
    return {**entry_object(entry), "around": entry.around}


def layer_object(entry: Entry) -> dict[str, Any]:
    return entry_object(entry)


def entry_object(entry: Entry) -> dict[str, Any]:
    """`path` is that in the later network, `path_before` that in the earlier; None where it is not there."""
    kinds = [None if thing is None else kind(thing) for thing in (entry.before, entry.after)]
    return {
        "path": entry.path or None,
        "path_before": entry.path_before or None,
        "type": kinds[1] or kinds[0],
        "what": entry.what or ["same"],
        "changes": [change._asdict() for change in entry.changes],
        "delta": amounts_object(entry.delta),
    }


def kind(thing: Any) -> str:
    return str(thing.node.layer.kind if hasattr(thing, "node") else thing.kind)


def amounts_object(amounts: Contribution) -> dict[str, int]:
    """What is none is left out."""
    return {name: number for name, number in amounts._asdict().items() if number}
