"""A group, and any stretch of layers: what it is made of."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections.abc import Iterator
from typing import NamedTuple

from ..engine.analysis import Analysis, GroupAnalysis


class GroupPart(NamedTuple):
    """A layer or a group, as a part of what is around it: so many layers from `start` on.  MACs are those of the batch."""

    path: str
    kind: str
    start: int
    layers: int
    params: int
    macs: int


class GroupExplanation(NamedTuple):
    """The parts of a group, which add up to its numbers; `twice` are parameters that several parts share."""

    group: GroupAnalysis
    inputs: tuple[str, ...]
    parts: tuple[GroupPart, ...]
    twice: int


def explain_group(report: Analysis, place: int) -> GroupExplanation:
    """What a group (by its place among the groups) is made of, one level deeper."""
    group = report.groups[place]
    start, end = group.group.start, group.group.end
    found = tuple(parts(report, start, end, group.group.depth + 1))
    entering = dict.fromkeys(
        report.network.path_of(value)
        for node in report.network.nodes[start:end]
        for value in node.inputs
        if not start <= value.node < end
    )
    return GroupExplanation(
        group, tuple(entering), found, sum(part.params for part in found) - group.params
    )


def parts(report: Analysis, start: int, end: int, depth: int) -> Iterator[GroupPart]:
    """The groups of a depth, and the layers that are in none of them, from one layer to before another."""
    groups = {group.group.start: group for group in report.groups if group.group.depth == depth}
    while start < end:
        group = groups.get(start)
        if group is not None and start < group.group.end <= end:
            size = group.group.end - start
            yield GroupPart(
                group.group.path, group.group.kind, start, size, group.params, group.macs
            )
            start = group.group.end
        else:
            layer = report.layers[start]
            yield GroupPart(
                layer.node.path, layer.node.layer.kind, start, 1, layer.params, layer.macs
            )
            start += 1
