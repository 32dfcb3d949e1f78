"""Networks in a form that those which calculate the same have in common.

Layers that do nothing are omitted, a sum of sums is one sum, a mean over all positions is global
pooling, zeros around an input are the padding of the window that reads them, and elements are moved
as late as possible.  Arguments of single layers are compared by `Layer.canonical`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ..engine.analysis import Analysis, LayerAnalysis
from ..layers.layer import Layer
from ..network import Network, Node, Value
from .global_means import with_global_pooling
from .late_moves import with_late_moves


def equivalent(analysis: Analysis) -> Analysis:
    """An analysis without groups in that form; its totals are unchanged."""
    plain = with_global_pooling(without_identities(analysis))
    late = without_unread_pads(with_late_moves(plain))
    return with_joined_sums(with_global_pooling(late))


def without_identities(analysis: Analysis) -> Analysis:
    """Without layers whose output is their input, unless all are.

    These are `identity`, a sum or `concat` of one operand, and dropout of nothing.
    """
    layers: list[LayerAnalysis | None] = []
    moved: dict[int, Value] = {}
    for index, layer in enumerate(analysis.layers):
        node = layer.node
        is_nothing = canonical_of(node).is_nothing(*node.input_shapes)
        layers.append(None if is_nothing else layer)
        if is_nothing:
            moved[index] = final(node.inputs[0], moved)
    return analysis if len(moved) == len(layers) else rebuilt(analysis, layers, moved)


def canonical_of(node: Node) -> Layer:
    return node.layer.canonical(*node.input_shapes)


def without_unread_pads(analysis: Analysis) -> Analysis:
    """A `pad` that nothing reads is none: the windows that read it have its padding."""
    uses = uses_of(analysis.network)
    layers: list[LayerAnalysis | None] = list(analysis.layers)
    for index, layer in reversed(list(enumerate(analysis.layers))):
        if layer.node.layer.kind == "pad" and not uses[index]:
            layers[index] = None
            uses.subtract([value.node for value in layer.node.inputs])
    return rebuilt(analysis, layers, {}) if None in layers else analysis


def with_joined_sums(analysis: Analysis) -> Analysis:
    """A sum that only another sum of the same shape reads is part of that."""
    uses = uses_of(analysis.network)
    layers: list[LayerAnalysis | None] = list(analysis.layers)
    for index, node in enumerate(analysis.network.nodes):
        for value in node.inputs if node.layer.kind == "add" else ():
            inner = layers[value.node] if value.node >= 0 else None
            outer = layers[index]
            if inner and outer and uses[value.node] == 1 and is_part(inner.node, node):
                layers[index] = joined(inner, outer, value)
                layers[value.node] = None
    return rebuilt(analysis, layers, {}) if None in layers else analysis


def uses_of(network: Network) -> Counter[int]:
    """How often the output of each layer is read, or is an output."""
    read = [value.node for node in network.nodes for value in node.inputs]
    return Counter([*read, *(value.node for value in network.outputs.values())])


def is_part(inner: Node, outer: Node) -> bool:
    """Whether one sum may be part of another: both are of values without numbers."""
    is_plain = inner.layer.kind == "add" and not inner.layer.arguments()
    return is_plain and inner.shape == outer.shape and inner.training_only == outer.training_only


def joined(inner: LayerAnalysis, outer: LayerAnalysis, value: Value) -> LayerAnalysis:
    """A sum with the operands of another one in place of its output."""
    node = outer.node
    place = node.inputs.index(value)
    inputs = (*node.inputs[:place], *inner.node.inputs, *node.inputs[place + 1 :])
    before, after = node.input_shapes[:place], node.input_shapes[place + 1 :]
    shapes = (*before, *inner.node.input_shapes, *after)
    return outer._replace(
        node=node._replace(inputs=inputs, input_shapes=shapes), flops=inner.flops + outer.flops
    )


def rebuilt(
    analysis: Analysis, layers: Sequence[LayerAnalysis | None], moved: Mapping[int, Value]
) -> Analysis:
    """An analysis of the layers that are left; `moved` has what others read in place of some."""
    kept = [index for index, layer in enumerate(layers) if layer is not None]
    numbers = {old: new for new, old in enumerate(kept)}

    def renumbered(value: Value) -> Value:
        found = final(value, moved)
        return found if found.node < 0 else found._replace(node=numbers[found.node])

    found = []
    for layer in filter(None, layers):
        inputs = tuple(map(renumbered, layer.node.inputs))
        found.append(layer._replace(node=layer.node._replace(inputs=inputs)))
    network = analysis.network
    outputs = {name: renumbered(value) for name, value in network.outputs.items()}
    nodes = tuple([layer.node for layer in found])
    network = network._replace(nodes=nodes, groups=(), outputs=outputs)
    return analysis._replace(network=network, layers=tuple(found), groups=())


def final(value: Value, moved: Mapping[int, Value]) -> Value:
    """What is read in place of a value."""
    return moved.get(value.node, value)
