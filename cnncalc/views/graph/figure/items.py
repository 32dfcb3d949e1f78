"""A graph as a figure of a paper: feature maps, and the operations between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from typing import Literal

from ....engine.analysis import Analysis, LayerAnalysis
from ....escape import safe
from ....layers import LAYERS
from ....layers.layer import Layer
from ....named_tuple import NamedTuple
from ....network import Group, Network
from ....shape import Shape
from ...show.cells import label
from ...show.rows import TableRow
from ..graph import Edge, Graph, box_lines, class_of

QUIET = {"activation", "normalization", "regularization"}
"""Families whose layers keep the shape: they are named below the map that they change."""

Form = Literal["input", "layer", "group", "join"]


class DrawingItem(NamedTuple):
    """A feature map, the output of `operation`, changed in place by `after`.

    `title` is its full description.  `ends` are the outputs that leave here without a map.
    `content` are its layers, `shared` the tags of weights that other items have, too, and `times`
    is how many equal items it stands for.
    """

    name: str
    form: Form
    shape: Shape
    kind: str
    operation: tuple[str, ...]
    title: tuple[str, ...]
    after: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    content: tuple[Layer, ...] = ()
    shared: tuple[str, ...] = ()
    times: int = 1


class Link(NamedTuple):
    """An arrow from one item to another, by index, and the operations on the way."""

    source: int
    target: int
    words: tuple[str, ...]


class Drawing(NamedTuple):
    """The items from left to right, and the arrows between them."""

    items: tuple[DrawingItem, ...]
    links: tuple[Link, ...]


class MapOrigin(NamedTuple):
    """The item that shows the value of a box, and the layers without a map between them."""

    item: int
    words: tuple[str, ...] = ()


def drawing_of(graph: Graph, analysis: Analysis) -> OutputDrawings:
    """The drawing of a graph."""
    items: list[DrawingItem] = []
    links: dict[Link, None] = {}
    origins: dict[int, MapOrigin] = {}
    incoming: dict[int, list[Edge]] = {}
    for edge in graph.edges:
        incoming.setdefault(edge.target, []).append(edge)
    read = {edge.source for edge in graph.edges}
    uses = Counter([*(edge.source for edge in graph.edges), *(box for _, box, _ in graph.outputs)])
    for box in in_order(graph):
        edges = incoming.get(box, [])
        before = origins[edges[0].source] if len(edges) == 1 else None
        words = quiet_words(graph, box, edges, box in read)
        if before is None or not words:
            origins[box] = MapOrigin(len(items))
            items.append(item_of(graph, box, analysis))
            links.update((link_to(edge, graph, origins), None) for edge in edges)
        elif is_quiet(graph.boxes[box]) and not before.words and uses[edges[0].source] == 1:
            items[before.item] = items[before.item]._replace(
                after=(*items[before.item].after, *words)
            )
            origins[box] = before
        else:
            origins[box] = MapOrigin(before.item, (*before.words, *words))
    owners = weight_owners(graph, analysis)
    for box, origin in origins.items():
        if box >= 0 and not origin.words:
            tags = shared_tags(graph.boxes[box], analysis, owners)
            tags = tuple(dict.fromkeys((*items[origin.item].shared, *tags)))
            items[origin.item] = items[origin.item]._replace(shared=tags)
    drawn = Drawing(tuple(items), joined(links))
    training = analysis.network.training_outputs
    names = [name for name, _, _ in graph.outputs[1:] if name not in training]
    return OutputDrawings(
        without_sides(drawn, graph, origins, ()), without_sides(drawn, graph, origins, names)
    )


class OutputDrawings(NamedTuple):
    """A drawing of what leads to the main output, and one with all outputs of inference."""

    main: Drawing
    complete: Drawing


def joined(links: Iterable[Link]) -> tuple[Link, ...]:
    """One arrow for those with the same ends."""
    found: dict[tuple[int, int], tuple[str, ...]] = {}
    for source, target, words in links:
        before = found.get((source, target), ())
        found[source, target] = (*before, *(word for word in words if word not in before))
    return tuple(Link(source, target, words) for (source, target), words in found.items())


def weight_owners(graph: Graph, analysis: Analysis) -> dict[str, set[int]]:
    """The boxes that use each of the weights with a tag."""
    found: dict[str, set[int]] = {}
    for number, row in enumerate(graph.boxes):
        for layer in row.layers(analysis):
            if layer.node.shared and layer.node.weight_key:
                found.setdefault(layer.node.weight_key, set()).add(number)
    return found


def shared_tags(row: TableRow, analysis: Analysis, owners: dict[str, set[int]]) -> tuple[str, ...]:
    """The tags of the weights of a box that other boxes have, too."""
    nodes = (layer.node for layer in row.layers(analysis))
    tags = (
        node.shared
        for node in nodes
        if node.shared and node.weight_key and len(owners[node.weight_key]) > 1
    )
    return tuple(map(safe, dict.fromkeys(tags)))


def in_order(graph: Graph) -> list[int]:
    """The boxes from left to right, each input before the first that reads it."""
    first: dict[int, int] = {}
    for edge in graph.edges:
        first[edge.source] = min(edge.target, first.get(edge.source, edge.target))
    inputs = [-1 - number for number in range(len(graph.inputs))]
    return sorted(
        [*inputs, *range(len(graph.boxes))],
        key=lambda box: (first.get(box, 0), 0) if box < 0 else (box, 1),
    )


def quiet_words(graph: Graph, box: int, edges: list[Edge], is_read: bool) -> tuple[str, ...]:
    """The name of a layer that has no map of its own; empty if it has one."""
    if box < 0 or len(edges) != 1 or graph.shape_text(edges[0].source, edges[0].value):
        return ()
    row = graph.boxes[box]
    if not isinstance(row.item, LayerAnalysis):
        return ()
    layer = row.item.node.layer
    passes = (
        is_read
        and (LAYERS[layer.kind] in ("rearrange", "shuffle") or layer.kind in ("crop", "pad"))
        and not row.item.node.outputs
    )
    return (layer.kind,) if passes or is_quiet(row) else ()


def is_quiet(row: TableRow) -> bool:
    """True if a box is a layer that changes a map in place."""
    if not isinstance(row.item, LayerAnalysis):
        return False
    node = row.item.node
    return LAYERS[node.layer.kind] in QUIET and node.shape == node.input_shapes[0]


def link_to(edge: Edge, graph: Graph, origins: dict[int, MapOrigin]) -> Link:
    """The arrow of an edge, with its shape if the map does not show it."""
    origin = origins[edge.source]
    shape = "" if origin.words else graph.shape_text(edge.source, edge.value)
    return Link(
        origin.item, origins[edge.target].item, (*origin.words, shape) if shape else origin.words
    )


def item_of(graph: Graph, box: int, analysis: Analysis) -> DrawingItem:
    if box < 0:
        name, shape = graph.inputs[-1 - box]
        return DrawingItem(safe(name), "input", shape, "other", (), (safe(name), str(shape)))
    row = graph.boxes[box]
    title, kind = tuple(box_lines(row, analysis, exact=True)), class_of(row, analysis)
    if isinstance(row.item, LayerAnalysis):
        node = row.item.node
        form: Form = "join" if kind == "join" else "layer"
        return DrawingItem(
            safe(row.path),
            form,
            node.shape,
            kind,
            (node.layer.kind, *arguments(row, analysis)),
            title,
            content=(node.layer,),
        )
    group = row.item.group
    operation = (
        (repeated_block(group, analysis.network) or label(row, analysis),)
        if group.kind in ("layers", "branch", "output")
        else (safe(group.kind),)
    )
    shape = group.outputs[0].shape if group.outputs else row.layers(analysis)[-1].node.shape
    content = tuple(layer.node.layer for layer in row.layers(analysis))
    return DrawingItem(safe(row.path), "group", shape, kind, operation, title, content=content)


def repeated_block(group: Group, network: Network) -> str:
    """The block that a group consists of, and how often; empty if it has other contents."""
    inside = [
        one
        for one in network.groups
        if group.start <= one.start and one.end <= group.end and one.depth == group.depth + 1
    ]
    kinds = {one.kind for one in inside}
    is_all = sum(one.end - one.start for one in inside) == group.end - group.start
    if len(kinds) != 1 or not is_all or kinds & {"layers", "branch", "output"}:
        return ""
    return safe(kinds.pop()) + (f" \u00d7{len(inside)}" if len(inside) > 1 else "")


def arguments(row: TableRow, analysis: Analysis) -> tuple[str, ...]:
    """The arguments in the label of a layer, without the channels, which its map shows."""
    assert isinstance(row.item, LayerAnalysis)
    node = row.item.node
    _, _, words = label(row, analysis).partition(" ")
    return tuple(word for word in words.split(", ") if word not in ("", str(node.shape.channels)))


# Side chains


def without_sides(
    drawn: Drawing, graph: Graph, origins: dict[int, MapOrigin], outputs: Container[str]
) -> Drawing:
    """The items that lead to the main output, and to others that are drawn.

    The other outputs are named where they branch off.
    """
    main = origins[graph.outputs[0][1]].item
    ends = [origins[box].item for name, box, _ in graph.outputs[1:] if name in outputs]
    kept = set().union(*(leading_to(item, drawn.links) for item in (main, *ends)))
    notes: dict[int, list[str]] = {}
    leave: dict[int, int] = {main: main}  # where the path to an item branches off
    for name, box, value in graph.outputs[1:]:
        item = origins[box].item
        if name in outputs:
            notes.setdefault(item, []).append(safe(name))
            continue
        if item not in leave:
            leave[item] = max(kept & leading_to(item, drawn.links), default=main)
        notes.setdefault(leave[item], []).append(f"{safe(name)}: {value.shape}")
    numbers = {old: new for new, old in enumerate(sorted(kept))}
    items = tuple(drawn.items[old]._replace(ends=tuple(notes.get(old, ()))) for old in numbers)
    links = (link for link in drawn.links if link.source in numbers and link.target in numbers)
    return Drawing(
        items, tuple(Link(numbers[link.source], numbers[link.target], link.words) for link in links)
    )


def leading_to(item: int, links: tuple[Link, ...]) -> set[int]:
    """An item and all items before it on any path."""
    sources: dict[int, list[int]] = {}
    for link in links:
        sources.setdefault(link.target, []).append(link.source)
    found, waiting = {item}, [item]
    while waiting:
        for source in sources.get(waiting.pop(), ()):
            if source not in found:
                found.add(source)
                waiting.append(source)
    return found
