"""An analysis as lines for git's textconv: one per layer, without numbers that may shift."""

from __future__ import annotations

from ...engine.analysis import Analysis
from ...escape import safe
from .phrases import layer_text


def layers_text(analysis: Analysis) -> str:
    """The type, output shape and cost of each layer, and the totals."""
    network, totals = analysis.network, analysis.totals
    inputs = ", ".join(f"{safe(name)} {shape}" for name, shape in network.inputs.items())
    lines = [f"{safe(network.name)}: {inputs}"]
    for layer in analysis.layers:
        node = layer.node
        what = f"{safe(node.path)}: {layer_text(node.layer)} -> {node.shape}"
        lines.append(f"{what}, {layer.params:,} params, {layer.macs:,} MACs")
    costs = f"{totals.params:,} params, {totals.macs:,} MACs"
    lines.append(f"total: {costs}, {totals.peak_bytes:,} B peak memory")
    return "\n".join(lines) + "\n"
