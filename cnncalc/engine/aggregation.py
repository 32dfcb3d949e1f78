"""The combined numbers of several layers: sums in which shared weights are counted once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import TypeVar

from ..datum import total
from ..layers.layer import CATEGORIES, Category
from ..network import Network, Node, trained_keys
from .analysis import CountedLayer, GroupAnalysis, LayerAnalysis, Share
from .prefix_sums import PrefixSums

L = TypeVar("L", bound=CountedLayer)


def stored(layers: Iterable[CountedLayer]) -> tuple[int, int]:
    """The params and buffers of layers, weights that they share counted once."""
    distinct = with_distinct_weights(layers)
    params, buffers = [layer.params for layer in distinct], [layer.buffers for layer in distinct]
    return total(params), total(buffers)


def stored_bytes(layers: Iterable[CountedLayer]) -> int:
    """The bytes of the params and buffers of layers, weights that they share counted once."""
    return total(layer.weight_bytes for layer in with_distinct_weights(layers))


def with_distinct_weights(layers: Iterable[L]) -> list[L]:
    """The layers without those whose weights an earlier one of them has."""
    listed = list(layers)
    return [listed[index] for index in distinct_weights([layer.node for layer in listed])]


def trainable(layers: Sequence[CountedLayer]) -> int:
    """The params that are trained; shared weights are if any layer that uses them is."""
    trained = trained_weights([layer.node for layer in layers])
    return total([layers[index].params for index in trained])


def distinct_weights(nodes: Sequence[Node]) -> list[int]:
    """The positions of the nodes, without those whose weights an earlier one has."""
    keys = [node.weight_key for node in nodes]
    if not any(keys):
        return list(range(len(nodes)))
    # The first of each key is the last one that is entered.
    first = {key: index for index, key in reversed([*enumerate(keys)])}
    return [index for index, key in enumerate(keys) if key is None or first[key] == index]


def trained_weights(nodes: Sequence[Node]) -> list[int]:
    """The positions of the nodes with the weights that are trained, shared ones once."""
    keys = trained_keys(nodes)
    alone = [node.trainable and node.weight_key is None for node in nodes]
    return [
        index
        for index in distinct_weights(nodes)
        if alone[index] or nodes[index].weight_key in keys
    ]


def peak_of(layers: Iterable[LayerAnalysis]) -> int | None:
    """The most bytes that are live at one of the layers; None if all exist only in training."""
    live = [layer.alive_bytes for layer in layers if layer.alive_bytes is not None]
    return max(live, default=None)


def depth_of(network: Network, nodes: range, training: bool = True) -> int:
    """The most convolution and dense layers on any path through these nodes."""
    depths: dict[int, int] = {}
    for index in nodes:
        node = network.nodes[index]
        if node.training_only and not training:
            continue
        before = 0
        for number, _, _ in node.inputs:
            depth = depths.get(number, 0)
            before = depth if depth > before else before
        depths[index] = before + (node.layer.category in ("conv", "dense"))
    return max(depths.values(), default=0)


def group_analyses(network: Network, layers: Sequence[LayerAnalysis]) -> tuple[GroupAnalysis, ...]:
    """The numbers of every group.  Running sums keep the time linear in the layers and groups."""
    macs = running_sums(layer.macs for layer in layers)
    flops = running_sums(layer.flops for layer in layers)
    return tuple(
        GroupAnalysis(
            group,
            *pair,
            macs[group.end] - macs[group.start],
            flops[group.end] - flops[group.start],
        )
        for group, pair in zip(network.groups, stored_by_group(network, layers), strict=True)
    )


def stored_by_group(network: Network, layers: Sequence[LayerAnalysis]) -> Sequence[tuple[int, int]]:
    """The params and buffers of every group, weights shared within it counted once."""
    if any(layer.node.weight_key for layer in layers):
        return shared_by_group(network, layers)
    params = running_sums(layer.params for layer in layers)
    buffers = running_sums(layer.buffers for layer in layers)
    return [
        (params[group.end] - params[group.start], buffers[group.end] - buffers[group.start])
        for group in network.groups
    ]


def shared_by_group(network: Network, layers: Sequence[LayerAnalysis]) -> list[tuple[int, int]]:
    """The params and buffers of every group, where weights are shared.

    From the last layer to the first, the sums have one layer of each key: the first that was seen,
    which is the one that counts in a group that starts there.
    """
    params, buffers = PrefixSums(len(layers)), PrefixSums(len(layers))
    counted: dict[str, int] = {}
    found: dict[int, tuple[int, int]] = {}
    added = len(layers)
    for number in sorted(range(len(network.groups)), key=lambda n: -network.groups[n].start):
        group = network.groups[number]
        while added > group.start:
            added -= 1
            add_layer(params, buffers, layers, added, counted)
        found[number] = params.before(group.end), buffers.before(group.end)
    return [found[number] for number in range(len(network.groups))]


def add_layer(
    params: PrefixSums,
    buffers: PrefixSums,
    layers: Sequence[LayerAnalysis],
    index: int,
    counted: dict[str, int],
) -> None:
    """Add a layer to sums; it replaces a later one with the same weights, which was `counted`."""
    layer = layers[index]
    params.add(index, layer.params)
    buffers.add(index, layer.buffers)
    key = layer.node.weight_key
    if key is None:
        return
    if key in counted:
        later = counted[key]
        params.add(later, -layers[later].params)
        buffers.add(later, -layers[later].buffers)
    counted[key] = index


def running_sums(numbers: Iterable[int]) -> list[int]:
    """Running sums, from 0: the sum of a range is the difference of two.

    >>> running_sums([3, 4])
    [0, 3, 7]
    """
    return list(accumulate(numbers, initial=0))


def breakdown(
    layers: Sequence[LayerAnalysis], macs: Mapping[str, int] | None = None
) -> tuple[Share, ...]:
    """One row for each class that has params or MACs.

    `macs` replaces the MACs of the layers by other counts, by path.
    """
    classes: dict[Category, list[LayerAnalysis]] = {category: [] for category in CATEGORIES}
    for layer in layers:
        classes[layer.node.layer.category].append(layer)
    rows = []
    for category, own in classes.items():
        params, buffers = stored(own)
        if macs is None:
            count = sum(layer.macs for layer in own)
        else:
            count = sum(macs.get(layer.node.path, 0) for layer in own)
        if params or count:
            rows.append(Share(category, len(own), params, buffers, count))
    return tuple(rows)
