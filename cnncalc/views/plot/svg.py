"""A plot as SVG: ASCII, and the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ...escape import xml
from ..layout import width_of
from ..palette import INK, LIGHT, pale
from ..svg import LINES, SIZE, Point, number, path, text
from .labels import LabelBox, placed_labels
from .plot import Plot, PlotPoint
from .ticks import labelled_ticks

WIDTH, HEIGHT = 640, 420
LEFT, RIGHT, TOP, BOTTOM = 72, 20, 36, 52
"""Pixels around the plot."""
GRID = "#d8dee4"
FRONT, OTHER = LIGHT["conv"], pale(LIGHT["other"], 0.55)
TICKS = 6
RADIUS, FRONT_RADIUS = 2.2, 3.4
CHARACTER = 0.62 * SIZE
"""The width of a character of a label, at most on average."""
DISTANCES = (2, 6, 12)
"""How far a label may be from its point; a line leads to those that are not next to it."""
MAX_LABELLED = 120
"""The points that are labelled, at most; of more, only those on the front."""
MAX_NAMED = 5_000
"""The points that have a text when hovering over them, at most."""


def plot_svg(plot: Plot, title: str = "") -> str:
    """The figure; a viewer shows the name of a point when hovering over it."""
    size = f'width="{WIDTH}" height="{HEIGHT}"'
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" {size}'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img">',
        f"<title>{xml(title or heading(plot))}</title>",
        f'<rect {size} fill="#ffffff"/>',
        f'<g font-family="Helvetica, Arial, sans-serif" font-size="{SIZE}" fill="{INK}">',
        *frame(plot, title),
        *(steps(plot) if plot.is_distribution else marks(plot)),
        "</g>",
        "</svg>",
    ]
    return "".join(f"{line}\n" for line in lines).encode("ascii", "xmlcharrefreplace").decode()


def heading(plot: Plot) -> str:
    return f"{plot.y.title} over {plot.x.title}"


def frame(plot: Plot, title: str) -> Iterator[str]:
    """A line and its number for each tick, and the titles of the axes."""
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for value, label in labelled_ticks(plot.x, TICKS):
        x, _ = place(plot, PlotPoint(value, plot.y.low))
        yield path([(x, TOP), (x, bottom)], GRID)
        yield text(x, bottom + 14, label)
    for value, label in labelled_ticks(plot.y, TICKS):
        _, y = place(plot, PlotPoint(plot.x.low, value))
        yield path([(LEFT, y), (right, y)], GRID)
        yield text(LEFT - 6, y + 3.5, label, "end")
    yield text((LEFT + right) / 2, bottom + 32, plot.x.title)
    yield text(LEFT - 6, TOP - 8, plot.y.title, "start")
    if title:
        yield text(LEFT - 6, 16, title, "start", bold=True)
    if plot.front:
        yield f'<circle cx="{right - 4}" cy="{TOP - 12}" r="{FRONT_RADIUS}" fill="{FRONT}"/>'
        yield text(right - 12, TOP - 8, plot.front, "end")


def place(plot: Plot, point: PlotPoint) -> Point:
    x, y = plot.x.share(point.x), plot.y.share(point.y)
    bottom = HEIGHT - BOTTOM
    return LEFT + x * (WIDTH - RIGHT - LEFT), bottom - y * (bottom - TOP)


def marks(plot: Plot) -> Iterator[str]:
    """The points with the line through the front, and their labels."""
    if plot.stairs:
        yield path([place(plot, corner) for corner in plot.stairs], FRONT)
    yield from dots(plot)
    if plot.is_labelled:
        yield from labels(plot)


def labels(plot: Plot) -> Iterator[str]:
    """The name of each point that has space for it; those on the front come first."""
    points = sorted(plot.points, key=lambda point: not point.is_front)
    are_few = len(points) <= MAX_LABELLED
    sizes = [label_size(point) if are_few or point.is_front else None for point in points]
    frame = LabelBox(LEFT, TOP, WIDTH - RIGHT - LEFT, HEIGHT - BOTTOM - TOP)
    boxes = [mark_box(plot, point) for point in points]
    found = placed_labels(boxes, sizes, frame, DISTANCES, list(lines_of(plot)))
    for point, mark, box in zip(points, boxes, found, strict=True):
        if box is not None:
            if not wider(mark, DISTANCES[0] + 1).overlaps(box):
                yield path([mark.center, nearest(box, mark.center)], LINES, 0.5)
            yield label(point.name, box, mark)


def label(name: str, box: LabelBox, mark: LabelBox) -> str:
    """A name in its box, which is wider than most fonts need, at the side of its point."""
    baseline, right = box.top + 0.8 * box.height, box.left + box.width
    if right <= mark.left:
        return text(right, baseline, name, "end")
    if box.left >= mark.left + mark.width:
        return text(box.left, baseline, name, "start")
    return text(box.center[0], baseline, name)


def lines_of(plot: Plot) -> Iterator[LabelBox]:
    """The boxes of the lines through the front."""
    for (x, y), (to_x, to_y) in pairwise([place(plot, corner) for corner in plot.stairs]):
        yield LabelBox(min(x, to_x), min(y, to_y), abs(to_x - x) + 1, abs(to_y - y) + 1)


def label_size(point: PlotPoint) -> tuple[float, float] | None:
    return (CHARACTER * width_of(point.name), 1.2 * SIZE) if point.name else None


def mark_box(plot: Plot, point: PlotPoint) -> LabelBox:
    """The square around the circle of a point."""
    x, y = place(plot, point)
    radius = FRONT_RADIUS if point.is_front else RADIUS
    return LabelBox(x - radius, y - radius, 2 * radius, 2 * radius)


def wider(box: LabelBox, by: float) -> LabelBox:
    return LabelBox(box.left - by, box.top - by, box.width + 2 * by, box.height + 2 * by)


def nearest(box: LabelBox, point: Point) -> Point:
    """The point of a box that is nearest to another point."""
    x, y = point
    right, bottom = box.left + box.width, box.top + box.height
    return min(max(x, box.left), right), min(max(y, box.top), bottom)


def dots(plot: Plot) -> Iterator[str]:
    """The points, those on the front above the others."""
    for is_front in (False, True):
        for point in plot.points:
            if point.is_front == is_front:
                yield dot(plot, point, len(plot.points) <= MAX_NAMED)


def dot(plot: Plot, point: PlotPoint, is_named: bool) -> str:
    x, y = map(number, place(plot, point))
    radius, color = (FRONT_RADIUS, FRONT) if point.is_front else (RADIUS, OTHER)
    circle = f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{color}"'
    if not (is_named and point.name):
        return f"{circle}/>"
    return f"{circle}><title>{xml(point.name)}</title></circle>"


def steps(plot: Plot) -> Iterator[str]:
    """The line of a distribution."""
    yield path([place(plot, point) for point in plot.points], FRONT, 1.5)
