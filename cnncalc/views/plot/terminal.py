"""A plot in characters: dots of Braille patterns, of which a character has two by four.

Where the output has only ASCII, a character is a dot.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ...escape import safe
from ...problem import count
from ..layout import faint, paint, width_of, wrapped
from ..style import Style
from .labels import LabelBox, placed_labels
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
        self.texts: dict[CharacterPlace, str] = {}

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

    def write(self, left: int, row: int, words: str) -> None:
        """Write words of characters of one column each."""
        for offset, character in enumerate(words):
            self.texts[left + offset, row] = character

    def row(self, row: int) -> str:
        return "".join([self.character((column, row)) for column in range(self.width)])

    def character(self, place: CharacterPlace) -> str:
        if place in self.fronts:
            mark = "●" if self.style.unicode else "*"
            return paint(mark, FRONT_COLOR) if self.style.color else mark
        if place in self.texts:
            return self.texts[place]
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
    unnamed = write_names(plot, canvas) if plot.is_labelled else 0
    corner, line, bar = ("└", "─", "│") if style.unicode else ("+", "-", "|")
    lines = [heading(plot, style)]
    for row in range(HEIGHT):
        label = labels.get(row, "").rjust(margin)
        lines.append(f"{faint(f'{label} {bar}', style)}{canvas.row(row)}".rstrip())
    lines.append(faint(" " * (margin + 1) + corner + line * width, style))
    lines.append(faint(x_labels(plot.x, margin + 2, width), style))
    if unnamed:
        text = f"({count(unnamed, 'point')} without space for a name)"
        lines.append(faint(wrapped(text, style), style))
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
    if plot.is_distribution:
        connect(plot, canvas, plot.points)
        return
    connect(plot, canvas, plot.stairs)
    for point in plot.points:
        canvas.set(*dot_of(plot, canvas, point), point.is_front)


def connect(plot: Plot, canvas: Canvas, points: Sequence[PlotPoint]) -> None:
    """Draw lines along the axes from each point to the next."""
    dots = [dot_of(plot, canvas, point) for point in points]
    for (x, y), (to_x, to_y) in pairwise(dots):
        for dot in range(min(x, to_x), max(x, to_x) + 1):
            canvas.set(dot, y)
        for dot in range(min(y, to_y), max(y, to_y) + 1):
            canvas.set(to_x, dot)


def write_names(plot: Plot, canvas: Canvas) -> int:
    """Write the names next to the points; the number of those without space for it."""
    points = sorted(plot.points, key=lambda point: not point.is_front)
    names = [safe(point.name) for point in points]
    names = [name if width_of(name) == len(name) else "" for name in names]
    boxes = [LabelBox(*character_of(plot, canvas, point), 1, 1) for point in points]
    sizes = [(len(name) + 2, 1) if name else None for name in names]  # with a space on each side
    bounds = LabelBox(-1, 0, canvas.width + 2, canvas.height)
    lines = [LabelBox(*place, 1, 1) for place in canvas.dots]
    found = placed_labels(boxes, sizes, bounds, (0,), lines)
    for name, box in zip(names, found, strict=True):
        if box is not None:
            canvas.write(int(box.left) + 1, int(box.top), name)
    return found.count(None)


def character_of(plot: Plot, canvas: Canvas, point: PlotPoint) -> CharacterPlace:
    """The column and the row of the character that has the dot of a point."""
    x, y = dot_of(plot, canvas, point)
    return x // canvas.across, (canvas.size[1] - 1 - y) // canvas.up


def dot_of(plot: Plot, canvas: Canvas, point: PlotPoint) -> tuple[int, int]:
    """The dot of a point."""
    across, up = canvas.size
    return place_of(plot.x.share(point.x), across), place_of(plot.y.share(point.y), up)


def place_of(share: float, size: int) -> int:
    """The dot or character at a share of an axis.

    >>> place_of(0.0, 10), place_of(0.5, 10), place_of(1.0, 10)
    (0, 5, 9)
    """
    return min(size - 1, max(0, int(share * size)))
