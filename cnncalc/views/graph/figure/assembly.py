"""The geometry of a figure from its layout: faces, labels, arrows and the legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ....engine.analysis import Analysis
from ....problem import Error
from ...palette import NAMES
from ...svg import Point
from ...values import shapes
from ..graph import Graph
from .geometry import (
    Face,
    FigureArrow,
    FigureBox,
    FigureGeometry,
    FigureText,
    Stroke,
    Swatch,
)
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


def figure_geometry(graph: Graph, analysis: Analysis, width: float = WIDTH) -> FigureGeometry:
    """The figure, in rows of at most `width` pixels.  Raises FigureTooLarge."""
    for amount, most, what in (
        (len(graph.boxes), MAX_BOXES, "boxes"),
        (len(graph.edges), MAX_ARROWS, "arrows"),
    ):
        if amount > most:
            raise FigureTooLarge(f"the figure would have {amount:,} {what}; the limit is {most:,}")
    drawn = figure(graph, analysis)
    found = figure_layout(drawn, width)
    swatches = tuple(legend(legend_kinds(drawn), found))
    network = analysis.network
    inputs, outputs = shapes(dict(network.inputs)), shapes(dict(network.outputs))
    return FigureGeometry(
        network.name,
        f"The feature maps of {network.name}, from {inputs} to {outputs}",
        found.width,
        found.height + (LEVEL if swatches else 0),
        tuple(box for row in found.rows for box in boxes_of(row, found)),
        tuple(arrows_of(found)),
        swatches,
    )


# Boxes


def boxes_of(row: RowPlace, found: FigureLayout) -> Iterator[FigureBox]:
    """The items of a row, each with the operation that leads to it."""
    left = MARGIN / 2
    for one in (found.placed[index] for index in row.items):
        operation = words(one.operation, (left + entering(one, row)[0]) / 2, row.axis)
        yield box_of(one, row, tuple(operation))
        left = one.right


def box_of(one: PlacedItem, row: RowPlace, operation: tuple[FigureText, ...]) -> FigureBox:
    """A feature map with its sizes at the edges and its name below."""
    kind = "join" if one.item.form == "join" else one.item.kind
    box = FigureBox(kind, " | ".join(one.item.title), texts=(*labels(one, row), *operation))
    if one.item.form != "join":
        return box._replace(faces=tuple(faces(one, row)), strokes=tuple(strokes(one, row)))
    sign = SIGNS[one.item.operation[0]]
    center = (one.x + JOIN, row.axis)
    text = FigureText(center[0], row.axis + 3.5, sign, size=12 if len(sign) == 1 else 7)
    return box._replace(texts=(text, *box.texts), center=center, radius=JOIN)


def labels(one: PlacedItem, row: RowPlace) -> Iterator[FigureText]:
    solid = one.solid
    bottom = row.axis + solid.half
    if solid.left:
        y = max(row.axis + 11, row.axis + solid.slant / 2 + solid.height / 4)
        yield FigureText(one.x - 3, y, solid.left, "end")
    if solid.edge:
        x = one.x + solid.width + solid.slant / 2 + 3
        yield FigureText(x, bottom - solid.slant / 2 + 8, solid.edge, "start")
    if solid.below:
        yield FigureText(middle(one), bottom + LINE, solid.below, bold=True)
    for line, caption in enumerate(one.captions):
        yield FigureText(middle(one), row.captions + line * LINE, caption, pale=line > 0)


def faces(one: PlacedItem, row: RowPlace) -> Iterator[Face]:
    """The visible faces of a box."""
    width, height, slant = one.solid.width, one.solid.height, one.solid.slant
    left, top = one.x, row.axis - one.solid.half + slant
    right, bottom = left + width, top + height
    yield Face(((left, top), (right, top), (right, bottom), (left, bottom)))
    if slant:
        back_left, back_right = (left + slant, top - slant), (right + slant, top - slant)
        yield Face(((left, top), back_left, back_right, (right, top)), "top")
        lower = (right + slant, bottom - slant)
        yield Face(((right, top), back_right, lower, (right, bottom)), "right")


def strokes(one: PlacedItem, row: RowPlace) -> Iterator[Stroke]:
    """A collapsed group has lines across it."""
    width, height, slant = one.solid.width, one.solid.height, one.solid.slant
    top = row.axis - one.solid.half + slant
    for third in (1, 2) if one.item.form == "group" and width >= 9 else ():
        x = one.x + width * third / 3
        yield Stroke(((x, top + height), (x, top), (x + slant, top - slant)))


# Arrows


def arrows_of(found: FigureLayout) -> Iterator[FigureArrow]:
    for row in found.rows:
        for arc in row.arcs:
            yield arc_drawn(arc, found.placed, row)
    for link in found.straight:
        yield straight_drawn(link, found)
    for tag in found.tags:
        yield tag_drawn(tag, found)


def straight_drawn(link: Link, found: FigureLayout) -> FigureArrow:
    """The arrow from an item to the next; along the margins if that is in the next row."""
    source, target = found.placed[link.source], found.placed[link.target]
    row, below = found.rows[source.row], found.rows[target.row]
    start, end = leaving(source, row), entering(target, below)
    if row is below:
        return FigureArrow((start, end))
    between, left, right = row.bottom, MARGIN / 2, found.width - MARGIN / 2
    return FigureArrow(
        (start, (right, start[1]), (right, between), (left, between), (left, end[1]), end)
    )


def words(lines: Sequence[str], x: float, axis: float) -> Iterator[FigureText]:
    """The operation of an item, above the arrow to it."""
    for line, word in enumerate(reversed(lines)):
        yield FigureText(x, axis - 5 - line * LINE, word)


def arc_drawn(arc: Arc, placed: Sequence[PlacedItem], row: RowPlace) -> FigureArrow:
    """An arrow above the items between its ends."""
    level = row.ceiling - LEVEL * arc.level
    start, end = above(placed[arc.link.source], row, 3), above(placed[arc.link.target], row, -3)
    text = FigureText((start[0] + end[0]) / 2, level - 3, ", ".join(arc.link.words))
    return FigureArrow(
        (start, (start[0], level), (end[0], level), end), (text,) if arc.link.words else ()
    )


def tag_drawn(tag: Tag, found: FigureLayout) -> FigureArrow:
    """A short arrow above an item, with the letters of the values that leave or arrive."""
    one = found.placed[tag.item]
    row = found.rows[one.row]
    x, y = above(one, row, -3 if tag.arrives else 3)
    end = row.ceiling - 10
    if tag.arrives:
        left = max(x - 3, text_width(tag.text))
        text = FigureText(left, end + 6, tag.text, "end", bold=True)
        return FigureArrow(((x, end), (x, y)), (text,))
    text = FigureText(x + 3, end + 6, tag.text, "start", bold=True)
    return FigureArrow(((x, y), (x, end)), (text,), head=False)


def leaving(one: PlacedItem, row: RowPlace) -> Point:
    """The start of an arrow: the center of the right face."""
    return one.x + one.solid.width + one.solid.slant / 2, row.axis


def entering(one: PlacedItem, row: RowPlace) -> Point:
    """The end of an arrow: the left edge, or the slanted top edge of a wide box."""
    return one.x + max(0.0, (one.solid.slant - one.solid.height) / 2), row.axis


def above(one: PlacedItem, row: RowPlace, aside: float) -> Point:
    """The center of the top face, moved by `aside`."""
    center = row.axis - one.solid.half + one.solid.slant / 2
    return middle(one) + one.solid.slant / 2 + aside, center


# The legend


def legend_kinds(drawn: Drawing) -> list[str]:
    """The classes in the legend; none if the figure has only one."""
    kinds = {item.kind for item in drawn.items if item.form in ("layer", "group")}
    return [kind for kind in NAMES if kind in kinds] if len(kinds) > 1 else []


def legend(kinds: Sequence[str], found: FigureLayout) -> Iterator[Swatch]:
    x, y = float(MARGIN), found.height
    for kind in kinds:
        yield Swatch(kind, x, y - 9, 10, FigureText(x + 14, y, NAMES[kind], "start"))
        x += 26 + text_width(NAMES[kind])
