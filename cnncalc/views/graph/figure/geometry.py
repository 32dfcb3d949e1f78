"""The geometry of a figure: what is drawn where, without a language to draw it in.

`figure_geometry` (assembly.py) makes it; svg.py writes it as SVG.  Lengths are in pixels of 1/96
inch, x to the right and y down from the top left corner.  Colors are classes of the palette
(`conv`, `pool`, ...), and texts are as they are read: a language escapes them.  Later elements
cover earlier ones: boxes, then arrows, then the swatches of the legend.
"""

from __future__ import annotations

from typing import Literal

from ....named_tuple import NamedTuple
from ...svg import Point

Anchor = Literal["start", "middle", "end"]
Side = Literal["front", "top", "right"]
FONT_SIZE = 10


class FigureText(NamedTuple):
    """A line of text; (x, y) is its start, middle or end on the baseline.  `pale`: in gray."""

    x: float
    y: float
    words: str
    anchor: Anchor = "middle"
    bold: bool = False
    pale: bool = False
    size: float = FONT_SIZE


class Face(NamedTuple):
    """One side of a box: a filled polygon; top and right are lighter and darker."""

    points: tuple[Point, ...]
    side: Side = "front"


class Stroke(NamedTuple):
    """A thin line across a box, in the color of its class."""

    points: tuple[Point, ...]


class FigureBox(NamedTuple):
    """A feature map: its faces, lines across them, and the texts at its edges and below.

    A join is a disc, with a `center` and a `radius`, and without faces; its sign is a text.
    `title` is the full description, for viewers that can show it.
    """

    kind: str
    title: str
    faces: tuple[Face, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    texts: tuple[FigureText, ...] = ()
    center: Point = (0, 0)
    radius: float = 0


class FigureArrow(NamedTuple):
    """A line of horizontal and vertical parts, with a head at its end, and its texts."""

    points: tuple[Point, ...]
    texts: tuple[FigureText, ...] = ()
    head: bool = True


class Swatch(NamedTuple):
    """An entry of the legend: a square with its top left corner at (x, y), and a text."""

    kind: str
    x: float
    y: float
    size: float
    text: FigureText


class FigureGeometry(NamedTuple):
    """A figure.  `title` is the name of the network, `description` a sentence about it."""

    title: str
    description: str
    width: float
    height: float
    boxes: tuple[FigureBox, ...]
    arrows: tuple[FigureArrow, ...]
    swatches: tuple[Swatch, ...]
