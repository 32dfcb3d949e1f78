"""Feature maps as boxes in cabinet projection, with sides by the square roots of their sizes.

Square roots, so that 7 pixels are visible next to 224 and 3 channels next to 2048.  Lengths are in
pixels of the figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

from ....named_tuple import NamedTuple
from ....shape import Shape
from .items import Drawing, DrawingItem
from .styles import FigureFlow, FigureStyle

SIDE = 130  # of the longest spatial axis
VECTOR = 72  # of the longest vector
THICK = 44  # of the most channels
MIN_LENGTH = 3
SLANT = sqrt(0.5) / 2  # of the depth, along both axes: half of its length, at 45 degrees
BAR, BAR_SLANT = 8, 4  # how thick a vector is drawn
JOIN = 8  # the radius of a join


class Solid(NamedTuple):
    """A box: its front, the offset of its back to the right and up, and the labels of its edges."""

    width: float
    height: float
    slant: float
    left: str = ""
    edge: str = ""
    below: str = ""

    @property
    def extent(self) -> float:
        """The width, including the back."""
        return self.width + self.slant

    @property
    def half(self) -> float:
        """The distance from the center to the top or bottom."""
        return (self.height + self.slant) / 2


class DrawingScale(NamedTuple):
    """The largest sizes of a figure, which are drawn at full length."""

    spatial: int
    series: int
    channels: int
    vector: int


def scale_of(figure: Drawing) -> DrawingScale:
    maps = [item.shape for item in figure.items if len(item.shape) > 1]
    return DrawingScale(
        most(size for shape in maps if len(shape) > 2 for size in shape[-2:]),
        most(shape[1] for shape in maps if len(shape) == 2),
        most(shape.channels for shape in maps),
        most(item.shape.channels for item in figure.items if len(item.shape) == 1),
    )


def most(sizes: Iterable[int]) -> int:
    return max(sizes, default=1) or 1


def length(size: int, largest: int, full: float) -> float:
    return max(MIN_LENGTH, full * sqrt(size / largest))


def solid_of(
    item: DrawingItem, scale: DrawingScale, style: FigureStyle = "boxes", flow: FigureFlow = "right"
) -> Solid:
    """The solid of an item: of a figure that flows down, it lies, with its channels upward."""
    if item.form == "join":
        return Solid(2 * JOIN, 2 * JOIN, 0)
    found = standing(item.shape, scale)
    if flow == "down":
        found = lying(item.shape, found)
    return flat(item.shape, found) if style == "flat" else found


def standing(shape: Shape, scale: DrawingScale) -> Solid:
    """A bar for a vector, a sheet for a series, a box for an image or for those of a volume."""
    if len(shape) == 1:
        long = length(shape.channels, scale.vector, VECTOR)
        return Solid(BAR, long, BAR_SLANT, below=str(shape))
    thick = length(shape.channels, scale.channels, THICK)
    if len(shape) == 2:
        long = length(shape[1], scale.series, SIDE)
        return Solid(thick, long, 0, left=str(shape[1]), below=str(shape.channels))
    tall, deep = (length(size, scale.spatial, SIDE) for size in shape[-2:])
    if shape[-2:] == (1, 1):  # there is no room for a label at an edge
        return Solid(thick, tall, SLANT * deep, below=str(shape))
    below = Shape(shape[:-2])  # the channels, and the axes that are not drawn
    return Solid(thick, tall, SLANT * deep, str(shape[-2]), str(shape[-1]), str(below))


def lying(shape: Shape, solid: Solid) -> Solid:
    """A plate: its width is to the right, and its height to the back."""
    if len(shape) < 3:
        return Solid(solid.height, solid.width, solid.slant, below=str(shape))
    wide, deep = solid.slant / SLANT, solid.height * SLANT
    return Solid(wide, solid.width, deep, below=str(shape))


def flat(shape: Shape, solid: Solid) -> Solid:
    return Solid(solid.width, solid.height, 0, below=str(shape))
