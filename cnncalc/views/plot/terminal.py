"""A plot in characters: dots of Braille patterns, of which a character has two by four.

Where the output has only ASCII, a character is a dot.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ...escape import safe
from ..layout import faint, paint, width_of, wrapped
from ..style import Style
from .plot import Plot, PlotAxis, PlotPoint
from .ticks import labelled_ticks, tick_text

WIDTH, HEIGHT = 72, 16
"""Characters of a plot where the width is not limited, and its height."""
LEAST = 8
"""The width of the smallest plot."""
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bits of a Braille pattern, by row and column."""
BRAILLE = 0x2800
TICK_ROWS, TICK_WIDTH = 4, 12
"""How many lines and columns there are for each tick at least."""
FRONT_COLOR = "yellow"

CharacterPlace = tuple[int, int]
"""A column and a row, from the left and from above."""


class Canvas:
    """A grid of characters in which dots are set."""

    def __init__(self, width: int, height: int, style: Style) -> None:
        self.width, self.height, self.style = width, height, style
        self.across, self.up = (2, 4) if style.unicode else (1, 1)
        self.dots: dict[CharacterPlace, int] = {}
        self.fronts: set[CharacterPlace] = set()

    @property
    def size(self) -> CharacterPlace:
        """The number of dots in each direction."""
        return self.width * self.across, self.height * self.up

    def set(self, x: int, y: int, is_front: bool = False) -> None:
        """Set a dot; x counts from the left, y from below."""
        down = self.size[1] - 1 - y
        place = x // self.across, down // self.up
        self.dots[place] = self.dots.get(place, 0) | DOTS[down % self.up][x % self.across]
        if is_front:
            self.fronts.add(place)

    def row(self, row: int) -> str:
        return "".join([self.character((column, row)) for column in range(self.width)])

    def character(self, place: CharacterPlace) -> str:
        if place in self.fronts:
            mark = "●" if self.style.unicode else "*"
            return paint(mark, FRONT_COLOR) if self.style.color else mark
        if place not in self.dots:
            return " "
        return chr(BRAILLE + self.dots[place]) if self.style.unicode else "."


def plot_text(plot: Plot, style: Style) -> str:
    """The plot with its axes, as lines."""
    total = WIDTH if style.width is None else style.width
    labels = y_labels(plot.y)
    margin = max(map(len, labels.values()))
    width = max(LEAST, total - margin - 2)
    canvas = Canvas(width, HEIGHT, style)
    draw(plot, canvas)
    corner, line, bar = ("└", "─", "│") if style.unicode else ("+", "-", "|")
    lines = [heading(plot, style)]
    for row in range(HEIGHT):
        label = labels.get(row, "").rjust(margin)
        lines.append(f"{faint(f'{label} {bar}', style)}{canvas.row(row)}".rstrip())
    lines.append(faint(" " * (margin + 1) + corner + line * width, style))
    lines.append(faint(x_labels(plot.x, margin + 2, width), style))
    return "".join(f"{line}\n" for line in lines)


def heading(plot: Plot, style: Style) -> str:
    """What the axes are, and what is highlighted."""
    text = f"{safe(plot.y.title)} over {safe(plot.x.title)}"
    if plot.front:
        text += f"; {'●' if style.unicode else '*'} {plot.front}"
    return wrapped(text, style)


def y_labels(axis: PlotAxis) -> dict[int, str]:
    """The text of ticks, by row from above."""
    found = {}
    for value, text in labelled_ticks(axis, HEIGHT // TICK_ROWS):
        found[HEIGHT - 1 - place_of(axis.share(value), HEIGHT)] = text
    return found or {0: tick_text(axis.high, axis.kind)}


def x_labels(axis: PlotAxis, left: int, width: int) -> str:
    """The line below the axis: the text of each tick centered below it, where it has space."""
    line = ""
    for value, text in labelled_ticks(axis, max(1, width // TICK_WIDTH)):
        center = left + place_of(axis.share(value), width)
        start = min(center - width_of(text) // 2, left + width - width_of(text))
        if start >= len(line) + bool(line):
            line = line.ljust(start) + text
    return line


def draw(plot: Plot, canvas: Canvas) -> None:
    points = list(dots_of(plot, canvas))
    if plot.is_distribution:
        for (x, y, _), (to_x, to_y, _) in pairwise(points):
            for dot in range(min(x, to_x), max(x, to_x) + 1):
                canvas.set(dot, y)
            for dot in range(min(y, to_y), max(y, to_y) + 1):
                canvas.set(to_x, dot)
        return
    for x, y, point in points:
        canvas.set(x, y, point.is_front)


def dots_of(plot: Plot, canvas: Canvas) -> Iterator[tuple[int, int, PlotPoint]]:
    """The dot of each point."""
    across, up = canvas.size
    for point in plot.points:
        x, y = plot.x.share(point.x), plot.y.share(point.y)
        yield place_of(x, across), place_of(y, up), point


def place_of(share: float, size: int) -> int:
    """The dot or character at a share of an axis.

    >>> place_of(0.0, 10), place_of(0.5, 10), place_of(1.0, 10)
    (0, 5, 9)
    """
    return min(size - 1, max(0, int(share * size)))
