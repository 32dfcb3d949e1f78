"""The contribution of each layer to the totals of its network."""

from __future__ import annotations

from ..engine.analysis import Analysis, LayerAnalysis
from ..network import trained_keys
from .comparison import Contribution


def contributions(analysis: Analysis) -> list[Contribution]:
    """One contribution per layer; they sum to the totals."""
    inference = [layer.node for layer in analysis.layers if not layer.node.training_only]
    trained = trained_keys(inference)
    used: set[str] = set()
    used_in_training: set[str] = set()
    found = []
    for layer in analysis.layers:
        node = layer.node
        params, buffers, weight_bytes = (0, 0, 0) if node.training_only else counted(layer, used)
        in_training = counted(layer, used_in_training)[0]
        frozen = not node.trainable if node.weight_key is None else node.weight_key not in trained
        found.append(
            Contribution(
                params,
                0 if frozen else params,
                buffers,
                0 if node.training_only else layer.macs,
                0 if node.training_only else layer.flops,
                weight_bytes,
                in_training - params,
                layer.macs if node.training_only else 0,
            )
        )
    return found


def counted(layer: LayerAnalysis, used: set[str]) -> tuple[int, int, int]:
    """The params, buffers and bytes of a layer; 0 if one before it has the same weights."""
    key = layer.node.weight_key
    if key is None:
        return layer.params, layer.buffers, layer.weight_bytes
    if key in used:
        return 0, 0, 0
    used.add(key)
    return layer.params, layer.buffers, layer.weight_bytes
