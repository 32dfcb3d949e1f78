"""Means and maxima over all positions as global pooling, which calculates the same."""

from __future__ import annotations

from ..engine.analysis import Analysis, LayerAnalysis
from ..layers import layer_class
from ..network import Node, Value
from ..shape import Shape

POOLING = {"reduce_mean": "global_avgpool", "reduce_max": "global_maxpool"}


def with_global_pooling(analysis: Analysis) -> Analysis:
    """An analysis in which a mean over all positions is `global_avgpool`, a maximum likewise.

    One that drops their axes has a `flatten` after it.
    """
    network = analysis.network
    if not any(is_global(node) for node in network.nodes):
        return analysis
    layers: list[LayerAnalysis] = []
    last: list[int] = []  # the new number of each layer, or of the last one in its place

    def renumbered(value: Value) -> Value:
        return value if value.node < 0 else value._replace(node=last[value.node])

    for layer in analysis.layers:
        inputs = tuple(map(renumbered, layer.node.inputs))
        moved = layer._replace(node=layer.node._replace(inputs=inputs))
        layers += pooled(moved, len(layers)) if is_global(layer.node) else [moved]
        last.append(len(layers) - 1)
    outputs = {name: renumbered(value) for name, value in network.outputs.items()}
    nodes = tuple([layer.node for layer in layers])
    network = network._replace(nodes=nodes, groups=(), outputs=outputs)
    return analysis._replace(network=network, layers=tuple(layers), groups=())


def is_global(node: Node) -> bool:
    """Whether a layer is a mean or a maximum over all positions of a map."""
    if node.layer.kind not in POOLING:
        return False
    axes = sorted(node.layer.arguments()["axis"])
    return bool(axes) and axes == list(range(1, len(node.input_shapes[0])))


def pooled(layer: LayerAnalysis, index: int) -> list[LayerAnalysis]:
    """The global pooling that such a layer is, at its position, and the `flatten` after it."""
    node = layer.node
    [x] = node.input_shapes
    small = Shape((x.channels, *(1 for _ in x.spatial)))
    pooling = node._replace(layer=layer_class(POOLING[node.layer.kind])(), shape=small)
    if node.shape == small:
        return [layer._replace(node=pooling)]
    flatten = node._replace(
        layer=layer_class("flatten")(), inputs=(Value(index, None, small),), input_shapes=(small,)
    )
    return [layer._replace(node=pooling), layer._replace(node=flatten, flops=0)]
