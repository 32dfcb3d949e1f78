"""The numbers of a network: asks each layer for its costs and adds them up."""

from __future__ import annotations

from collections import Counter

from ..layers.layer import Footprints, Layer
from ..network import BYTES, Network
from ..shape import Shape
from .aggregation import breakdown, depth_of, group_reports, stored, trainable
from .liveness import live_elements
from .receptive_field import receptive_fields
from .report import Analysis, Cost, LayerAnalysis, Totals, TrainingTotals


def cost_of(layer: Layer, inputs: tuple[Shape, ...]) -> Cost:
    """What a layer costs, for one sample."""
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


def analyse(network: Network, batch: int = 1) -> Analysis:
    """All numbers of a network, for a batch of so many samples."""
    costs, footprints = costs_and_footprints(network)
    fields, field_notes = receptive_fields(network, footprints)
    width = BYTES[network.dtype] * batch
    memory = live_elements(network)
    uses = Counter(node.weight_key for node in network.nodes if node.weight_key)
    layers = tuple(
        LayerAnalysis(
            node,
            cost.weights,
            cost.params,
            cost.buffers,
            cost.macs * batch,
            cost.flops * batch,
            node.shape.elements * width,
            None if held is None else held * width,
            field if field and any(field) else None,
            (*cost.notes, field_notes[index]) if index in field_notes else cost.notes,
            uses[node.weight_key] > 1 if node.weight_key else False,
        )
        for index, (node, cost, field, held) in enumerate(
            zip(network.nodes, costs, fields, memory, strict=True)
        )
    )
    inference = [layer for layer in layers if not layer.node.training_only]
    highest = max(
        inference, key=lambda layer: layer.alive_bytes or 0, default=None
    )  # the first of those that have the most
    entering = sum(shape.elements for shape in network.inputs.values())
    params, buffers = stored(inference)
    totals = Totals(
        params=params,
        trainable_params=trainable(inference),
        buffers=buffers,
        macs=sum(layer.macs for layer in inference),
        flops=sum(layer.flops for layer in inference),
        weight_bytes=(params + buffers) * BYTES[network.dtype],
        peak_bytes=(highest and highest.alive_bytes) or entering * width,
        peak_layer=highest.node.path if highest else "input",
        depth=depth_of(network, range(len(network.nodes)), training=False),
    )
    params, buffers = stored(layers)
    training = TrainingTotals(
        params, trainable(layers), buffers, sum(layer.macs for layer in layers)
    )
    return Analysis(
        network,
        batch,
        layers,
        group_reports(network, layers),
        totals,
        training,
        breakdown(inference),
    )


def costs_and_footprints(network: Network) -> tuple[list[Cost], list[Footprints]]:
    """The cost and the views of every node, calculated once for like layers (the parser makes these once, too)."""
    known: dict[tuple[int, tuple[Shape, ...]], tuple[Cost, Footprints]] = {}
    costs, footprints = [], []
    for node in network.nodes:
        key = (id(node.layer), node.input_shapes)
        found = known.get(key)
        if found is None:
            found = known[key] = (
                cost_of(node.layer, node.input_shapes),
                node.layer.footprints(*node.input_shapes),
            )
        costs.append(found[0])
        footprints.append(found[1])
    return costs, footprints
