"""The layout of a figure: a U, or rows from left to right, or one chain down."""

from __future__ import annotations

from collections.abc import Sequence

from ....named_tuple import NamedTuple
from .blocks import ChainMaker, PlacedBlock, Spot, Wire
from .cells import LINE, CellMaker
from .chains import Chain
from .items import Drawing, OutputDrawings
from .levels import levels_of, u_block, without_upsampling
from .repeats import with_repeats
from .solids import scale_of
from .structure import ChainElement, Mesh, links_of, structure
from .styles import FigureFlow, FigureOptions

MARGIN = 12


class FigureLayout(NamedTuple):
    """All positions, along and across the flow, from the top left corner of the figure."""

    drawing: Drawing
    flow: FigureFlow
    block: PlacedBlock
    length: float
    breadth: float


def figure_layout(drawings: OutputDrawings, options: FigureOptions) -> FigureLayout:
    """The layout: a U where there is one, unless a flow is requested.

    Rows are not longer than the width of the options, if their elements allow that.  A mesh is in
    one row with what is around it.  Only a U shows other outputs than the main one.
    """
    drawing = without_upsampling(with_repeats(drawings.complete))
    levels = levels_of(drawing, links_of(drawing)) if options.flow is None else None
    if levels is None:
        drawing = with_repeats(drawings.main)
    flow = options.flow or "right"
    maker = ChainMaker(
        drawing, links_of(drawing), CellMaker(scale_of(drawing), options.style, flow)
    )
    if levels is not None:
        rows = [u_block(drawing, levels, maker)]
    elif flow == "down":
        rows = [in_rows(structure(drawing), maker, float("inf"))[0].block()]
    else:
        elements = structure(drawing)
        has_mesh = any(isinstance(element, Mesh) for element in elements)
        width = float("inf") if has_mesh else options.width
        rows = [chain.block() for chain in even(elements, maker, width)]
    return below_each_other(drawing, flow, rows)


def even(elements: Sequence[ChainElement], maker: ChainMaker, width: float) -> list[Chain]:
    """Elements in as few rows as the width allows, all about equally long."""
    width -= 2 * MARGIN
    found = in_rows(elements, maker, width)
    if len(found) == 1:
        return found
    least, most = 0.0, width
    while most - least > MARGIN and len(found) > 1:
        half = (least + most) / 2
        tried = in_rows(elements, maker, half)
        if len(tried) == len(found):
            found, most = tried, half
        else:
            least = half
    return found


def in_rows(elements: Sequence[ChainElement], maker: ChainMaker, width: float) -> list[Chain]:
    """Rows of elements; an element that is longer than the width has a row of its own."""
    rows = [Chain(maker, None, None)]
    is_empty = True
    for element in elements:
        chain = rows[-1].with_element(element)
        if chain.frontier.end > width and not is_empty:
            rows.append(Chain(maker, rows[-1].last, (0.0, 0.0)).with_element(element))
        else:
            rows[-1] = chain
        is_empty = False
    return rows


def below_each_other(
    drawing: Drawing, flow: FigureFlow, rows: Sequence[PlacedBlock]
) -> FigureLayout:
    """The rows, with arrows from the end of one to the start of the next, along the margins."""
    length = max(row.length for row in rows) + 2 * MARGIN
    spots: dict[int, Spot] = {}
    wires: list[Wire] = []
    top: float = MARGIN
    leaving: tuple[float, float] | None = None
    for number, row in enumerate(rows):
        axis = top + row.up
        placed = row.shifted(MARGIN, axis)
        spots.update(placed.spots)
        if number and leaving is not None:
            turns = around(leaving, axis, top - LINE, length)
            placed = with_start(placed, turns, (MARGIN, axis))
        wires += placed.wires
        leaving = placed.exit
        top = axis + row.down + 2 * LINE
    block = PlacedBlock(spots, tuple(wires), length, 0, 0, (0, 0))
    return FigureLayout(drawing, flow, block, length, top - 2 * LINE + MARGIN)


def around(
    start: tuple[float, float], axis: float, between: float, length: float
) -> tuple[tuple[float, float], ...]:
    """The way from the end of a row to the start of the next."""
    left, right = MARGIN / 2, length - MARGIN / 2
    return start, (right, start[1]), (right, between), (left, between), (left, axis)


def with_start(
    row: PlacedBlock, turns: tuple[tuple[float, float], ...], start: tuple[float, float]
) -> PlacedBlock:
    """A row whose lines from its start come from the row above."""
    first = [wire for wire in row.wires if wire.points[0] == start]
    others = [wire for wire in row.wires if wire.points[0] != start]
    lines = [wire._replace(points=(*turns, *wire.points[1:])) for wire in first]
    return row._replace(wires=(*lines, *others))
