"""A graph as a figure of a paper shows it: feature maps, and on the way from one to the next what is done to them."""

from __future__ import annotations

from collections import Counter
from typing import Literal, NamedTuple

from ....engine.analysis import Analysis, LayerAnalysis
from ....layers import LAYERS
from ....shape import Shape
from ...show.cells import label
from ...show.rows import TableRow
from ...text import safe
from ..graph import Edge, Graph, box_lines, class_of

QUIET = {"activation", "normalization", "regularization"}
"""Families whose layers change no shape: they are named below the map that they work on, and have none of their own."""

Form = Literal["input", "layer", "group", "join"]


class DrawingItem(NamedTuple):
    """What is drawn for a box: a feature map, made by `operation`, with `after` done to it in its place.

    `title` are the lines that say all of it.  `ends` are the outputs that leave it without a map of their own.
    """

    name: str
    form: Form
    shape: Shape
    kind: str
    operation: tuple[str, ...]
    title: tuple[str, ...]
    after: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


class Link(NamedTuple):
    """An arrow from one item to another, by their numbers, and what is done on the way."""

    source: int
    target: int
    words: tuple[str, ...]


class Drawing(NamedTuple):
    """The items from left to right, and the arrows between them."""

    items: tuple[DrawingItem, ...]
    links: tuple[Link, ...]


class Origin(NamedTuple):
    """Where the value of a box is drawn: at an item, behind layers that have no map of their own."""

    item: int
    words: tuple[str, ...] = ()


def figure(graph: Graph, report: Analysis) -> Drawing:
    """What is drawn of a graph.  What does not lead to the main output is only named, where it leaves."""
    items: list[DrawingItem] = []
    links: dict[Link, None] = {}
    origins: dict[int, Origin] = {}
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
            origins[box] = Origin(len(items))
            items.append(item_of(graph, box, report))
            links.update((link_to(edge, graph, origins), None) for edge in edges)
        elif is_quiet(graph.boxes[box]) and not before.words and uses[edges[0].source] == 1:
            items[before.item] = items[before.item]._replace(
                after=(*items[before.item].after, *words)
            )
            origins[box] = before
        else:
            origins[box] = Origin(before.item, (*before.words, *words))
    return without_sides(Drawing(tuple(items), tuple(links)), graph, origins)


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
    """What a layer is called that is drawn without a map of its own; empty where it has one."""
    if box < 0 or len(edges) != 1 or graph.shape_text(edges[0].source, edges[0].value):
        return ()
    row = graph.boxes[box]
    if not isinstance(row.item, LayerAnalysis):
        return ()
    layer = row.item.node.layer
    passes = (
        is_read
        and (LAYERS[layer.kind] == "rearrange" or layer.kind in ("crop", "pad"))
        and not row.item.node.outputs
    )
    return (layer.kind,) if passes or is_quiet(row) else ()


def is_quiet(row: TableRow) -> bool:
    """Whether a box is a layer that works on a map in its place."""
    if not isinstance(row.item, LayerAnalysis):
        return False
    node = row.item.node
    return LAYERS[node.layer.kind] in QUIET and node.shape == node.input_shapes[0]


def link_to(edge: Edge, graph: Graph, origins: dict[int, Origin]) -> Link:
    """The arrow of an edge, with the shape that passes where that is not what its map shows."""
    origin = origins[edge.source]
    shape = "" if origin.words else graph.shape_text(edge.source, edge.value)
    return Link(
        origin.item, origins[edge.target].item, (*origin.words, shape) if shape else origin.words
    )


def item_of(graph: Graph, box: int, report: Analysis) -> DrawingItem:
    if box < 0:
        name, shape = graph.inputs[-1 - box]
        return DrawingItem(safe(name), "input", shape, "other", (), (safe(name), str(shape)))
    row = graph.boxes[box]
    title, kind = tuple(box_lines(row, report, exact=True)), class_of(row, report)
    if isinstance(row.item, LayerAnalysis):
        node = row.item.node
        form: Form = "join" if kind == "join" else "layer"
        return DrawingItem(
            safe(row.path),
            form,
            node.shape,
            kind,
            (node.layer.kind, *arguments(row, report)),
            title,
        )
    group = row.item.group
    operation = (
        (label(row, report),)
        if group.kind in ("layers", "branch", "output")
        else (safe(group.kind),)
    )
    shape = group.outputs[0].shape if group.outputs else row.layers(report)[-1].node.shape
    return DrawingItem(safe(row.path), "group", shape, kind, operation, title)


def arguments(row: TableRow, report: Analysis) -> tuple[str, ...]:
    """The telling arguments of a layer, but for what its map shows: how many channels it has."""
    assert isinstance(row.item, LayerAnalysis)
    node = row.item.node
    _, _, told = label(row, report).partition(" ")
    return tuple(word for word in told.split(", ") if word not in ("", str(node.shape.channels)))


# Side chains


def without_sides(drawn: Drawing, graph: Graph, origins: dict[int, Origin]) -> Drawing:
    """Only the items that lead to the main output; the others are named at the item that they leave."""
    main = origins[graph.outputs[0][1]].item
    kept = leading_to(main, drawn.links)
    notes: dict[int, list[str]] = {}
    leave: dict[int, int] = {main: main}  # where the way to an item leaves the main one
    for name, box, value in graph.outputs[1:]:
        item = origins[box].item
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
    """An item and those before it on any way."""
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
