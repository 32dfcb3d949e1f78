"""How far a figure expands the groups of a network that has no requested depth.

Groups are collapsed.  But an arrow should begin at the map that is read: a group is expanded if one
of its inner maps is read, and this has another size than the group's output, as the skips of U-Net.
The group that reads it is expanded, too, so that the figure shows what they are joined with.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....engine.analysis import Analysis, GroupAnalysis
from ...show.rows import TableRow
from ..graph import Edge, Graph, collapsed_graph

MOST_PARTS = 8
"""Boxes of an expanded group; one with more stays collapsed."""


def figure_graph(analysis: Analysis, depth: int | None = None) -> Graph:
    """The graph at a depth, or as a figure shows it."""
    graph = collapsed_graph(analysis, depth or 1)
    if depth is not None:
        return graph
    expanded = frozenset(paths_to_expand(graph, analysis))
    return collapsed_graph(analysis, 1, expanded) if expanded else graph


def paths_to_expand(graph: Graph, analysis: Analysis) -> Iterator[str]:
    for edge in graph.edges:
        if edge.source < 0 or not is_inner(edge, graph.boxes[edge.source]):
            continue
        source, target = graph.boxes[edge.source], graph.boxes[edge.target]
        if has_few_parts(source, analysis):
            yield source.path
            if has_few_parts(target, analysis) and kind_of(target) == "layers":
                yield target.path


def is_inner(edge: Edge, row: TableRow) -> bool:
    """Whether a value has another size than the output of the group that it is in."""
    if not isinstance(row.item, GroupAnalysis):
        return False
    outputs = row.item.group.outputs
    sizes = [value.shape[1:] for value in outputs]
    return edge.value not in outputs and edge.value.shape[1:] not in sizes


def kind_of(row: TableRow) -> str:
    return row.item.group.kind if isinstance(row.item, GroupAnalysis) else ""


def has_few_parts(row: TableRow, analysis: Analysis) -> bool:
    """Whether a box is a group that is expanded to a few boxes."""
    if not isinstance(row.item, GroupAnalysis):
        return False
    group = row.item.group
    inner = [
        one.group
        for one in analysis.groups
        if one.group.depth == group.depth + 1 and group.start <= one.group.start < group.end
    ]
    parts = group.end - group.start - sum(one.end - one.start - 1 for one in inner)
    return parts <= MOST_PARTS
