"""A Network -> a Report: asks each layer for its costs and puts them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

from ..layers.layer import Category, Layer, Views
from ..network import BYTES, Network
from ..shape import Shape
from .liveness import alive
from .receptive_field import receptive_fields
from .report import Cost, GroupReport, LayerReport, Report, Share, Totals, TrainingTotals

CATEGORIES: tuple[Category, ...] = ("conv", "dense", "recurrent", "attention", "norm", "other")


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
        tuple(layer.remarks(*inputs)),
    )


def analyse(network: Network, batch: int = 1) -> Report:
    """All numbers of a network, for a batch of so many samples."""
    costs, views = costs_and_views(network)
    fields, field_notes = receptive_fields(network, views)
    width = BYTES[network.dtype] * batch
    memory = alive(network)
    uses = Counter(node.weight_key for node in network.nodes if node.weight_key)
    layers = tuple(
        LayerReport(
            node,
            cost.weights,
            cost.params,
            cost.buffers,
            cost.macs * batch,
            cost.flops * batch,
            node.shape.elements * width,
            None if held is None else held * width,
            field if field and any(field) else None,
            (*cost.remarks, field_notes[index]) if index in field_notes else cost.remarks,
            uses[node.weight_key] > 1 if node.weight_key else False,
        )
        for index, (node, cost, field, held) in enumerate(zip(network.nodes, costs, fields, memory, strict=True))
    )
    inference = [layer for layer in layers if not layer.node.training_only]
    highest = max(inference, key=lambda layer: layer.alive_bytes or 0, default=None)  # the first of those that have the most
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
    training = TrainingTotals(params, trainable(layers), buffers, sum(layer.macs for layer in layers))
    return Report(network, batch, layers, group_reports(network, layers), totals, training, breakdown(inference))


def costs_and_views(network: Network) -> tuple[list[Cost], list[Views]]:
    """The cost and the views of every node, calculated once for like layers (the parser makes these once, too)."""
    known: dict[tuple[int, tuple[Shape, ...]], tuple[Cost, Views]] = {}
    costs, views = [], []
    for node in network.nodes:
        key = (id(node.layer), node.input_shapes)
        found = known.get(key)
        if found is None:
            found = known[key] = cost_of(node.layer, node.input_shapes), node.layer.views(*node.input_shapes)
        costs.append(found[0])
        views.append(found[1])
    return costs, views


def stored(layers: Iterable[LayerReport]) -> tuple[int, int]:
    """Params and buffers, with weights that are shared counted once."""
    seen = set()
    params = buffers = 0
    for layer in layers:
        key = layer.node.weight_key
        if key is not None:
            if key in seen:
                continue
            seen.add(key)
        params += layer.params
        buffers += layer.buffers
    return params, buffers


def trainable(layers: Sequence[LayerReport]) -> int:
    """Params that are trained: shared weights are if one of their uses is."""
    trained = {layer.node.weight_key for layer in layers if layer.node.trainable and layer.node.weight_key}
    alone = sum(layer.params for layer in layers if layer.node.weight_key is None and layer.node.trainable)
    return alone + stored(layer for layer in layers if layer.node.weight_key in trained)[0]


def depth_of(network: Network, nodes: range, training: bool = True) -> int:
    """The most convolution and dense layers on a path through these nodes."""
    depths: dict[int, int] = {}
    for index in nodes:
        node = network.nodes[index]
        if node.training_only and not training:
            continue
        before = 0
        for value in node.inputs:
            before = max(before, depths.get(value.node, 0))
        depths[index] = before + (node.layer.category in ("conv", "dense"))
    return max(depths.values(), default=0)


def group_reports(network: Network, layers: Sequence[LayerReport]) -> tuple[GroupReport, ...]:
    if any(layer.node.weight_key for layer in layers):
        kept = [stored(layers[group.start : group.end]) for group in network.groups]
    else:
        params = sums(layer.params for layer in layers)
        buffers = sums(layer.buffers for layer in layers)
        kept = [
            (params[group.end] - params[group.start], buffers[group.end] - buffers[group.start]) for group in network.groups
        ]
    macs = sums(layer.macs for layer in layers)
    flops = sums(layer.flops for layer in layers)
    return tuple(
        GroupReport(group, *pair, macs[group.end] - macs[group.start], flops[group.end] - flops[group.start])
        for group, pair in zip(network.groups, kept, strict=True)
    )


def sums(numbers: Iterable[int]) -> list[int]:
    """Running sums, from 0: the sum of a stretch is the difference of two."""
    return list(accumulate(numbers, initial=0))


def breakdown(layers: Sequence[LayerReport]) -> tuple[Share, ...]:
    """A row for each class that has params or MACs."""
    classes: dict[Category, list[LayerReport]] = {category: [] for category in CATEGORIES}
    for layer in layers:
        classes[layer.node.layer.category].append(layer)
    rows = []
    for category, own in classes.items():
        params, buffers = stored(own)
        macs = sum(layer.macs for layer in own)
        if params or macs:
            rows.append(Share(category, len(own), params, buffers, macs))
    return tuple(rows)
