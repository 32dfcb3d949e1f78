"""The parts of a group, or of any range of layers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from ..engine.analysis import Analysis, GroupAnalysis, LayerAnalysis
from ..named_tuple import NamedTuple


class GroupPart(NamedTuple):
    """A layer or a group as a part of its scope: `layers` layers from index `start`.

    MACs are those of the whole batch.  `added_params` are the parameters without those that an
    earlier part of the scope has.
    """

    path: str
    kind: str
    start: int
    layers: int
    params: int
    macs: int
    added_params: int


class GroupExplanation(NamedTuple):
    """The parts of a group, which add up to its numbers.

    `counted_twice` are the parameters that several parts share; the group counts them once.
    """

    group: GroupAnalysis
    inputs: tuple[str, ...]
    parts: tuple[GroupPart, ...]
    counted_twice: int


def explain_group(analysis: Analysis, index: int) -> GroupExplanation:
    """The parts of the group of that index, one level deeper, and the values that it reads."""
    group = analysis.groups[index]
    start, end = group.group.start, group.group.end
    found = tuple(parts(analysis, start, end, group.group.depth + 1))
    inputs = dict.fromkeys(
        analysis.network.path_of(value)
        for node in analysis.network.nodes[start:end]
        for value in node.inputs
        if not start <= value.node < end
    )
    counted_twice = sum(part.params for part in found) - group.params
    return GroupExplanation(group, tuple(inputs), found, counted_twice)


def groups_in(analysis: Analysis, start: int, end: int, depth: int) -> Iterator[GroupAnalysis]:
    """The groups at a depth that start in a range of layers.  Groups are ordered by their start."""
    index = bisect_left(analysis.groups, start, key=lambda group: group.group.start)
    while index < len(analysis.groups) and analysis.groups[index].group.start < end:
        if analysis.groups[index].group.depth == depth:
            yield analysis.groups[index]
        index += 1


def parts(analysis: Analysis, start: int, end: int, depth: int) -> Iterator[GroupPart]:
    """The groups at a depth, and the layers outside of them, from index `start` to before `end`."""
    groups = {group.group.start: group for group in groups_in(analysis, start, end, depth)}
    seen: set[str] = set()
    while start < end:
        found = groups.get(start)
        if found is not None and start < found.group.end <= end:
            group, size = found.group, found.group.end - start
            added = added_params(analysis.layers[start : group.end], seen)
            yield GroupPart(group.path, group.kind, start, size, found.params, found.macs, added)
            start = group.end
        else:
            layer = analysis.layers[start]
            node, added = layer.node, added_params([layer], seen)
            yield GroupPart(node.path, node.layer.kind, start, 1, layer.params, layer.macs, added)
            start += 1


def added_params(layers: Sequence[LayerAnalysis], seen: set[str]) -> int:
    """The params of layers without weights that were seen; their weights are added to these."""
    added = 0
    for layer in layers:
        key = layer.node.weight_key
        if key is None or key not in seen:
            added += layer.params
        if key is not None:
            seen.add(key)
    return added
