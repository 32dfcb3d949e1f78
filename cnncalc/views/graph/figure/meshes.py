"""Items in lanes, each with a part of the axis of its own: lines across hit no other item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ....named_tuple import NamedTuple
from .blocks import ChainMaker, Frontier, PlacedBlock, Spot, Wire, corner
from .cells import LINE, FigureCell, text_width
from .routes import Arrival, ItemLanes, Route, arrivals_of, routes_of

LEVEL = 16  # from one track to the next
TURN = 10  # from a line across to the item after it
CLEAR = 6  # between what is drawn in two lanes


class MeshPlan(NamedTuple):
    """The items of a mesh, their lanes from the top, and their arrows.

    `next_to_line` are the items whose operation is next to a line across, and whether this
    rises: the last arrow to them turns.  `heights` are those of the tracks, above the axes of
    their lanes.
    """

    items: tuple[int, ...]
    lanes: ItemLanes
    maker: ChainMaker
    routes: list[Route]
    arrivals: Mapping[int, list[Arrival]]
    next_to_line: Mapping[int, bool]
    heights: Mapping[Route, float] = {}


def mesh_block(
    items: tuple[int, ...], lanes: ItemLanes, source: int | None, maker: ChainMaker
) -> PlacedBlock:
    """The items from left to right in their lanes; the axis is that of the first item."""
    routes = routes_of(items, lanes, maker.links)
    arrivals = arrivals_of(items, routes)
    next_to_line = dict(turned(lanes, arrivals)) if maker.cells.flow == "right" else {}
    plan = MeshPlan(items, lanes, maker, routes, arrivals, next_to_line)
    cells = {item: cell_in(plan, item, source) for item in items}
    alongs = alongs_of(plan, cells, source is not None)
    plan = plan._replace(heights=heights_of(plan, cells))
    axes, up, down = axes_of(plan, cells, alongs)
    spots = {
        item: spot_in(plan, item, cells[item], alongs[item], axes[lanes[item]]) for item in items
    }
    wires = tuple(wire for route in routes for wire in wires_of(route, plan, spots))
    texts = [
        spot.operation_at[0] + widest(spot.cell) for spot in spots.values() if spot.operation_at
    ]
    length = max([*(spot.right for spot in spots.values()), *texts])
    return PlacedBlock(spots, wires, length, up, down, spots[items[-1]].end, spots[items[0]].entry)


def turned(lanes: ItemLanes, arrivals: Mapping[int, list[Arrival]]) -> Iterator[tuple[int, bool]]:
    for item, found in arrivals.items():
        if found and found[-1].way == "turn":
            yield item, lanes[found[-1].source] > lanes[item]


def cell_in(plan: MeshPlan, item: int, source: int | None) -> FigureCell:
    """The cell of an item: with its operation are the words of the arrow from the item before."""
    words: tuple[str, ...] = ()
    if item == plan.items[0] and source is not None:
        words = plan.maker.links.words.get((source, item), ())
    last = plan.arrivals[item][-1:]
    if last and not last[0].long and last[0].way != "track":
        words = last[0].words
    return plan.maker.cells.cell(plan.maker.drawing.items[item], words, item in plan.next_to_line)


def spot_in(plan: MeshPlan, item: int, cell: FigureCell, along: float, across: float) -> Spot:
    spot = Spot(cell, along, across, cell.down)
    if item not in plan.next_to_line:
        return spot
    along -= turn_room(plan, item, cell) - 4
    above = spot.across - cell.up - LINE * (len(cell.operation) - 1) - 5
    below = spot.across + spot.captions + cell.band + LINE
    return spot._replace(operation_at=(along, below if plan.next_to_line[item] else above))


# Along the axis


def alongs_of(
    plan: MeshPlan, cells: Mapping[int, FigureCell], is_entered: bool
) -> dict[int, float]:
    """The starts of the bodies.  Each begins after the end of the one before it."""
    frontiers: dict[int, Frontier] = {}
    written: dict[int, float] = {}  # the end of the last operation next to a line, by lane
    found: dict[int, float] = {}
    end = 0.0
    for item in plan.items:
        cell, frontier = cells[item], frontiers.get(plan.lanes[item], Frontier())
        has_arrow = bool(plan.arrivals[item]) or (is_entered and not found)
        is_led = has_arrow and item not in plan.next_to_line
        start = max(frontier.start(cell, is_led), frontier.captions + 4)
        if found:
            start = max(start, end + TURN + cell.edges[0] + 8, frontier.body + cell.overhang[0])
        for one in plan.arrivals[item]:
            if one.way == "straight" and one.long:
                room = plan.maker.words_room(one.words) + TURN
                start = max(start, frontier.edges + room + cell.lead)
        if item in plan.next_to_line:
            room = turn_room(plan, item, cell)
            start = max(start, written.get(plan.lanes[item], 0) + room, end + room + 8)
            written[plan.lanes[item]] = start - room + widest(cell) + 10
        elif cell.operation:
            start = max(start, written.get(plan.lanes[item], 0) + cell.lead)
        found[item] = start
        frontiers[plan.lanes[item]] = frontier.after(cell, start)
        end = start + cell.body
    return found


def widest(cell: FigureCell) -> float:
    return max(map(text_width, cell.operation), default=0)


def turn_room(plan: MeshPlan, item: int, cell: FigureCell) -> float:
    """From the line across that an arrow turns at to the body that it leads to."""
    if item not in plan.next_to_line:
        return TURN
    room = max(cell.edges[0], cell.overhang[0]) if plan.next_to_line[item] else cell.edges[0]
    return TURN + max(room, 0)


# Across


def heights_of(plan: MeshPlan, cells: Mapping[int, FigureCell]) -> dict[Route, float]:
    """Tracks are above all items that they pass, and above the words of those that they cover."""
    found: dict[Route, float] = {}
    for route in sorted(plan.routes, key=lambda one: (one.track, one.source)):
        if not route.track:
            continue
        lane = plan.lanes[route.source]
        passed = [
            cells[item].up
            for item in plan.items
            if plan.lanes[item] == lane and route.source <= item <= route.end
        ]
        covered = [
            height + plan.maker.words_side(other.words)[0]
            for other, height in found.items()
            if plan.lanes[other.source] == lane
            and other.source < route.end
            and route.source < other.end
        ]
        found[route] = max([*passed, *covered]) + LEVEL + plan.maker.words_side(route.words)[1]
    return found


class Area(NamedTuple):
    """What is drawn at a lane, relative to its axis."""

    begin: float
    end: float
    top: float
    bottom: float


def axes_of(
    plan: MeshPlan, cells: Mapping[int, FigureCell], alongs: Mapping[int, float]
) -> tuple[dict[int, float], float, float]:
    """The axes of the lanes, and how far they reach above and below that of the first item.

    Each lane is as high as what is above it in the figure allows.
    """
    axes: dict[int, float] = {}
    above: list[Area] = []
    for lane in sorted({plan.lanes[item] for item in plan.items}):
        areas = list(areas_of(plan, lane, cells, alongs))
        tops = [
            other.bottom + CLEAR - one.top
            for one in areas
            for other in above
            if one.begin < other.end and other.begin < one.end
        ]
        axes[lane] = axis = max(tops, default=0)
        above += [one._replace(top=one.top + axis, bottom=one.bottom + axis) for one in areas]
    first = axes[plan.lanes[plan.items[0]]]
    up = first - min(one.top for one in above)
    down = max(one.bottom for one in above) - first
    return {lane: axis - first for lane, axis in axes.items()}, up, down


def areas_of(
    plan: MeshPlan, lane: int, cells: Mapping[int, FigureCell], alongs: Mapping[int, float]
) -> Iterator[Area]:
    """The areas of the items of a lane with their texts, and of the lines along it."""
    for item in plan.items:
        if plan.lanes[item] == lane:
            yield from areas_of_item(plan, item, cells[item], alongs[item])
    for route in plan.routes:
        if plan.lanes[route.source] == lane:
            yield from areas_of_lines(route, plan, cells, alongs)


def areas_of_item(plan: MeshPlan, item: int, cell: FigureCell, start: float) -> Iterator[Area]:
    lead = 0 if item in plan.next_to_line else cell.lead
    begin = start - max(cell.overhang[0], cell.edges[0], lead)
    end = start + cell.body + max(cell.overhang[1], cell.edges[1])
    low = cell.down + cell.band
    yield Area(begin, end, -cell.up, low)
    if item in plan.next_to_line:
        room = LINE * len(cell.operation) + 4
        line = start - turn_room(plan, item, cell)
        top, bottom = (0.0, low + room) if plan.next_to_line[item] else (-cell.up - room, 0.0)
        yield Area(line, line + widest(cell) + 8, top, bottom)


def areas_of_lines(
    route: Route, plan: MeshPlan, cells: Mapping[int, FigureCell], alongs: Mapping[int, float]
) -> Iterator[Area]:
    above, below = plan.maker.words_side(route.words)
    begin = alongs[route.source]
    track = plan.heights.get(route, 0)
    for target, one in route.targets:
        if one.way == "track":
            yield Area(begin, alongs[target], -track - above - 2, below)
        else:
            yield Area(begin, alongs[target], -above if one.long else 0, below)


# Lines


def wires_of(route: Route, plan: MeshPlan, spots: Mapping[int, Spot]) -> Iterator[Wire]:
    """The arrows of a route: the words are at the first that does not lead to the next item."""
    words = route.words
    source = spots[route.source]
    track = source.across - plan.heights.get(route, 0)
    for target, arrival in route.targets:
        one = spots[target]
        shown = words if arrival.long or arrival.way == "track" else ()
        words = () if shown else words
        if arrival.way == "straight":
            is_led = bool(one.cell.operation) and one.operation_at is None
            end = one.along - (one.cell.lead if is_led else TURN)
            place = before(end, one.across, shown, plan)
            yield Wire((source.end, one.entry), words=shown, place=place)
        elif arrival.way == "turn":
            turn = one.along - turn_room(plan, target, one.cell)
            points = corner(source.end, (turn, source.across), (turn, one.across), one.entry)
            yield Wire(points, words=shown, place=before(turn, source.across, shown, plan))
        else:
            yield over(source, one, track, shown)


def before(
    along: float, across: float, words: tuple[str, ...], plan: MeshPlan
) -> tuple[float, float]:
    """The middle of words that end at a place on a line."""
    return along - plan.maker.words_room(words) / 2, across


def over(source: Spot, target: Spot, track: float, words: tuple[str, ...]) -> Wire:
    """An arrow on a track: into the top of an item, or before one that is in a lane above."""
    leave = source.along + source.cell.body / 2 + 3
    arrive = target.along + target.cell.body / 2 - 3
    start = (leave, source.across - source.cell.top)
    place = ((leave + arrive) / 2, track)
    if target.across >= source.across:
        end = (arrive, target.across - target.cell.top)
        points = corner(start, (leave, track), (arrive, track), end)
    else:
        turn = target.along - TURN
        points = corner(start, (leave, track), (turn, track), (turn, target.across), target.entry)
    return Wire(points, words=words, place=place)
