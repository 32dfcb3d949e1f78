"""The numbers of a network: asks each layer for its costs and adds them up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from math import prod
from typing import TypeVar

from ..datum import total
from ..dtype import BITS, DataTypes, packed_bytes
from ..layers.footprint import Footprints
from ..layers.layer import Layer
from ..named_tuple import make
from ..network import Network, Node, trained_keys
from ..shape import Shape
from .aggregation import (
    breakdown,
    group_analyses,
    stored,
    trainable,
)
from .analysis import (
    Analysis,
    Cost,
    CountedLayer,
    LayerAnalysis,
    StatedTotals,
    Totals,
    TrainingTotals,
)
from .connections import Connections
from .flash import NetworkFlash
from .input_layout import input_notes
from .liveness import elements_of, live_bytes
from .receptive_field import receptive_fields


def analyse(network: Network, batch: int = 1) -> Analysis:
    """Calculate all numbers of a network, for a batch of the given size."""
    flash, costs = NetworkFlash(network), costs_of(network, {})
    connections = Connections(network, costs)
    live = live_bytes(network, connections.lifetimes)
    layers = layer_analyses(network, batch, costs, flash, live)
    inference = [layers[index] for index in connections.inference]
    return Analysis(
        network,
        batch,
        layers,
        group_analyses(network, layers),
        totals_of(network, costs, batch, peak_of_layers(inference), connections),
        training_totals_of(layers),
        breakdown(inference),
        flash,
        stated=stated_totals_of(inference),
    )


def layer_analyses(
    network: Network,
    batch: int,
    costs: Sequence[Cost],
    flash: NetworkFlash,
    memory: Sequence[int | None],
) -> tuple[LayerAnalysis, ...]:
    """The numbers of every layer, in file order; `memory` are the bytes that are live at each."""
    fields, field_notes = receptive_fields(network, footprints_of(network))
    other_notes = {**field_notes, **input_notes(network)}
    own_notes = rule_results(network, lambda layer, inputs: tuple(layer.notes(*inputs)))
    uses = Counter(node.weight_key for node in network.nodes if node.weight_key)
    repeats, trains = repeated_weights(network), trained_weights(network)
    return tuple(
        LayerAnalysis(
            node,
            cost.weights,
            cost.params,
            cost.buffers,
            cost.macs * batch,
            cost.flops * batch,
            cost.weight_bytes,
            output_bytes(node) * batch,
            None if live is None else live * batch,
            field if field and any(field) else None,
            field is not None and not any(field),
            (*notes, other_notes[index]) if index in other_notes else notes,
            uses[node.weight_key] > 1 if node.weight_key else False,
            index in repeats,
            node.weight_key in trains if node.weight_key else node.trainable,
            index,
            flash,
        )
        for index, (node, cost, notes, field, live) in enumerate(
            zip(network.nodes, costs, own_notes, fields, memory, strict=True)
        )
    )


def output_bytes(node: Node) -> int:
    """The bytes of all outputs of a node, for one sample."""
    dtype = node.dtype.activations
    if not node.outputs:
        return packed_bytes(node.shape.elements, dtype)
    return sum([packed_bytes(shape.elements, dtype) for shape in node.outputs])


def repeated_weights(network: Network) -> set[int]:
    """The nodes whose weights an earlier node at inference also has."""
    seen, found = set(), set()
    for index, node in enumerate(network.nodes):
        if node.weight_key and node.weight_key in seen:
            found.add(index)
        if not node.training_only:
            seen.add(node.weight_key)
    return found


def trained_weights(network: Network) -> set[str]:
    """The shared weights that a node at inference trains."""
    return trained_keys([node for node in network.nodes if not node.training_only])


def peak_of_layers(inference: Sequence[LayerAnalysis]) -> tuple[int, str]:
    """The most bytes that are live at a layer, and the path of the first one with so many."""
    # Of several layers with the same peak, `max` gives the first.
    peak = max(inference, key=lambda layer: layer.alive_bytes or 0, default=None)
    return (peak.alive_bytes or 0, peak.node.path) if peak else (0, "input")


def totals_of(
    network: Network,
    costs: Sequence[Cost],
    batch: int,
    peak: tuple[int, str],
    connections: Connections,
) -> Totals:
    """The sums over the layers that run at inference.

    `peak` is the most bytes that are live at a layer, and its path.
    """
    dtype = network.types.activations
    inputs = total(packed_bytes(shape.elements, dtype) for shape in network.inputs.values())
    inference = selected(costs, connections.inference)
    distinct = selected(inference, connections.distinct)
    peak_bytes, peak_layer = peak
    return Totals(
        params=total([cost.params for cost in distinct]),
        trainable_params=total([inference[index].params for index in connections.trained]),
        buffers=total([cost.buffers for cost in distinct]),
        macs=total([cost.macs for cost in inference]) * batch,
        flops=total([cost.flops for cost in inference]) * batch,
        weight_bytes=total([cost.weight_bytes for cost in distinct]),
        peak_bytes=peak_bytes or inputs * batch,
        peak_layer=peak_layer,
        depth=connections.depth,
        activations=elements_of(network, connections.values) * batch,
    )


def selected(costs: Sequence[Cost], positions: Sequence[int]) -> Sequence[Cost]:
    """The costs at some positions, which are often all of them."""
    is_all = len(positions) == len(costs)
    return costs if is_all else [costs[position] for position in positions]


def stated_totals_of(inference: Sequence[LayerAnalysis]) -> StatedTotals | None:
    """The sums over the layers whose numbers are stated, shared weights counted once."""
    layers = [layer for layer in inference if layer.node.layer.stated]
    if not layers:
        return None
    macs, flops = sum(layer.macs for layer in layers), sum(layer.flops for layer in layers)
    return StatedTotals(len(layers), *stored(layers), macs, flops)


def training_totals_of(layers: Sequence[CountedLayer]) -> TrainingTotals:
    """The sums over all layers."""
    params, buffers = stored(layers)
    macs = total(layer.macs for layer in layers)
    return TrainingTotals(params, trainable(layers), buffers, macs)


Costs = dict[tuple[int, tuple[Shape, ...], DataTypes], Cost]
"""The cost of layers by identity, input shapes and types; the layers must be kept as long."""


def costs_of(network: Network, known: Costs) -> list[Cost]:
    """The cost of every node; those that are not known are added.

    Each is calculated once for equal layers: the parser also makes one instance of these.
    """
    costs = []
    for node in network.nodes:
        key = (id(node.layer), node.input_shapes, node.dtype)
        found = known.get(key)
        if found is None:
            found = known[key] = cost_of(node)
        costs.append(found)
    return costs


def footprints_of(network: Network) -> list[Footprints]:
    """The footprints of every node."""
    return rule_results(network, lambda layer, inputs: layer.footprints(*inputs))


R = TypeVar("R")


def rule_results(network: Network, rule: Callable[[Layer, tuple[Shape, ...]], R]) -> list[R]:
    """What a rule of layers gives for every node, calculated once for equal layers."""
    known: dict[tuple[int, tuple[Shape, ...]], R] = {}
    results = []
    for node in network.nodes:
        key = (id(node.layer), node.input_shapes)
        found = known.get(key)
        if found is None:
            found = known[key] = rule(node.layer, node.input_shapes)
        results.append(found)
    return results


def cost_of(node: Node) -> Cost:
    """The cost of a layer, for one sample."""
    layer, inputs = node.layer, node.input_shapes
    weights, buffers = layer.weights(*inputs), layer.buffers(*inputs)
    params = sum(map(prod, weights.values()))
    macs = layer.macs(*inputs)
    flops = 2 * macs + layer.other_flops(*inputs)
    size, is_in_place = weight_bytes(node, params + buffers), layer.is_in_place(*inputs)
    return make(Cost, (weights, params, buffers, macs, flops, size, is_in_place))


def weight_bytes(node: Node, elements: int) -> int:
    """The bytes of the params and buffers of a node, which are so many elements in all.

    Each tensor is rounded up to whole bytes.
    """
    dtype = node.dtype.weights
    if BITS[dtype] % 8 == 0:
        return packed_bytes(elements, dtype)
    return sum([packed_bytes(size, dtype) for size in stored_sizes(node.layer, node.input_shapes)])


def stored_sizes(layer: Layer, inputs: tuple[Shape, ...]) -> list[int]:
    """The elements of each tensor of a layer, learned or not."""
    weights = [shape.elements for shape in layer.weights(*inputs).values()]
    return weights + [term.result for term in layer.buffer_terms(*inputs).values()]
