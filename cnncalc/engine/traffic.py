"""Memory traffic: the bytes that a layer or a group moves, and its arithmetic intensity.

Both are of the whole batch, with every value in its `dtype`.
"""

from __future__ import annotations

from ..dtype import packed_bytes
from ..network import Value
from .aggregation import stored_bytes
from .analysis import Analysis, GroupAnalysis, LayerAnalysis

LayerOrGroup = LayerAnalysis | GroupAnalysis


def inputs_of(part: LayerOrGroup, analysis: Analysis) -> list[Value]:
    """The values that a layer reads; of a group, those that it reads and does not make."""
    if isinstance(part, LayerAnalysis):
        return list(part.node.inputs)
    start, end = part.group.start, part.group.end
    layers = analysis.layers[start:end]
    read = (value for layer in layers for value in layer.node.inputs if value.node < start)
    return list(dict.fromkeys(read))


def input_bytes(part: LayerOrGroup, analysis: Analysis) -> int:
    return bytes_of(inputs_of(part, analysis), analysis)


def output_bytes(part: LayerOrGroup, analysis: Analysis) -> int:
    if isinstance(part, LayerAnalysis):
        return part.activation_bytes
    return bytes_of(part.group.outputs, analysis)


def weight_bytes(part: LayerOrGroup, analysis: Analysis) -> int:
    """The params and buffers in bytes."""
    if isinstance(part, LayerAnalysis):
        return part.weight_bytes
    return stored_bytes(analysis.layers[part.group.start : part.group.end])


def bytes_moved(part: LayerOrGroup, analysis: Analysis) -> int:
    """The weights and inputs, read once each, and the outputs, written once."""
    moved = input_bytes(part, analysis) + output_bytes(part, analysis)
    return moved + weight_bytes(part, analysis)


def intensity(part: LayerOrGroup, analysis: Analysis) -> float | None:
    """The arithmetic intensity: MACs per byte moved; None without MACs.

    Source: Williams, Waterman and Patterson, Roofline, Communications of the ACM 52 (2009), there
    in FLOPs per byte of DRAM traffic.
    """
    return part.macs / bytes_moved(part, analysis) if part.macs else None


def bytes_of(values: list[Value] | tuple[Value, ...], analysis: Analysis) -> int:
    network = analysis.network
    sizes = [packed_bytes(value.shape.elements, network.dtype_of(value)) for value in values]
    return sum(sizes) * analysis.batch
