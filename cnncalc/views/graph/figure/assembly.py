"""The geometry of a figure from its layout: faces, labels, arrows and the legend."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from ....engine.analysis import Analysis
from ....escape import safe
from ....problem import Error
from ...palette import NAMES
from ...svg import Point
from ...values import shapes
from ..graph import Graph
from .blocks import Spot, Wire
from .cells import LETTER, LINE, cut, text_width
from .geometry import (
    FONT_SIZE,
    Face,
    FigureArrow,
    FigureBox,
    FigureGeometry,
    FigureText,
    Stroke,
    Swatch,
)
from .hatching import hatching
from .items import Drawing, DrawingItem, drawing_of
from .layout import MARGIN, figure_layout
from .solids import JOIN
from .styles import DEFAULTS, FigureFlow, FigureOptions

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
CAPTION_SIZE = 11


class FigureTooLarge(Error, ValueError):
    """A graph has more boxes or arrows than a figure can show."""


def figure_geometry(
    graph: Graph, analysis: Analysis, options: FigureOptions = DEFAULTS
) -> FigureGeometry:
    """The figure, made smaller if it is a U that is wider than requested.

    Raises FigureTooLarge.
    """
    found = full_geometry(graph, analysis, options)
    return found if options.flow == "down" else found.fitted(options.width)


def full_geometry(
    graph: Graph, analysis: Analysis, options: FigureOptions = DEFAULTS
) -> FigureGeometry:
    """The figure at its full size.  Raises FigureTooLarge."""
    for amount, most, what in (
        (len(graph.boxes), MAX_BOXES, "boxes"),
        (len(graph.edges), MAX_ARROWS, "arrows"),
    ):
        if amount > most:
            raise FigureTooLarge(f"the figure would have {amount:,} {what}; the limit is {most:,}")
    found = figure_layout(drawing_of(graph, analysis), options)
    width, height = found.length, found.breadth
    if found.flow == "down":
        width, height = height, width
    kinds = legend_kinds(found.drawing)
    swatches, width, height = legend(kinds, width, height, options)
    texts, height = caption(options.caption, width, height)
    spots = sorted(found.block.spots.items())
    boxes = (box_of(spot, found.flow, options) for _, spot in spots)
    network = analysis.network
    inputs, outputs = shapes(dict(network.inputs)), shapes(dict(network.outputs))
    return FigureGeometry(
        network.name,
        f"The feature maps of {network.name}, from {inputs} to {outputs}",
        width,
        height,
        tuple(boxes),
        tuple(arrow_of(wire, found.flow) for wire in found.block.wires),
        swatches,
        texts,
    )


# Boxes


def front_of(spot: Spot, flow: FigureFlow) -> Point:
    """The top left corner of the front of a box."""
    solid = spot.cell.solid
    if flow == "right":
        return spot.along, spot.across - solid.half + solid.slant
    middle = spot.along + spot.cell.body / 2
    return spot.across - solid.extent / 2, middle - solid.half + solid.slant


def box_of(spot: Spot, flow: FigureFlow, options: FigureOptions) -> FigureBox:
    """A feature map with its sizes at the edges, its name, and the operation before it."""
    item, solid = spot.cell.item, spot.cell.solid
    left, top = front_of(spot, flow)
    kind = "join" if item.form == "join" else item.kind
    texts = texts_right(spot) if flow == "right" else texts_down(spot)
    box = FigureBox(kind, " | ".join(item.title), texts=tuple(texts))
    if item.form != "join":
        lines = strokes(spot, left, top, flow, options)
        return box._replace(faces=tuple(faces(spot, left, top)), strokes=tuple(lines))
    sign = SIGNS[item.operation[0]]
    center = (left + solid.width / 2, top + solid.height / 2)
    text = FigureText(center[0], center[1] + 3.5, sign, size=12 if len(sign) == 1 else 7)
    return box._replace(texts=(text, *box.texts), center=center, radius=JOIN)


def texts_right(spot: Spot) -> Iterator[FigureText]:
    """The sizes at the edges of a box, the captions below, and the operation on the left."""
    cell, solid, axis = spot.cell, spot.cell.solid, spot.across
    bottom, middle = axis + solid.half, spot.along + solid.width / 2
    if solid.left:
        y = max(axis + 11, axis + solid.slant / 2 + solid.height / 4)
        yield FigureText(spot.along - 3, y, solid.left, "end")
    if solid.edge:
        x = spot.along + solid.width + solid.slant / 2 + 3
        yield FigureText(x, bottom - solid.slant / 2 + 8, solid.edge, "start")
    if solid.below:
        yield FigureText(middle, bottom + LINE, solid.below, bold=True)
    if cell.item.times > 1:
        top = axis - solid.half - 4  # to the left of arrows that begin above
        yield FigureText(spot.along + solid.extent / 2, top, times_of(cell.item), "end", bold=True)
    for line, caption in enumerate(cell.captions):
        y = axis + spot.captions + (line + 1) * LINE
        yield FigureText(middle, y, caption, pale=line > 0)
    if spot.operation_at is not None:
        x, y = spot.operation_at
        for line, word in enumerate(cell.operation):
            yield FigureText(x, y + line * LINE, word, "start")
    else:
        x = spot.entry[0] - cell.lead / 2
        for line, word in enumerate(reversed(cell.operation)):
            yield FigureText(x, axis - 5 - line * LINE, word)


def times_of(item: DrawingItem) -> str:
    return f"\u00d7{item.times}"


def texts_down(spot: Spot) -> Iterator[FigureText]:
    """The captions to the right of a box, and the operation to the right of the arrow to it."""
    cell = spot.cell
    x = spot.across + cell.solid.extent / 2 + 8
    y = spot.along + cell.body / 2 - LINE * len(cell.captions) / 2 + 9
    for line, caption in enumerate(cell.captions):
        yield FigureText(x, y + line * LINE, caption, "start", bold=line == 0)
    y = spot.along - LINE * len(cell.operation) - 2
    for line, word in enumerate(cell.operation):
        yield FigureText(spot.across + 6, y + line * LINE, word, "start")


def faces(spot: Spot, left: float, top: float) -> Iterator[Face]:
    """The visible faces of a box."""
    width, height, slant = spot.cell.solid[:3]
    right, bottom = left + width, top + height
    yield Face(((left, top), (right, top), (right, bottom), (left, bottom)))
    if slant:
        back_left, back_right = (left + slant, top - slant), (right + slant, top - slant)
        yield Face(((left, top), back_left, back_right, (right, top)), "top")
        lower = (right + slant, bottom - slant)
        yield Face(((right, top), back_right, lower, (right, bottom)), "right")


def strokes(
    spot: Spot, left: float, top: float, flow: FigureFlow, options: FigureOptions
) -> Iterator[Stroke]:
    """A collapsed group has lines across it, and a class its own in gray."""
    width, height, slant = spot.cell.solid[:3]
    if options.palette == "gray":
        yield from hatching(spot.cell.item.kind, left, top, width, height)
    is_group = spot.cell.item.form == "group"
    if flow == "down":
        for third in (1, 2) if is_group and height >= 9 else ():
            y = top + height * third / 3
            yield Stroke(((left, y), (left + width, y), (left + width + slant, y - slant)))
        return
    for third in (1, 2) if is_group and width >= 9 else ():
        x = left + width * third / 3
        yield Stroke(((x, top + height), (x, top), (x + slant, top - slant)))


# Arrows


def arrow_of(wire: Wire, flow: FigureFlow) -> FigureArrow:
    points = wire.points if flow == "right" else tuple((x, y) for y, x in wire.points)
    along, across = wire.place
    texts = []
    lines = list(map(cut, wire.words))
    for number, word in enumerate(lines):
        if flow == "right":
            y = across - 4 - (len(lines) - 1 - number) * LINE
            texts.append(FigureText(along, y, word))
        else:
            y = along + (number - len(lines) / 2) * LINE + 9
            texts.append(FigureText(across + 5, y, word, "start"))
    return FigureArrow(points, tuple(texts), wire.head)


# The legend


def legend_kinds(drawn: Drawing) -> list[str]:
    """The classes in the legend; none if the figure has only one."""
    kinds = {item.kind for item in drawn.items if item.form in ("layer", "group")}
    return [kind for kind in NAMES if kind in kinds] if len(kinds) > 1 else []


def legend(
    kinds: Sequence[str], width: float, height: float, options: FigureOptions
) -> tuple[tuple[Swatch, ...], float, float]:
    """The entries below the figure, in lines of its width, and the size with them."""
    found: list[Swatch] = []
    x, y = float(MARGIN), height + LINE / 2
    for kind in kinds:
        room = 20 + text_width(NAMES[kind])
        if x > MARGIN and x + room > width - MARGIN:
            x, y = float(MARGIN), y + LINE + 4
        name = FigureText(x + 14, y, NAMES[kind], "start")
        lines = hatching(kind, x, y - 9, 10, 10) if options.palette == "gray" else ()
        found.append(Swatch(kind, x, y - 9, 10, name, tuple(lines)))
        x += room + LETTER
        width = max(width, MARGIN + room + MARGIN)
    return tuple(found), width, y + MARGIN if found else height


def caption(words: str, width: float, height: float) -> tuple[tuple[FigureText, ...], float]:
    """The lines of the caption, centered below the figure, and the height with them."""
    found = []
    for line in wrapped(safe(words), width - 2 * MARGIN):
        found.append(FigureText(width / 2, height + LINE / 2, line, size=CAPTION_SIZE))
        height += LINE + 2
    return tuple(found), height + (LINE / 2 if found else 0)


def wrapped(words: str, width: float) -> list[str]:
    """A text in lines of at most a width."""
    scale = CAPTION_SIZE / FONT_SIZE * text_width(words) / max(1, len(words))
    return textwrap.wrap(words, max(1, int(width / scale))) if words else []
