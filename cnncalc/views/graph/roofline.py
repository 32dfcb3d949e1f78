"""The roofline of a network on a device as a figure, in SVG: a dot per layer, on logarithmic axes.

Layers at the same place are one dot, whose area is the share of the time that they take at least.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10, sqrt

from ...devices.roofline import Roofline, RooflinePoint
from ...engine.analysis import Analysis
from ...escape import xml
from ...named_tuple import NamedTuple
from ..layout import width_of
from ..palette import FILLS, INK, NAMES, STROKES, color_class
from ..svg import LINES, SIZE, Point, number, path, text
from ..text import percent, short

WIDTH = 760
LISTED, LINE, LETTER = 8, 13, 5.6
"""How many dots are named; the height of a line, and the width of a letter."""
LEFT, RIGHT, TOP, BOTTOM = 58, 20, 44 + LISTED * LINE, 56
"""Pixels around the plot."""
GRID = "#d8dee4"

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""


class Dot(NamedTuple):
    """Operators at one place: their first layers, the point of the first, and their time."""

    layers: tuple[int, ...]
    point: RooflinePoint
    seconds: float


class Axes(NamedTuple):
    """A plot in pixels: the decades of its left and right edge, of its bottom and of the peak."""

    width: float
    height: float
    first: int
    last: int
    lowest: int
    peak: float

    @property
    def roof(self) -> float:
        return TOP + 3 * LINE

    def x(self, intensity: float) -> float:
        share = (log10(intensity) - self.first) / (self.last - self.first)
        return LEFT + share * (self.width - LEFT - RIGHT)

    def y(self, rate: float) -> float:
        bottom = self.height - BOTTOM
        share = (log10(rate) - self.lowest) / (self.peak - self.lowest)
        return bottom - share * (bottom - self.roof)


def roofline_svg(found: Roofline, analysis: Analysis, device: str, width: float = WIDTH) -> str:
    """The figure: ASCII, and the same on every machine."""
    axes = axes_of(found, width)
    dots = dots_of(found, axes)
    lines = [
        *head(axes, analysis, device),
        *grid(axes),
        *limits(found, axes),
        *(dot_drawn(dot, found, analysis, axes) for dot in dots),
        *listed(dots[:LISTED], found, analysis),
        *numbers(dots[:LISTED], axes),
        *legend(dots, found, analysis, axes),
        "</g>",
        "</svg>",
    ]
    return "".join(f"{line}\n" for line in lines).encode("ascii", "xmlcharrefreplace").decode()


def axes_of(found: Roofline, width: float) -> Axes:
    """Axes with all dots and the ridge, and at least a decade below the peak."""
    intensities = [found.ridge, *(point.intensity for point in found.points)]
    rates = [found.peak / 10, *(point.rate for point in found.points)]
    first, last = floor(log10(min(intensities))), ceil(log10(max(intensities)))
    lowest = floor(log10(min(rates)))
    return Axes(width, width * 0.75, first, max(last, first + 1), lowest, log10(found.peak))


def dots_of(found: Roofline, axes: Axes) -> list[Dot]:
    """The dots, those with the longest times first."""
    places: dict[tuple[int, int], list[RooflinePoint]] = {}
    for point in found.points:
        pixel = round(axes.x(point.intensity)), round(axes.y(point.rate))
        places.setdefault(pixel, []).append(point)
    dots = [
        Dot(tuple([one.layer for one in points]), points[0], sum(one.seconds for one in points))
        for points in places.values()
    ]
    return sorted(dots, key=lambda dot: -dot.seconds)


def head(axes: Axes, analysis: Analysis, device: str) -> Iterator[str]:
    size = f'width="{number(axes.width)}" height="{number(axes.height)}"'
    box = f'viewBox="0 0 {number(axes.width)} {number(axes.height)}" {size}'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img">'
    name = f"{analysis.network.name} on {device}, {analysis.network.dtype}"
    title = f"{name}, batch {analysis.batch:,}" if analysis.batch > 1 else name
    yield f"<title>{xml(title)}</title>"
    yield f'<rect {size} fill="#ffffff"/>'
    yield f'<g font-family="Helvetica, Arial, sans-serif" font-size="{SIZE}" fill="{INK}">'
    yield text(LEFT, 18, title, "start", bold=True)


# The plot


def grid(axes: Axes) -> Iterator[str]:
    """A line and its number for each decade, and the titles of the axes."""
    bottom, right = axes.height - BOTTOM, axes.width - RIGHT
    for decade in range(axes.first, axes.last + 1):
        x = axes.x(10.0**decade)
        yield path([(x, TOP), (x, bottom)], GRID)
        yield text(x, bottom + 14, f"{10.0**decade:g}" if decade < 3 else short(10**decade))
    for decade in range(axes.lowest, floor(axes.peak) + 1):
        y = axes.y(10.0**decade)
        yield path([(LEFT, y), (right, y)], GRID)
        yield text(LEFT - 6, y + 3.5, short(10**decade), "end")
    yield text((LEFT + right) / 2, bottom + 30, "MACs / byte")
    yield text(LEFT - 6, TOP - 2, "MACs/s", "end")


def limits(found: Roofline, axes: Axes) -> Iterator[str]:
    """The two lines of the device: the bandwidth up to the ridge, and the peak from there on."""
    right = axes.width - RIGHT
    lowest, first = 10.0**axes.lowest, 10.0**axes.first
    start = max(first, lowest / found.bandwidth)
    slope = [
        (axes.x(start), axes.y(start * found.bandwidth)),
        (axes.x(found.ridge), axes.roof),
        (right, axes.roof),
    ]
    yield path(slope, LINES, 1.5)
    yield text(right, axes.roof - 5, f"{short(round(found.peak))} MACs/s", "end", pale=True)
    memory = f"{short(round(found.bandwidth))} B/s"
    yield text(axes.x(start) + 24, slope[0][1] - 5, memory, "start", pale=True)


def dot_drawn(dot: Dot, found: Roofline, analysis: Analysis, axes: Axes) -> str:
    """A dot with its numbers, which a viewer shows when hovering over it."""
    kind = color_class(analysis.layers[dot.layers[0]].node.layer)
    x, y = place(dot, axes)
    radius = number(2 + 10 * sqrt(dot.seconds / found.seconds))
    circle = f'<circle cx="{number(x)}" cy="{number(y)}" r="{radius}" {colors(kind)}>'
    return f"{circle}<title>{xml(words_of(dot, found, analysis))}</title></circle>"


def colors(kind: str) -> str:
    return f'fill="{FILLS[kind]}" stroke="{STROKES[kind]}"'


def words_of(dot: Dot, found: Roofline, analysis: Analysis) -> str:
    """The first layer of a dot, how many others are there, and its numbers."""
    first, others = analysis.layers[dot.layers[0]].node.path, len(dot.layers) - 1
    name = f"{first} and {others:,} more" if others else first
    speed = f"{dot.point.intensity:.3g} MACs/byte, at most {short(round(dot.point.rate))} MACs/s"
    return f"{name}: {speed}, {share(dot.seconds, found)} of the minimum time"


def share(seconds: float, found: Roofline) -> str:
    return percent(round(seconds / found.seconds * 10**6), 10**6)


def place(dot: Dot, axes: Axes) -> Point:
    return axes.x(dot.point.intensity), axes.y(dot.point.rate)


# Names


def listed(dots: Sequence[Dot], found: Roofline, analysis: Analysis) -> Iterator[str]:
    """The dots with the longest times, numbered."""
    for index, dot in enumerate(dots, 1):
        y = 22 + LINE * index
        yield text(LEFT, y, str(index), "end", bold=True)
        yield text(LEFT + 6, y, words_of(dot, found, analysis), "start")


def numbers(dots: Sequence[Dot], axes: Axes) -> Iterator[str]:
    """The number of each dot, above the roof or below the slope, where there is space."""
    taken: list[Box] = []
    for index, dot in enumerate(dots, 1):
        x, y = place(dot, axes)
        is_peak = y < axes.roof + 1
        for line in range(LISTED):
            aside, below = (0, -15 - LINE * line) if is_peak else (12, 10 + LINE * line)
            box = x + aside - 4, y + below - SIZE, x + aside + 4, y + below
            if not any(overlap(box, other) for other in taken):
                taken.append(box)
                yield text(x + aside, y + below, str(index), bold=True)
                break


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes have points in common.

    >>> overlap((0, 0, 2, 2), (1, 1, 3, 3)), overlap((0, 0, 2, 2), (2, 0, 3, 2))
    (True, False)
    """
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]


def legend(dots: Sequence[Dot], found: Roofline, analysis: Analysis, axes: Axes) -> Iterator[str]:
    """The colors, and what is not drawn."""
    present = {color_class(analysis.layers[dot.layers[0]].node.layer) for dot in dots}
    x, y = float(LEFT), axes.height - 8
    for kind in [kind for kind in NAMES if kind in present]:
        yield f'<circle cx="{number(x)}" cy="{number(y - 3.5)}" r="4" {colors(kind)}/>'
        yield text(x + 8, y, NAMES[kind], "start")
        x += 24 + width_of(NAMES[kind]) * LETTER
    rest = found.seconds - sum(dot.seconds for dot in dots)
    if found.seconds:
        remark = f"without MACs, and not drawn: {share(max(0.0, rest), found)} of the minimum time"
        yield text(axes.width - RIGHT, y, remark, "end", pale=True)
