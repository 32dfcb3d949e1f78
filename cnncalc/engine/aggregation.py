"""Sums over layers: shared weights count once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from ..layers.layer import CATEGORIES, Category
from ..network import Network
from .report import GroupAnalysis, LayerAnalysis, Share


def stored(layers: Iterable[LayerAnalysis]) -> tuple[int, int]:
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


def trainable(layers: Sequence[LayerAnalysis]) -> int:
    """Params that are trained: shared weights are if one of their uses is."""
    trained = {
        layer.node.weight_key for layer in layers if layer.node.trainable and layer.node.weight_key
    }
    alone = sum(
        layer.params for layer in layers if layer.node.weight_key is None and layer.node.trainable
    )
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


def group_reports(network: Network, layers: Sequence[LayerAnalysis]) -> tuple[GroupAnalysis, ...]:
    if any(layer.node.weight_key for layer in layers):
        kept = [stored(layers[group.start : group.end]) for group in network.groups]
    else:
        params = sums(layer.params for layer in layers)
        buffers = sums(layer.buffers for layer in layers)
        kept = [
            (params[group.end] - params[group.start], buffers[group.end] - buffers[group.start])
            for group in network.groups
        ]
    macs = sums(layer.macs for layer in layers)
    flops = sums(layer.flops for layer in layers)
    return tuple(
        GroupAnalysis(
            group, *pair, macs[group.end] - macs[group.start], flops[group.end] - flops[group.start]
        )
        for group, pair in zip(network.groups, kept, strict=True)
    )


def sums(numbers: Iterable[int]) -> list[int]:
    """Running sums, from 0: the sum of a stretch is the difference of two."""
    return list(accumulate(numbers, initial=0))


def breakdown(layers: Sequence[LayerAnalysis]) -> tuple[Share, ...]:
    """A row for each class that has params or MACs."""
    classes: dict[Category, list[LayerAnalysis]] = {category: [] for category in CATEGORIES}
    for layer in layers:
        classes[layer.node.layer.category].append(layer)
    rows = []
    for category, own in classes.items():
        params, buffers = stored(own)
        macs = sum(layer.macs for layer in own)
        if params or macs:
            rows.append(Share(category, len(own), params, buffers, macs))
    return tuple(rows)
