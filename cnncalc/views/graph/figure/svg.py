"""A network as a figure for a paper, in SVG: feature maps as boxes to scale, with labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ....engine.analysis import Analysis
from ....escape import xml
from ....problem import Error
from ...palette import FILLS, INK, NAMES, STROKES
from ...svg import LINES, SIZE, Point, arrow, mixed, number, path, polygon, text
from ...values import shapes
from ..graph import Graph
from .items import Drawing, Link, figure
from .layout import (
    LEVEL,
    LINE,
    MARGIN,
    Arc,
    FigureLayout,
    PlacedItem,
    RowPlace,
    Tag,
    figure_layout,
    middle,
    text_width,
)
from .solids import JOIN

WIDTH = 1100
MAX_BOXES, MAX_ARROWS = 2000, 4000
"""A larger figure is not readable, and its arrows take long to lay out."""
SIGNS = {
    "add": "+",
    "sub": "\u2212",
    "mul": "\u00d7",
    "div": "\u00f7",
    "max": "max",
    "concat": "C",
    "matmul": "\u00b7",
}


class FigureTooLarge(Error, ValueError):
    """A graph has more boxes or arrows than a figure can show."""


def graph_svg(graph: Graph, analysis: Analysis, width: float = WIDTH) -> str:
    """The figure, in rows of at most `width` pixels: ASCII, and the same on every machine.

    Raises FigureTooLarge.
    """
    for amount, most, what in (
        (len(graph.boxes), MAX_BOXES, "boxes"),
        (len(graph.edges), MAX_ARROWS, "arrows"),
    ):
        if amount > most:
            raise FigureTooLarge(f"the figure would have {amount:,} {what}; the limit is {most:,}")
    drawn = figure(graph, analysis)
    found = figure_layout(drawn, width)
    kinds = legend_kinds(drawn)
    lines = [
        *head(found, analysis, bool(kinds)),
        *body(found),
        *legend(kinds, found),
        "</g>",
        "</svg>",
    ]
    return "".join(f"{line}\n" for line in lines).encode("ascii", "xmlcharrefreplace").decode()


def head(found: FigureLayout, analysis: Analysis, has_legend: bool) -> Iterator[str]:
    network = analysis.network
    width, height = number(found.width), number(found.height + (LEVEL if has_legend else 0))
    box = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img">'
    yield f"<title>{xml(network.name)}</title>"
    inputs, outputs = shapes(dict(network.inputs)), shapes(dict(network.outputs))
    about = f"The feature maps of {network.name}, from {inputs} to {outputs}"
    yield f"<desc>{xml(about)}</desc>"
    yield f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    font = f'font-family="Helvetica, Arial, sans-serif" font-size="{SIZE}" fill="{INK}"'
    yield f'<g {font} stroke-linejoin="round">'


def body(found: FigureLayout) -> Iterator[str]:
    for row in found.rows:
        left = MARGIN / 2
        for one in (found.placed[index] for index in row.items):
            yield from item_drawn(one, row)
            yield from words(one.operation, (left + entering(one, row)[0]) / 2, row.axis)
            left = one.right
        for arc in row.arcs:
            yield from arc_drawn(arc, found.placed, row)
    for link in found.straight:
        yield from straight_drawn(link, found)
    for tag in found.tags:
        yield from tag_drawn(tag, found)


# Items


def item_drawn(one: PlacedItem, row: RowPlace) -> Iterator[str]:
    """A feature map with its sizes at the edges and its name below."""
    solid = one.solid
    yield f"<g><title>{xml(' | '.join(one.item.title))}</title>"
    yield from circle(one, row) if one.item.form == "join" else faces(one, row)
    bottom = row.axis + solid.half
    if solid.left:
        yield text(
            one.x - 3,
            max(row.axis + 11, row.axis + solid.slant / 2 + solid.height / 4),
            solid.left,
            "end",
        )
    if solid.edge:
        yield text(
            one.x + solid.width + solid.slant / 2 + 3,
            bottom - solid.slant / 2 + 8,
            solid.edge,
            "start",
        )
    if solid.below:
        yield text(middle(one), bottom + LINE, solid.below, bold=True)
    for line, caption in enumerate(one.captions):
        yield text(middle(one), row.captions + line * LINE, caption, pale=line > 0)
    yield "</g>"


def faces(one: PlacedItem, row: RowPlace) -> Iterator[str]:
    """The visible faces of a box; a collapsed group has lines across it."""
    width, height, slant = one.solid.width, one.solid.height, one.solid.slant
    left, top = one.x, row.axis - one.solid.half + slant
    right, bottom = left + width, top + height
    fill, stroke = FILLS[one.item.kind], STROKES[one.item.kind]
    front = [(left, top), (right, top), (right, bottom), (left, bottom)]
    yield polygon(front, fill, stroke)
    if slant:
        yield polygon(
            [(left, top), (left + slant, top - slant), (right + slant, top - slant), (right, top)],
            mixed(fill, 1),
            stroke,
        )
        yield polygon(
            [
                (right, top),
                (right + slant, top - slant),
                (right + slant, bottom - slant),
                (right, bottom),
            ],
            mixed(fill, 0),
            stroke,
        )
    for third in (1, 2) if one.item.form == "group" and width >= 9 else ():
        x = left + width * third / 3
        yield path([(x, bottom), (x, top), (x + slant, top - slant)], stroke, 0.6)


def circle(one: PlacedItem, row: RowPlace) -> Iterator[str]:
    """A join, with the sign of its operation."""
    colors = f'fill="{FILLS["join"]}" stroke="{STROKES["join"]}"'
    yield f'<circle cx="{number(one.x + JOIN)}" cy="{number(row.axis)}" r="{JOIN}" {colors}/>'
    sign = SIGNS[one.item.operation[0]]
    yield text(one.x + JOIN, row.axis + 3.5, sign, size=12 if len(sign) == 1 else 7)


# Arrows


def straight_drawn(link: Link, found: FigureLayout) -> Iterator[str]:
    """The arrow from an item to the next; along the margins if that is in the next row."""
    source, target = found.placed[link.source], found.placed[link.target]
    row, below = found.rows[source.row], found.rows[target.row]
    start, end = leaving(source, row), entering(target, below)
    if row is below:
        return arrow([start, end])
    between, left, right = row.bottom, MARGIN / 2, found.width - MARGIN / 2
    return arrow([start, (right, start[1]), (right, between), (left, between), (left, end[1]), end])


def words(lines: Sequence[str], x: float, axis: float) -> Iterator[str]:
    """The operation of an item, above the arrow to it."""
    for line, word in enumerate(reversed(lines)):
        yield text(x, axis - 5 - line * LINE, word)


def arc_drawn(arc: Arc, placed: Sequence[PlacedItem], row: RowPlace) -> Iterator[str]:
    """An arrow above the items between its ends."""
    level = row.ceiling - LEVEL * arc.level
    start, end = above(placed[arc.link.source], row, 3), above(placed[arc.link.target], row, -3)
    yield from arrow([start, (start[0], level), (end[0], level), end])
    if arc.link.words:
        yield text((start[0] + end[0]) / 2, level - 3, ", ".join(arc.link.words))


def tag_drawn(tag: Tag, found: FigureLayout) -> Iterator[str]:
    """A short arrow above an item, with the letters of the values that leave or arrive."""
    one = found.placed[tag.item]
    row = found.rows[one.row]
    x, y = above(one, row, -3 if tag.arrives else 3)
    end = row.ceiling - 10
    if tag.arrives:
        yield from arrow([(x, end), (x, y)])
        yield text(max(x - 3, text_width(tag.text)), end + 6, tag.text, "end", bold=True)
    else:
        yield path([(x, y), (x, end)], LINES)
        yield text(x + 3, end + 6, tag.text, "start", bold=True)


def leaving(one: PlacedItem, row: RowPlace) -> Point:
    """The start of an arrow: the center of the right face."""
    return one.x + one.solid.width + one.solid.slant / 2, row.axis


def entering(one: PlacedItem, row: RowPlace) -> Point:
    """The end of an arrow: the left edge, or the slanted top edge of a wide box."""
    return one.x + max(0.0, (one.solid.slant - one.solid.height) / 2), row.axis


def above(one: PlacedItem, row: RowPlace, aside: float) -> Point:
    """The center of the top face, moved by `aside`."""
    return middle(
        one
    ) + one.solid.slant / 2 + aside, row.axis - one.solid.half + one.solid.slant / 2


# The legend


def legend_kinds(drawn: Drawing) -> list[str]:
    """The classes in the legend; none if the figure has only one."""
    kinds = {item.kind for item in drawn.items if item.form in ("layer", "group")}
    return [kind for kind in NAMES if kind in kinds] if len(kinds) > 1 else []


def legend(kinds: Sequence[str], found: FigureLayout) -> Iterator[str]:
    x, y = float(MARGIN), found.height
    for kind in kinds:
        colors = f'fill="{FILLS[kind]}" stroke="{STROKES[kind]}"'
        yield f'<rect x="{number(x)}" y="{number(y - 9)}" width="10" height="10" {colors}/>'
        yield text(x + 14, y, NAMES[kind], "start")
        x += 26 + text_width(NAMES[kind])
