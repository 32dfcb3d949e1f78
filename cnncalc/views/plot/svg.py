"""A plot as SVG: ASCII, and the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator

from ...escape import xml
from ..palette import INK, LIGHT, pale
from ..svg import SIZE, Point, number, path, text
from .plot import Plot, PlotPoint
from .ticks import labelled_ticks

WIDTH, HEIGHT = 640, 420
LEFT, RIGHT, TOP, BOTTOM = 72, 20, 36, 52
"""Pixels around the plot."""
GRID = "#d8dee4"
FRONT, OTHER = LIGHT["conv"], pale(LIGHT["other"], 0.55)
TICKS = 6
RADIUS, FRONT_RADIUS = 2.2, 3.4
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
        *(steps(plot) if plot.is_distribution else dots(plot)),
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
