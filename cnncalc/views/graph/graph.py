"""A report folded to a graph: the rows of its table as boxes, and between them the values that one reads of another."""

from __future__ import annotations

from typing import NamedTuple

from ...engine.analysis import Analysis, LayerAnalysis
from ...layers import JOINS, LAYERS
from ...network import Value
from ...shape import Shape
from ..show.cells import label, marks
from ..show.rows import TableRow, rows
from ..text import safe
from ..values import human

CLASSES = ("conv", "dense", "recurrent", "attention", "norm", "pool", "join", "other")
"""What boxes are colored by: the classes of the breakdown, and two kinds that have no weights but shape a network."""


class Edge(NamedTuple):
    """A value that box `target` reads of box `source`.  Input k of the network stands as box -1 - k."""

    source: int
    target: int
    value: Value


class Cluster(NamedTuple):
    """A group that is open: its row, its number among these, and what is in it, by the numbers of boxes."""

    row: TableRow
    number: int
    content: tuple[Cluster | int, ...]


class Graph(NamedTuple):
    """The boxes by number, those in no open group or nested in those that are, and the edges in the order of reading.

    `inputs` and `outputs` are the network's by name, the latter with the box and the value that they are, the main one first.
    """

    inputs: tuple[tuple[str, Shape], ...]
    boxes: tuple[TableRow, ...]
    content: tuple[Cluster | int, ...]
    edges: tuple[Edge, ...]
    outputs: tuple[tuple[str, int, Value], ...]

    def shape_text(self, source: int, value: Value) -> str:
        """The shape of a value that a box gives, where the box does not say it: it is from inside a group, or is a part."""
        told = (self.inputs[-1 - source][1],) if source < 0 else shapes_of(self.boxes[source])
        return "" if len(told) == 1 and told[0] == value.shape else str(value.shape)


def folded_graph(report: Analysis, depth: int | None) -> Graph:
    """The graph of the rows at a depth, as `show` has them: 1 folds every group, None opens them as far as 40 rows allow.

    A value that is made and read in one closed group is no edge; one that several layers of a closed group read is one.
    """
    network = report.network
    shown = rows(report, depth)
    boxes = tuple(row for row in shown if not row.heading)
    home = homes(boxes, report)
    edges = dict.fromkeys(
        Edge(source, target, value)
        for index, node in enumerate(network.nodes)
        for value in node.inputs
        if (source := home.get(value.node, value.node)) != (target := home[index])
    )
    outputs = (
        (name, home.get(value.node, value.node), value) for name, value in network.outputs.items()
    )
    return Graph(tuple(network.inputs.items()), boxes, nested(shown), tuple(edges), tuple(outputs))


def homes(boxes: tuple[TableRow, ...], report: Analysis) -> dict[int, int]:
    """The box in which each layer is, both by their numbers."""
    sizes = [len(box.layers(report)) for box in boxes]
    box_of_layer = (box for box, size in enumerate(sizes) for _ in range(size))
    return dict(enumerate(box_of_layer))


def nested(shown: list[TableRow]) -> tuple[Cluster | int, ...]:
    """Rows under the headings of the open groups in which they are."""
    levels: list[list[Cluster | int]] = [[]]
    headings: list[tuple[TableRow, int]] = []
    box = cluster = 0

    def close_to(level: int) -> None:
        while len(headings) > level:
            content = tuple(levels.pop())
            levels[-1].append(Cluster(*headings.pop(), content))

    for row in shown:
        close_to(row.level)
        if row.heading:
            headings.append((row, cluster))
            levels.append([])
            cluster += 1
        else:
            levels[-1].append(box)
            box += 1
    close_to(0)
    return tuple(levels[0])


# What is said of a box


def class_of(row: TableRow, report: Analysis) -> str:
    """The class that colors a box: a layer's own, a group's the one that does the most of its MACs."""
    if isinstance(row.item, LayerAnalysis):
        layer = row.item.node.layer
        if layer.category == "other" and LAYERS[layer.kind] == "pooling":
            return "pool"
        return "join" if layer.kind in JOINS else layer.category
    work: dict[str, int] = {}
    for inner in row.layers(report):
        category = inner.node.layer.category
        work[category] = work.get(category, 0) + inner.macs
    return max(work, key=lambda category: work[category]) if any(work.values()) else "other"


def shapes_of(row: TableRow) -> tuple[Shape, ...]:
    """The shapes that come out of a box."""
    if isinstance(row.item, LayerAnalysis):
        return row.item.node.shapes
    return tuple(value.shape for value in row.item.group.outputs)


def heading_text(row: TableRow, report: Analysis) -> str:
    """What a group is, in one line."""
    said = label(row, report)
    return f"{safe(row.path)}: {said}" if said else safe(row.path)


def box_lines(row: TableRow, report: Analysis, exact: bool) -> list[str]:
    """What stands in a box: its path, what it is, what comes out, and what it costs, as the table of `show` says it."""
    costs = [
        f"{human('count', amount, exact)} {unit}"
        for amount, unit in ((row.item.params, "params"), (row.item.macs, "MACs"))
        if amount
    ]
    shapes = " + ".join(map(str, shapes_of(row)))
    found = safe(row.path), label(row, report), shapes, ", ".join(costs), marks(row, report)
    return [line for line in found if line]
