"""A network as a figure for a paper, in SVG: feature maps as boxes to scale, with labels."""

from __future__ import annotations

from collections.abc import Iterator

from ....engine.analysis import Analysis
from ....escape import xml
from ...palette import INK, PALETTES, Palette
from ...svg import LINES, SIZE, arrow, mixed, number, path, polygon, text
from ..graph import Graph
from .assembly import figure_geometry
from .geometry import FigureArrow, FigureBox, FigureGeometry, FigureText, Swatch
from .styles import DEFAULTS, FigureOptions


def graph_svg(graph: Graph, analysis: Analysis, options: FigureOptions = DEFAULTS) -> str:
    """The figure: ASCII, and the same on every machine.

    Raises FigureTooLarge.
    """
    found = figure_geometry(graph, analysis, options)
    lines = [*head(found), *body(found, PALETTES[options.palette]), "</g>", "</svg>"]
    return "".join(f"{line}\n" for line in lines).encode("ascii", "xmlcharrefreplace").decode()


def head(found: FigureGeometry) -> Iterator[str]:
    width, height = number(found.width), number(found.height)
    box = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img">'
    yield f"<title>{xml(found.title)}</title>"
    yield f"<desc>{xml(found.description)}</desc>"
    yield f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    font = f'font-family="Helvetica, Arial, sans-serif" font-size="{SIZE}" fill="{INK}"'
    yield f'<g {font} stroke-linejoin="round">'


def body(found: FigureGeometry, palette: Palette) -> Iterator[str]:
    for box in found.boxes:
        yield from box_drawn(box, palette)
    for one in found.arrows:
        yield from arrow_drawn(one)
    for swatch in found.swatches:
        yield from swatch_drawn(swatch, palette)
    yield from map(text_drawn, found.caption)


def box_drawn(box: FigureBox, palette: Palette) -> Iterator[str]:
    fill, stroke = palette.fills[box.kind], palette.strokes[box.kind]
    shades = {"front": fill, "top": mixed(fill, 1), "right": mixed(fill, 0)}
    yield f"<g><title>{xml(box.title)}</title>"
    for face in box.faces:
        yield polygon(face.points, shades[face.side], stroke)
    for line in box.strokes:
        yield path(line.points, stroke, 0.6)
    if box.radius:
        x, y = map(number, box.center)
        colors = f'fill="{fill}" stroke="{stroke}"'
        yield f'<circle cx="{x}" cy="{y}" r="{number(box.radius)}" {colors}/>'
    yield from map(text_drawn, box.texts)
    yield "</g>"


def text_drawn(one: FigureText) -> str:
    return text(one.x, one.y, one.words, one.anchor, one.bold, one.pale, one.size)


def arrow_drawn(one: FigureArrow) -> Iterator[str]:
    yield from arrow(one.points) if one.head else [path(one.points, LINES)]
    yield from map(text_drawn, one.texts)


def swatch_drawn(one: Swatch, palette: Palette) -> Iterator[str]:
    size, stroke = number(one.size), palette.strokes[one.kind]
    colors = f'fill="{palette.fills[one.kind]}" stroke="{stroke}"'
    place = f'x="{number(one.x)}" y="{number(one.y)}"'
    yield f'<rect {place} width="{size}" height="{size}" {colors}/>'
    for line in one.strokes:
        yield path(line.points, stroke, 0.6)
    yield text_drawn(one.text)
