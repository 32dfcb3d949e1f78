"""How much room an item needs.  A chain flows along its axis, to the right or down.

Along the axis are arrows, with the operation of an item before its body.  Across it, the body is
centered on the axis.  To the right, captions are below the bodies, in a band of their own; down,
they are to the right of each body.  Lengths are in pixels.
"""

from __future__ import annotations

from ....named_tuple import NamedTuple
from ...layout import width_of
from .items import DrawingItem
from .solids import DrawingScale, Solid, solid_of
from .styles import FigureFlow, FigureStyle

GAP = 24  # between two items, at least
LINE = 12  # from one line of text to the next
LETTER = 5.2  # a character of the text, on average
BOLD = 1.1  # times as wide is bold text
MAX_CHARACTERS = 26  # of a text


class FigureCell(NamedTuple):
    """The room of an item along its chain, from the start of its body, and across.

    `lead` is before the body, for the arrow with the operation.  `edges` are before and after the
    body, for the labels of its sides, and `overhang` for the captions.  `up` and `down` are across,
    and `band` is the room of the captions after the longest body of the chain.  `top` is from the
    axis to where an arrow from above ends.  Along the axis, arrows end and begin `front` and `back`
    inside of the body.
    """

    item: DrawingItem
    solid: Solid
    operation: tuple[str, ...]
    captions: tuple[str, ...]
    body: float
    lead: float
    edges: tuple[float, float]
    overhang: tuple[float, float]
    up: float
    down: float
    band: float
    top: float
    front: float
    back: float


class CellMaker(NamedTuple):
    """Makes the cells of a figure."""

    scale: DrawingScale
    style: FigureStyle
    flow: FigureFlow

    def cell(self, item: DrawingItem, words: tuple[str, ...], is_apart: bool = False) -> FigureCell:
        """The cell of an item, with the words of the arrow to it.

        `is_apart`: the operation is next to the arrow, with a room of its own.
        """
        operation = () if item.form == "join" else item.operation  # its sign shows it
        lines = tuple(map(cut, (*words, *operation)))
        solid = solid_of(item, self.scale, self.style, self.flow)
        make = cell_right if self.flow == "right" else cell_down
        return make(item, solid, lines, is_apart)


def cell_right(
    item: DrawingItem, solid: Solid, lines: tuple[str, ...], is_apart: bool
) -> FigureCell:
    """Captions are centered below the front of the body."""
    texts = captions(item)
    named = max(map(text_width, texts), default=0)
    half = max(named, text_width(solid.below, bold=True)) / 2
    front = solid.width / 2
    room = 0.0 if is_apart else max(map(text_width, lines), default=0) + 12
    edges = (
        text_width(solid.left) + 6 if solid.left else 0,
        max(0, text_width(solid.edge) + 4 - solid.slant / 2) if solid.edge else 0,
    )
    overhang = (half - front, half - front - solid.slant)
    if item.form == "join":  # its captions are next to other bodies
        edges = overhang
    above = (LINE * len(lines) + 6) if lines and not is_apart else 0
    up = max(solid.half + (LINE + 2 if item.times > 1 else 0), above)
    return FigureCell(
        item,
        solid,
        lines,
        texts,
        solid.extent,
        max(GAP, room),
        edges,
        overhang,
        up,
        solid.half + (LINE + 2 if solid.below else 0),
        LINE * len(texts) + 4,
        solid.half - solid.slant / 2,
        max(0.0, (solid.slant - solid.height) / 2),
        solid.slant / 2,
    )


def cell_down(
    item: DrawingItem, solid: Solid, lines: tuple[str, ...], is_apart: bool
) -> FigureCell:
    """Captions are to the right of the body, in the middle of its height."""
    shape = (solid.below,) if solid.below else ()
    times = (f"\u00d7{item.times}",) if item.times > 1 else ()
    texts = (*shape, *times, *captions(item))
    wide = max([0.0, *(text_width(text, bold=True) for text in texts)])
    operation = max(map(text_width, lines), default=0) + 12
    tall = 2 * solid.half
    spare = max(0.0, LINE * len(texts) - tall) / 2  # before and after a body lower than its texts
    half = solid.extent / 2
    return FigureCell(
        item,
        solid,
        lines,
        texts,
        tall + 2 * spare,
        max(GAP, LINE * len(lines) + 16),
        (0, 0),
        (0, 0),
        half,
        max(half + 8 + wide, operation),
        0,
        half,
        solid.slant / 2 + spare,
        spare,
    )


def captions(item: DrawingItem) -> tuple[str, ...]:
    """The lines at an item: name, shape of a join, in-place operations, shared weights, outputs.

    A join that has no name of its own has none: it would only repeat its sign.
    """
    _, _, last = item.name.rpartition(".")
    is_named = item.form != "join" or last.rstrip("0123456789") != item.operation[0]
    lines = [
        item.name if is_named else "",
        str(item.shape) if item.form == "join" else "",
        ", ".join(item.after),
        f"shared: {', '.join(item.shared)}" if item.shared else "",
        *item.ends,
    ]
    return tuple(cut(line) for line in lines if line)


def cut(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 3] + "..."


def text_width(text: str, bold: bool = False) -> float:
    """The approximate width of a text."""
    return width_of(text) * LETTER * (BOLD if bold else 1)
