"""A Analysis as plain lines that git can compare: a layer a line, and no number that changes with what stands before it."""

from __future__ import annotations

from ...engine.analysis import Analysis
from ..text import safe
from .folds import layer_text


def layers_text(report: Analysis) -> str:
    """What each layer is, puts out and costs, and the totals."""
    network = report.network
    lines = [
        f"{safe(network.name)}: {', '.join(f'{safe(name)} {shape}' for name, shape in network.inputs.items())}"
    ]
    for layer in report.layers:
        node = layer.node
        words = f"{safe(node.path)}: {layer_text(node.layer)} -> {node.shape}"
        lines.append(f"{words}, {layer.params:,} params, {layer.macs:,} MACs")
    totals = report.totals
    lines.append(
        f"in all: {totals.params:,} params, {totals.macs:,} MACs, {totals.peak_bytes:,} B peak memory"
    )
    return "\n".join(lines) + "\n"
