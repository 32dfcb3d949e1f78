"""An analysis as a graph: the rows of its table as boxes, the tensors between them as edges."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.analysis import Analysis, LayerAnalysis
from ...escape import safe
from ...named_tuple import NamedTuple
from ...network import Value
from ...shape import Shape
from ..palette import Palette, category_class, color_class
from ..show.cells import label, marks
from ..show.rows import TableRow, collapsed, rows
from ..values import human


class Edge(NamedTuple):
    """A value that box `target` reads of box `source`.  Input k of the network is box -1 - k."""

    source: int
    target: int
    value: Value


class Arrow(NamedTuple):
    """An edge in a flowchart: the names of its nodes, and the shape that it shows, if any."""

    source: str
    target: str
    text: str


class Cluster(NamedTuple):
    """An expanded group: its row, its number among these, and its contents by number of box."""

    row: TableRow
    number: int
    content: tuple[Cluster | int, ...]


class Graph(NamedTuple):
    """Boxes, their nesting in expanded groups (`content`), and edges in the order of reading.

    `inputs` and `outputs` are those of the network by name; an output has its box and its value,
    and the main output is first.
    """

    inputs: tuple[tuple[str, Shape], ...]
    boxes: tuple[TableRow, ...]
    content: tuple[Cluster | int, ...]
    edges: tuple[Edge, ...]
    outputs: tuple[tuple[str, int, Value], ...]

    def shape_text(self, source: int, value: Value) -> str:
        """The shape of a value, unless it is the only shape that its box shows."""
        shown = (self.inputs[-1 - source][1],) if source < 0 else shapes_of(self.boxes[source])
        return "" if len(shown) == 1 and shown[0] == value.shape else str(value.shape)

    def ends(self) -> dict[str, tuple[str, Shape]]:
        """The names and shapes of the inputs and outputs, by the names of their nodes."""
        inputs = {node_name(-1 - number): end for number, end in enumerate(self.inputs)}
        outputs = enumerate(self.outputs)
        return inputs | {
            output_name(number): (name, value.shape) for number, (name, _, value) in outputs
        }

    def arrows(self) -> Iterator[Arrow]:
        """The edges, and those to the outputs."""
        for source, target, value in self.edges:
            yield Arrow(node_name(source), node_name(target), self.shape_text(source, value))
        for number, (_, box, value) in enumerate(self.outputs):
            yield Arrow(node_name(box), output_name(number), self.shape_text(box, value))


class BoxLook(NamedTuple):
    """How the boxes of a flowchart look: with all digits, and their colors."""

    exact: bool
    palette: Palette


def node_name(box: int) -> str:
    """The name of a node in a flowchart.  Paths are not used: some are keywords of Mermaid."""
    return f"n{box}" if box >= 0 else f"in{-1 - box}"


def output_name(number: int) -> str:
    return f"out{number}"


def collapsed_graph(
    analysis: Analysis, depth: int | None, expanded: frozenset[str] = frozenset()
) -> Graph:
    """The graph of the rows that `cnncalc show` has at a depth.

    1 collapses all groups, None expands them as far as 40 rows allow.  A value that is read only
    inside the collapsed group that computes it is not an edge; a value that several layers of a
    collapsed group read is one edge.  With a depth, the groups that are `expanded` are so at any.
    """
    network = analysis.network
    shown = list(collapsed(analysis, depth, (), expanded)) if depth else rows(analysis, depth)
    boxes = tuple(row for row in shown if not row.heading)
    home = homes(boxes, analysis)
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


def homes(boxes: tuple[TableRow, ...], analysis: Analysis) -> dict[int, int]:
    """The number of the box that contains each layer."""
    sizes = [len(box.layers(analysis)) for box in boxes]
    box_of_layer = (box for box, size in enumerate(sizes) for _ in range(size))
    return dict(enumerate(box_of_layer))


def nested(shown: list[TableRow]) -> tuple[Cluster | int, ...]:
    """Rows nested in the headings of their expanded groups."""
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


# The texts and colors of a box


def class_of(row: TableRow, analysis: Analysis) -> str:
    """The class that colors a box: of a group, the one with the most MACs in it."""
    if isinstance(row.item, LayerAnalysis):
        return color_class(row.item.node.layer)
    work: dict[str, int] = {}
    for inner in row.layers(analysis):
        category = inner.node.layer.category
        work[category] = work.get(category, 0) + inner.macs
    if not any(work.values()):
        return "other"
    return category_class(max(work, key=lambda category: work[category]))


def shapes_of(row: TableRow) -> tuple[Shape, ...]:
    """The output shapes of a box."""
    if isinstance(row.item, LayerAnalysis):
        return row.item.node.shapes
    return tuple(value.shape for value in row.item.group.outputs)


def heading_text(row: TableRow, analysis: Analysis) -> str:
    """The title of an expanded group."""
    text = label(row, analysis)
    return f"{safe(row.path)}: {text}" if text else safe(row.path)


def box_lines(row: TableRow, analysis: Analysis, exact: bool) -> list[str]:
    """The lines of a box: path, type, output shape, cost and marks, as in `cnncalc show`."""
    costs = [
        f"{human('count', amount, exact)} {unit}"
        for amount, unit in ((row.item.params, "params"), (row.item.macs, "MACs"))
        if amount
    ]
    shapes = " + ".join(map(str, shapes_of(row)))
    found = safe(row.path), label(row, analysis), shapes, ", ".join(costs), marks(row, analysis)
    return [line for line in found if line]
