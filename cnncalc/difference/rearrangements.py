"""Chains of layers that only move elements, in one form for each movement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ..engine.analysis import Analysis, LayerAnalysis
from ..importers.compositions import MOVING, Composition, moves, whole
from ..layers import layer_class
from ..layers.layer import Layer
from ..named_tuple import NamedTuple
from ..network import Network, Node, Value
from ..shape import Shape

ELEMENTWISE = frozenset(("add", "sub", "mul", "div", "max"))


class MoveChain(NamedTuple):
    """Layers one after the other: the value before, and the axes after them."""

    start: Value
    composition: Composition


def with_plain_moves(analysis: Analysis) -> Analysis:
    """An analysis in which such a chain is a reshape, a permute and a reshape, at most.

    In a chain, only the next layer reads each layer.  A vector and a map of one position are joined
    with a larger map in the same way, so that neither becomes the other for that.
    """
    network = analysis.network
    chains, inner = chains_of(network)
    if not chains:
        return analysis
    readers = readers_of(network)
    layers: list[LayerAnalysis] = []
    places: dict[int, Value] = {}
    for index, layer in enumerate(analysis.layers):
        if index in inner:
            continue
        chain = chains.get(index)
        if chain is None:
            made = [with_inputs(layer.node, places)]
        elif is_one_position(chain, layer.node.shape, readers.get(index, ())):
            made = []
        else:
            made = list(
                moved_nodes(layer.node, renumbered(chain.start, places), chain, len(layers))
            )
        layers += [layer._replace(node=node) for node in made]
        last = Value(len(layers) - 1, None, layer.node.shape)
        places[index] = last if made or chain is None else renumbered(chain.start, places)
    outputs = {name: renumbered(value, places) for name, value in network.outputs.items()}
    nodes = tuple([layer.node for layer in layers])
    network = network._replace(nodes=nodes, groups=(), outputs=outputs)
    return analysis._replace(network=network, layers=tuple(layers), groups=())


def chains_of(network: Network) -> tuple[dict[int, MoveChain], set[int]]:
    """The chains by their last layers, and the layers inside of them."""
    uses = Counter(value.node for node in network.nodes for value in node.inputs)
    uses.update(value.node for value in network.outputs.values())
    chains: dict[int, MoveChain] = {}
    inner: set[int] = set()
    for index, node in enumerate(network.nodes):
        if node.layer.kind not in MOVING:
            continue
        [value] = node.inputs
        before = chains.get(value.node) if uses[value.node] == 1 else None
        if before is not None and network.nodes[value.node].training_only == node.training_only:
            found = after(node, before.composition)
            if found is not None:
                chains[index] = MoveChain(before.start, found)
                inner.add(value.node)
                del chains[value.node]
                continue
        found = after(node, whole(value.shape))
        if found is not None:
            chains[index] = MoveChain(value, found)
    return chains, inner


def after(node: Node, composition: Composition) -> Composition | None:
    """The axes after a layer; None if they are not parts of those before the chain."""
    if node.layer.kind == "permute":
        return composition.permuted(node.layer.arguments()["order"])
    return composition.reshaped(node.shape)


def readers_of(network: Network) -> dict[int, list[Node | None]]:
    """The layers that read each layer; None is an output of the network."""
    found: dict[int, list[Node | None]] = {}
    for node in network.nodes:
        for value in node.inputs:
            found.setdefault(value.node, []).append(node)
    for value in network.outputs.values():
        found.setdefault(value.node, []).append(None)
    return found


def is_one_position(chain: MoveChain, shape: Shape, readers: Sequence[Node | None]) -> bool:
    """Whether a vector becomes a map of one position, or is made of one, for joins with maps."""
    start = chain.start.shape
    if 1 not in (len(start), len(shape)) or not start[0] == shape[0] == start.elements:
        return False
    return all(
        node is not None
        and node.layer.kind in ELEMENTWISE
        and any(len(one) > 1 and one.elements > shape.elements for one in node.input_shapes)
        for node in readers
    )


def moved_nodes(node: Node, value: Value, chain: MoveChain, number: int) -> Iterator[Node]:
    """The layers of a chain, of which the first has a number."""
    for kind, argument, sizes in moves(value.shape, chain.composition.axes):
        shape = Shape(sizes)
        layer = layer_class("permute")(order=argument) if kind == "permute" else to(shape, value)
        yield node._replace(layer=layer, inputs=(value,), input_shapes=(value.shape,), shape=shape)
        value = Value(number, None, shape)
        number += 1


def to(shape: Shape, value: Value) -> Layer:
    """The layer for other sizes that files have most."""
    if len(shape) == 1:
        return layer_class("flatten")()
    if len(shape) == 2 and len(value.shape) in (3, 4) and shape[0] == value.shape[0]:
        return layer_class("tokens")()
    return layer_class("reshape")(shape=tuple(shape))


def with_inputs(node: Node, places: Mapping[int, Value]) -> Node:
    inputs = tuple([renumbered(value, places) for value in node.inputs])
    return node._replace(inputs=inputs, input_shapes=tuple([value.shape for value in inputs]))


def renumbered(value: Value, places: Mapping[int, Value]) -> Value:
    """What is read in place of a value: a part of a layer stays that part."""
    if value.node < 0:
        return value
    place = places[value.node]
    return place if value.part is None else place._replace(part=value.part, shape=value.shape)
