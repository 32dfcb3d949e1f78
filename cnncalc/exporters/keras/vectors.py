"""Values that are maps of one position in the network, and vectors in Keras.

Keras pools a map to a vector, which the layers of a classifier take as it is.
"""

from __future__ import annotations

from ...network import Network, Node

POOLS = ("global_avgpool", "global_maxpool")
KEPT = (
    *("dropout", "identity", "bn", "relu", "relu6", "hardswish", "silu", "gelu", "tanh", "sigmoid"),
    *("layernorm",),
)
"""The layers of one input that take vectors as they take maps."""


def vectors_of(network: Network) -> frozenset[int]:
    """The nodes whose value may be a vector: all that read it take one."""
    readers: dict[int, list[int]] = {}
    for place, node in enumerate(network.nodes):
        for value in node.inputs:
            readers.setdefault(value.node, []).append(place)
    outputs = {value.node for value in network.outputs.values()}
    takers: set[int] = set()  # the nodes that take a vector
    for place in reversed(range(len(network.nodes))):
        node = network.nodes[place]
        all_take = place not in outputs and takers.issuperset(readers.get(place, ()))
        if is_end(node) or (keeps_axes(node) and all_take):
            takers.add(place)
    found: set[int] = set()
    for place, node in enumerate(network.nodes):
        is_free = place not in outputs and readers.get(place)
        starts = node.layer.kind in POOLS
        follows = keeps_axes(node) and node.inputs[0].node in found
        if (starts or follows) and is_free and takers.issuperset(readers[place]):
            found.add(place)
    return frozenset(found)


def keeps_axes(node: Node) -> bool:
    """Whether a layer takes a vector as it takes a map."""
    return node.layer.kind in KEPT and getattr(node.layer, "axis", (0,)) == (0,)


def is_end(node: Node) -> bool:
    """Whether a layer makes a vector of a map of one position."""
    if node.layer.kind == "flatten":
        return True
    return node.layer.kind == "linear" and getattr(node.layer, "axis", None) is None
