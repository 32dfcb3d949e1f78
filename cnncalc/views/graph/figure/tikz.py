"""A network as a figure for a paper, in TikZ: the same feature maps, labels and arrows as in SVG.

The text is one picture, as wide as the text of an article at most.  It compiles alone, as a page of
its size, and within a document that inputs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ....engine.analysis import Analysis
from ....escape import safe
from ...latex import document, text_of
from ...palette import INK, PALETTES, Palette
from ...svg import LINES, Point, arrow_parts, mixed, number
from ..graph import Graph
from .assembly import full_geometry
from .geometry import (
    FONT_SIZE,
    FigureArrow,
    FigureBox,
    FigureGeometry,
    FigureText,
    Stroke,
    Swatch,
)
from .styles import FigureOptions

WIDTH = 600
"""Pixels of a figure: its text, of 10 pixels, is 5.75 points high in an article."""
DEFAULTS = FigureOptions(WIDTH)
TEXT_WIDTH, TEXT_HEIGHT = 345, 500
"""Points of the text of an article of 10 points, less its caption."""
LARGEST = 0.75
"""Points of a pixel at most: a pixel of 1/96 inch, as in SVG."""
ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}
ALONE = """\
% Compiles alone, and with \\input in a document that has \\usepackage{{tikz}}.
\\let\\cnncalcend\\relax
\\expandafter\\ifx\\csname @nodocument\\endcsname\\relax\\else
  \\documentclass{{article}}
  \\usepackage[papersize={{{width}pt,{height}pt}},margin=0pt]{{geometry}}
  \\usepackage{{tikz}}
  \\pagestyle{{empty}}\\parindent0pt\\topskip0pt
  \\def\\cnncalcend{{\\end{{document}}}}
  \\begin{{document}}
\\fi
"""
"""`@nodocument` is an error in the preamble, and nothing within a document."""


def graph_tikz(graph: Graph, analysis: Analysis, options: FigureOptions = DEFAULTS) -> str:
    """The figure.  Raises FigureTooLarge."""
    found = full_geometry(graph, analysis, options)
    unit = unit_of(found, options)
    palette = PALETTES[options.palette]
    page = {"width": number(unit * found.width + 0.1), "height": number(unit * found.height + 0.1)}
    lines = [*head(found, unit, palette), *body(found), "\\end{tikzpicture}%", "\\cnncalcend", ""]
    return ALONE.format(**page) + document("\n".join(lines))


def unit_of(found: FigureGeometry, options: FigureOptions) -> float:
    """Points of a pixel, with which the figure fits the page and the width that is requested."""
    largest = LARGEST if options.flow == "down" else LARGEST * min(1, options.width / found.width)
    return min(largest, TEXT_WIDTH / found.width, TEXT_HEIGHT / found.height)


def head(found: FigureGeometry, unit: float, palette: Palette) -> Iterator[str]:
    """The start of the picture, whose unit is a pixel, and its colors."""
    length = f"{unit:.4f}pt"
    yield f"% {safe(found.description)}"
    yield f"\\begin{{tikzpicture}}[x={length},y=-{length},line width={length},line join=round,"
    yield "  every node/.style={inner sep=0pt,outer sep=0pt,text=cnncalc-ink,"
    yield f"    scale={unit:.4f},font=\\fontsize{{10}}{{12}}\\selectfont\\sffamily}}]"
    for name, color in {"ink": INK, "line": LINES, **box_colors(found, palette)}.items():
        yield f"\\definecolor{{cnncalc-{name}}}{{HTML}}{{{color.lstrip('#').upper()}}}"
    size = f"({number(found.width)},{number(found.height)})"
    yield f"\\path[use as bounding box] (0,0) rectangle {size};"


def box_colors(found: FigureGeometry, palette: Palette) -> Mapping[str, str]:
    """The colors of the classes in a figure, by name."""
    colors: dict[str, str] = {}
    for kind in dict.fromkeys(box.kind for box in found.boxes):
        fill = palette.fills[kind]
        colors |= {kind: palette.strokes[kind], f"{kind}-front": fill}
        colors |= {f"{kind}-top": mixed(fill, 1), f"{kind}-right": mixed(fill, 0)}
    return colors


def body(found: FigureGeometry) -> Iterator[str]:
    for box in found.boxes:
        yield from box_drawn(box)
    for one in found.arrows:
        yield from arrow_drawn(one)
    for swatch in found.swatches:
        yield from swatch_drawn(swatch)
    yield from map(text_drawn, found.caption)


def box_drawn(box: FigureBox) -> Iterator[str]:
    yield f"% {safe(box.title)}"
    for face in box.faces:
        points = " -- ".join(map(place, face.points))
        yield f"\\filldraw[{colors(box.kind, face.side)}] {points} -- cycle;"
    yield from strokes_drawn(box.strokes, box.kind)
    if box.radius:
        circle = f"{place(box.center)} circle [radius={number(box.radius)}]"
        yield f"\\filldraw[{colors(box.kind, 'front')}] {circle};"
    yield from map(text_drawn, box.texts)


def strokes_drawn(strokes: Sequence[Stroke], kind: str) -> Iterator[str]:
    for line in strokes:
        points = " -- ".join(map(place, line.points))
        yield f"\\draw[cnncalc-{kind},very thin] {points};"


def colors(kind: str, side: str) -> str:
    return f"draw=cnncalc-{kind},fill=cnncalc-{kind}-{side}"


def arrow_drawn(one: FigureArrow) -> Iterator[str]:
    line, head = arrow_parts(one.points) if one.head else (one.points, [])
    yield f"\\draw[cnncalc-line] {' -- '.join(map(place, line))};"
    if head:
        yield f"\\fill[cnncalc-line] {' -- '.join(map(place, head))} -- cycle;"
    yield from map(text_drawn, one.texts)


def swatch_drawn(one: Swatch) -> Iterator[str]:
    corner = place((one.x + one.size, one.y + one.size))
    yield f"\\filldraw[{colors(one.kind, 'front')}] {place((one.x, one.y))} rectangle {corner};"
    yield from strokes_drawn(one.strokes, one.kind)
    yield text_drawn(one.text)


def text_drawn(one: FigureText) -> str:
    """A text at its place; its size is relative to that of the usual text."""
    style = f"anchor={ANCHORS[one.anchor]}"
    if one.pale:
        style += ",text=cnncalc-line"
    words = text_of(one.words)
    if one.bold:
        words = f"\\bfseries {words}"
    if one.size != FONT_SIZE:
        words = f"\\scalebox{{{one.size / FONT_SIZE:.2f}}}{{{words}}}"
    return f"\\node[{style}] at {place((one.x, one.y))} {{{words}}};"


def place(point: Point) -> str:
    return f"({number(point[0])},{number(point[1])})"
