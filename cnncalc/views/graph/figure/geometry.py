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

    def scaled(self, by: float) -> FigureText:
        return self._replace(x=self.x * by, y=self.y * by, size=self.size * by)


class Face(NamedTuple):
    """One side of a box: a filled polygon; top and right are lighter and darker."""

    points: tuple[Point, ...]
    side: Side = "front"

    def scaled(self, by: float) -> Face:
        return self._replace(points=scaled_points(self.points, by))


class Stroke(NamedTuple):
    """A thin line across a box, in the color of its class: of a group, or of a class in gray."""

    points: tuple[Point, ...]

    def scaled(self, by: float) -> Stroke:
        return Stroke(scaled_points(self.points, by))


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

    def scaled(self, by: float) -> FigureBox:
        return self._replace(
            faces=tuple(one.scaled(by) for one in self.faces),
            strokes=tuple(one.scaled(by) for one in self.strokes),
            texts=tuple(one.scaled(by) for one in self.texts),
            center=(self.center[0] * by, self.center[1] * by),
            radius=self.radius * by,
        )


class FigureArrow(NamedTuple):
    """A line of horizontal and vertical parts, with a head at its end, and its texts."""

    points: tuple[Point, ...]
    texts: tuple[FigureText, ...] = ()
    head: bool = True

    def scaled(self, by: float) -> FigureArrow:
        texts = tuple(one.scaled(by) for one in self.texts)
        return self._replace(points=scaled_points(self.points, by), texts=texts)


class Swatch(NamedTuple):
    """An entry of the legend: a square with its top left corner at (x, y), and a text."""

    kind: str
    x: float
    y: float
    size: float
    text: FigureText
    strokes: tuple[Stroke, ...] = ()

    def scaled(self, by: float) -> Swatch:
        strokes = tuple(one.scaled(by) for one in self.strokes)
        place = (self.x * by, self.y * by, self.size * by)
        return Swatch(self.kind, *place, self.text.scaled(by), strokes)


class FigureGeometry(NamedTuple):
    """A figure.  `title` is the name of the network, `description` a sentence about it.

    `caption` are the lines below the figure.
    """

    title: str
    description: str
    width: float
    height: float
    boxes: tuple[FigureBox, ...]
    arrows: tuple[FigureArrow, ...]
    swatches: tuple[Swatch, ...]
    caption: tuple[FigureText, ...] = ()

    def fitted(self, width: float) -> FigureGeometry:
        """The figure, made smaller if it is wider than a width."""
        if self.width <= width:
            return self
        by = width / self.width
        return self._replace(
            width=width,
            height=self.height * by,
            boxes=tuple(one.scaled(by) for one in self.boxes),
            arrows=tuple(one.scaled(by) for one in self.arrows),
            swatches=tuple(one.scaled(by) for one in self.swatches),
            caption=tuple(one.scaled(by) for one in self.caption),
        )


def scaled_points(points: tuple[Point, ...], by: float) -> tuple[Point, ...]:
    return tuple((x * by, y * by) for x, y in points)
