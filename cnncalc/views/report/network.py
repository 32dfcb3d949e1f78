"""One network as data of the page: the document of `cnncalc show`, and data for the page only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...documents.show import report_object
from ...documents.show_parts import field_object, group_object, group_report
from ...engine.aggregation import peak_of, stored
from ...engine.analysis import Analysis, LayerAnalysis
from ...engine.liveness import lifetimes
from ...engine.traffic import output_bytes
from ...network import Network, Value
from ...problem import Problem
from ..palette import color_class
from ..show.cells import label, marks
from ..show.rows import TableRow, comfortable_depth
from ..show.summary import notes, sentence, totals
from .containers import Container, containers
from .device import device_object
from .explanation import explanations


def network_object(
    analysis: Analysis,
    lines: Sequence[str],
    broken: Sequence[Problem] = (),
    *,
    is_explained: bool = True,
) -> dict[str, Any]:
    """A network, the `lines` of its file, and the expectations that it does not meet (`broken`).

    Layers are referred to by their index in `show`, input k by -1 - k.  Without the explanations,
    which take the most time, the data is that of a network whose layers have none.
    """
    network = analysis.network
    texts, own = explanations(analysis) if is_explained else ([], [[] for _ in analysis.layers])
    return {
        "show": report_object(analysis),
        "layers": [
            layer_object(layer, analysis, entries)
            for layer, entries in zip(analysis.layers, own, strict=True)
        ],
        "containers": [container_object(container, analysis) for container in containers(analysis)],
        "outputs": [output_object(name, value, network) for name, value in network.outputs.items()],
        "values": [
            [value.node, value.part, value.first, value.last, value.bytes * analysis.batch]
            for value in lifetimes(network)
        ],
        "depth": comfortable_depth(analysis),
        "totals": [
            {
                "title": short.title,
                "amount": short.amount,
                "exact": exact.amount,
                "remark": short.remark,
            }
            for short, exact in zip(totals(analysis, False), totals(analysis, True), strict=True)
        ],
        "sentence": sentence(analysis),
        "notes": notes(analysis, [TableRow(layer) for layer in analysis.layers], broken),
        "explanations": texts,
        "lines": lines[:-1] if lines and not lines[-1] else lines,
        **device_object(analysis),
    }


def layer_object(
    layer: LayerAnalysis, analysis: Analysis, explanation: list[int]
) -> dict[str, Any]:
    """Data of a layer for the page, other than its numbers.

    `span` is its first and last line in the file, `explanation` its indices in `explanations`.
    """
    row, node = TableRow(layer), layer.node
    return {
        "label": label(row, analysis),
        "look": color_class(node.layer),
        "marks": marks(row, analysis),
        "reads": [[value.node, value.part or 0] for value in node.inputs],
        "span": [node.span.line, node.span.end_line],
        "explanation": explanation,
    }


def container_object(container: Container, analysis: Analysis) -> dict[str, Any]:
    """A group as in `show`, or a run with the same numbers."""
    layers = analysis.layers[container.start : container.end]
    found: dict[str, Any] = {
        "level": container.level,
        "alive_bytes": peak_of(layers),
        "receptive_field": field_object(layers[-1].receptive_field),
    }
    if container.group is None:
        return found | run_object(container, layers)
    row = TableRow(container.group)
    found["activation_bytes"] = output_bytes(container.group, analysis)
    span = container.group.group.span
    more = {
        "label": label(row, analysis),
        "marks": marks(row, analysis),
        "span": [span.line, span.end_line],
    }
    return found | group_object(group_report(container.group, analysis)) | more


def run_object(container: Container, layers: Sequence[LayerAnalysis]) -> dict[str, Any]:
    params, buffers = stored(layers)
    return {
        "path": f"{layers[0].node.path} … {layers[-1].node.path}",
        "type": "run",
        "label": f"{len(layers)} layers",
        "marks": "",
        "start": container.start,
        "end": container.end,
        "output_shapes": [layers[-1].node.shape],
        "params": params,
        "buffers": buffers,
        "macs": sum(layer.macs for layer in layers),
        "flops": sum(layer.flops for layer in layers),
    }


def output_object(name: str, value: Value, network: Network) -> dict[str, Any]:
    training = name in network.training_outputs
    return {
        "name": name,
        "node": value.node,
        "part": value.part or 0,
        "shape": value.shape,
        "training_only": training,
    }
