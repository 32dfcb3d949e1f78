"""Placed items and lines: the parts that chains, branches and meshes are made of.

Everything is relative to a start, along the flow and across it.
"""

from __future__ import annotations

from collections.abc import Mapping

from ....named_tuple import NamedTuple
from .cells import LETTER, LINE, CellMaker, FigureCell, cut, text_width
from .items import Drawing
from .structure import Links


class Spot(NamedTuple):
    """The start of the body of an item on its axis, and the distance from there to its captions.

    `operation_at` is where its operation begins, if that is next to the arrow to it.
    """

    cell: FigureCell
    along: float
    across: float
    captions: float = 0
    operation_at: tuple[float, float] | None = None

    @property
    def end(self) -> tuple[float, float]:
        """The end of the body on its axis."""
        return self.along + self.cell.body - self.cell.back, self.across

    @property
    def right(self) -> float:
        """Where the body and what is at its end are passed."""
        return self.along + self.cell.body + max(0, self.cell.edges[1], self.cell.overhang[1])

    @property
    def entry(self) -> tuple[float, float]:
        """Where an arrow along the axis ends."""
        return self.along + self.cell.front, self.across


class Wire(NamedTuple):
    """A line, or an arrow if it has a head, with words at a point."""

    points: tuple[tuple[float, float], ...]
    head: bool = True
    words: tuple[str, ...] = ()
    place: tuple[float, float] = (0, 0)


class PlacedBlock(NamedTuple):
    """Placed items and lines; `exit` is where the arrow to what follows begins.

    A block reaches from 0 to its length along, and from -up to down across.
    """

    spots: Mapping[int, Spot]
    wires: tuple[Wire, ...]
    length: float
    up: float
    down: float
    exit: tuple[float, float]
    entry: tuple[float, float] = (0, 0)

    def shifted(self, along: float, across: float) -> PlacedBlock:
        """The block at another place; its length, up and down do not depend on it."""

        def moved(point: tuple[float, float]) -> tuple[float, float]:
            return point[0] + along, point[1] + across

        spots = {
            number: one._replace(
                along=one.along + along,
                across=one.across + across,
                operation_at=one.operation_at and moved(one.operation_at),
            )
            for number, one in self.spots.items()
        }
        wires = tuple(
            wire._replace(points=tuple(map(moved, wire.points)), place=moved(wire.place))
            for wire in self.wires
        )
        return self._replace(
            spots=spots, wires=wires, exit=moved(self.exit), entry=moved(self.entry)
        )


class ChainMaker(NamedTuple):
    """What the blocks of a figure are made of."""

    drawing: Drawing
    links: Links
    cells: CellMaker

    def words_room(self, words: tuple[str, ...]) -> float:
        """The length of a line that has words."""
        if not words:
            return 0
        if self.cells.flow == "down":
            return LINE * len(words) + 8
        return max(text_width(cut(word)) for word in words) + 8

    def words_side(self, words: tuple[str, ...]) -> tuple[float, float]:
        """The room across a line for words: above it, or to the right of one that goes down."""
        if not words:
            return 0, 0
        if self.cells.flow == "down":
            return 0, max(text_width(cut(word)) for word in words) + 8
        return LINE * len(words) + 6, 0


class Frontier(NamedTuple):
    """Where bodies, labels of edges and captions end."""

    body: float = 0
    edges: float = 0
    captions: float = 0

    @property
    def end(self) -> float:
        return max(self)

    def start(self, cell: FigureCell, has_arrow: bool) -> float:
        """The first place for the body of a cell."""
        lead = cell.lead if has_arrow or cell.operation else 0
        return max(
            self.body + lead,
            self.edges + cell.edges[0] + (6 if has_arrow else 0),
            self.captions + cell.overhang[0],
        )

    def after(self, cell: FigureCell, start: float) -> Frontier:
        end = start + cell.body
        return Frontier(end, end + cell.edges[1], end + cell.overhang[1] + LETTER)


def corner(*points: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """A line without parts of no length."""
    return tuple(dict.fromkeys(points))
