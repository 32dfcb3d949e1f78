"""The numbers of a network: asks each layer for its costs and adds them up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..layers.footprint import Footprints
from ..layers.layer import Layer
from ..network import BYTES, Network, Node
from ..shape import Shape
from .aggregation import breakdown, depth_of, group_analyses, stored, trainable
from .analysis import Analysis, Cost, LayerAnalysis, StatedTotals, Totals, TrainingTotals
from .input_layout import input_notes
from .liveness import activation_elements, live_elements
from .receptive_field import receptive_fields


def analyse(network: Network, batch: int = 1) -> Analysis:
    """Calculate all numbers of a network, for a batch of the given size."""
    layers = layer_analyses(network, batch)
    inference = [layer for layer in layers if not layer.node.training_only]
    return Analysis(
        network,
        batch,
        layers,
        group_analyses(network, layers),
        totals_of(network, inference, batch),
        training_totals_of(layers),
        breakdown(inference),
        stated=stated_totals_of(inference),
    )


def layer_analyses(network: Network, batch: int) -> tuple[LayerAnalysis, ...]:
    """The numbers of every layer, in file order."""
    costs, footprints = costs_and_footprints(network)
    fields, field_notes = receptive_fields(network, footprints)
    own_notes = {**field_notes, **input_notes(network)}
    width = BYTES[network.dtype] * batch
    memory = live_elements(network)
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
            output_elements(node) * width,
            None if live is None else live * width,
            field if field and any(field) else None,
            field is not None and not any(field),
            (*cost.notes, own_notes[index]) if index in own_notes else cost.notes,
            uses[node.weight_key] > 1 if node.weight_key else False,
            index in repeats,
            node.weight_key in trains if node.weight_key else node.trainable,
        )
        for index, (node, cost, field, live) in enumerate(
            zip(network.nodes, costs, fields, memory, strict=True)
        )
    )


def output_elements(node: Node) -> int:
    """The elements of all outputs of a node."""
    if node.outputs:
        return sum(shape.elements for shape in node.outputs)
    return node.shape.elements


def repeated_weights(network: Network) -> set[int]:
    """The nodes whose weights an earlier node at inference also has."""
    seen, found = set(), set()
    for index, node in enumerate(network.nodes):
        if node.weight_key and node.weight_key in seen:
            found.add(index)
        if not node.training_only:
            seen.add(node.weight_key)
    return found


def trained_weights(network: Network) -> set[str | None]:
    """The shared weights that a node at inference trains."""
    nodes = [node for node in network.nodes if not node.training_only]
    return {node.weight_key for node in nodes if node.trainable and node.weight_key}


def totals_of(network: Network, inference: Sequence[LayerAnalysis], batch: int) -> Totals:
    """The sums over the layers that run at inference."""
    # Of several layers with the same peak, `max` gives the first.
    peak = max(inference, key=lambda layer: layer.alive_bytes or 0, default=None)
    width = BYTES[network.dtype]
    inputs = sum(shape.elements for shape in network.inputs.values())
    params, buffers = stored(inference)
    return Totals(
        params=params,
        trainable_params=trainable(inference),
        buffers=buffers,
        macs=sum(layer.macs for layer in inference),
        flops=sum(layer.flops for layer in inference),
        weight_bytes=(params + buffers) * width,
        peak_bytes=(peak and peak.alive_bytes) or inputs * width * batch,
        peak_layer=peak.node.path if peak else "input",
        depth=depth_of(network, range(len(network.nodes)), training=False),
        activations=activation_elements(network) * batch,
    )


def stated_totals_of(inference: Sequence[LayerAnalysis]) -> StatedTotals | None:
    """The sums over the layers whose numbers are stated, shared weights counted once."""
    layers = [layer for layer in inference if layer.node.layer.stated]
    if not layers:
        return None
    macs, flops = sum(layer.macs for layer in layers), sum(layer.flops for layer in layers)
    return StatedTotals(len(layers), *stored(layers), macs, flops)


def training_totals_of(layers: Sequence[LayerAnalysis]) -> TrainingTotals:
    """The sums over all layers."""
    params, buffers = stored(layers)
    macs = sum(layer.macs for layer in layers)
    return TrainingTotals(params, trainable(layers), buffers, macs)


def costs_and_footprints(network: Network) -> tuple[list[Cost], list[Footprints]]:
    """The cost and the footprints of every node.

    Each is calculated once for equal layers: the parser also makes one instance of these.
    """
    known: dict[tuple[int, tuple[Shape, ...]], tuple[Cost, Footprints]] = {}
    costs, footprints = [], []
    for node in network.nodes:
        key = (id(node.layer), node.input_shapes)
        found = known.get(key)
        if found is None:
            footprint = node.layer.footprints(*node.input_shapes)
            found = known[key] = cost_of(node.layer, node.input_shapes), footprint
        costs.append(found[0])
        footprints.append(found[1])
    return costs, footprints


def cost_of(layer: Layer, inputs: tuple[Shape, ...]) -> Cost:
    """The cost of a layer, for one sample."""
    weights = layer.weights(*inputs)
    macs = layer.macs(*inputs)
    return Cost(
        weights,
        sum(shape.elements for shape in weights.values()),
        layer.buffers(*inputs),
        macs,
        2 * macs + layer.other_flops(*inputs),
        tuple(layer.notes(*inputs)),
    )
