"""Where the items of chains and branches are, along and across their axis.

Everything is relative to a start: an arrow may arrive there, at (0, 0).  Branches are next to each
other between a split and a join, which are lines across.
"""

from __future__ import annotations

from collections.abc import Mapping

from ....named_tuple import NamedTuple
from .blocks import ChainMaker, Frontier, PlacedBlock, Spot, Wire, corner
from .cells import GAP
from .meshes import mesh_block
from .routes import lanes_of_mesh
from .structure import Branch, ChainElement, Mesh, Parallel

STUB = 10  # from a split to its branches, and from these to the join
APART = 14  # between two branches
CLEARANCE = 10  # between an item and a split


class Chain(NamedTuple):
    """A chain up to an element.  `port` is where the arrow to the next begins, if one does.

    `last` is the item at its end, unless that is a join of branches.
    """

    maker: ChainMaker
    last: int | None
    port: tuple[float, float] | None
    frontier: Frontier = Frontier()
    across: float = 0
    spots: Mapping[int, Spot] = {}
    own: tuple[int, ...] = ()
    parts: tuple[PlacedBlock, ...] = ()
    wires: tuple[Wire, ...] = ()
    up: float = 0
    down: float = 0

    def with_element(self, element: ChainElement) -> Chain:
        if isinstance(element, int):
            return self.with_item(element)
        if isinstance(element, Parallel):
            return self.with_branches(element)
        return self.with_mesh(element)

    def with_item(self, number: int) -> Chain:
        maker = self.maker
        words = () if self.last is None else maker.links.words.get((self.last, number), ())
        cell = maker.cells.cell(maker.drawing.items[number], words)
        start = self.frontier.start(cell, self.port is not None)
        spot = Spot(cell, start, self.across)
        arrows = (Wire((self.port, spot.entry)),) if self.port else ()
        return self._replace(
            last=number,
            port=spot.end,
            frontier=self.frontier.after(cell, start),
            spots={**self.spots, number: spot},
            own=(*self.own, number),
            wires=(*self.wires, *arrows),
            up=max(self.up, cell.up - self.across),
            down=max(self.down, cell.down + self.across),
        )

    def with_branches(self, element: Parallel) -> Chain:
        block = parallel_block(element, self.last, self.maker)
        begin = self.frontier.end + (CLEARANCE if self.port else 0)
        is_split = element.direct is not None or any(one.is_entered for one in element.branches)
        arrows: tuple[Wire, ...] = ()
        if self.port and is_split and begin > self.port[0]:
            arrows = (Wire((self.port, (begin, self.across)), head=False),)
        end = begin + block.length
        found = self.with_block(block.shifted(begin, self.across), arrows)
        return found._replace(last=None, frontier=Frontier(end, end, end))

    def with_mesh(self, element: Mesh) -> Chain:
        lanes = lanes_of_mesh(element.items, self.maker.links)
        block = mesh_block(element.items, lanes, self.last, self.maker)
        block = block.shifted(self.frontier.end, self.across)
        arrows = (Wire((self.port, block.entry)),) if self.port else ()
        found = self.with_block(block, arrows)
        return found._replace(last=element.items[-1], across=block.exit[1])

    def with_block(self, block: PlacedBlock, arrows: tuple[Wire, ...]) -> Chain:
        end = self.frontier.end + block.length
        return self._replace(
            port=block.exit,
            frontier=Frontier(end, end, end),
            spots={**self.spots, **block.spots},
            wires=(*self.wires, *arrows, *block.wires),
            up=max(self.up, block.up - self.across),
            down=max(self.down, block.down + self.across),
        )

    def block(self) -> PlacedBlock:
        """The finished chain: its captions are below its longest body, each join has its own."""
        own = [self.spots[number] for number in self.own]
        low = max((one.cell.down for one in own), default=0)
        band = max((one.cell.band for one in own), default=0)
        spots = dict(self.spots)
        for number in self.own:
            cell = spots[number].cell
            at = cell.down if cell.item.form == "join" else low
            spots[number] = spots[number]._replace(captions=at)
        down = max([self.down, *(low + band + one.across for one in own)])
        length = self.frontier.end
        return PlacedBlock(
            spots, self.wires, length, self.up, down, self.port or (length, self.across)
        )


def chain_block(
    elements: tuple[ChainElement, ...], source: int | None, is_entered: bool, maker: ChainMaker
) -> PlacedBlock:
    """A chain, to which an arrow leads if it `is_entered`, from an item if `source` is one."""
    chain = Chain(maker, source, (0.0, 0.0) if is_entered else None)
    for element in elements:
        chain = chain.with_element(element)
    return chain.block()


# Branches


def parallel_block(element: Parallel, source: int | None, maker: ChainMaker) -> PlacedBlock:
    """Branches next to each other, on both sides of the axis."""
    blocks = [branch_block(branch, source, maker) for branch in element.branches]
    tails = [maker.words_room(branch.words) for branch in element.branches]
    span = max(block.length + tail for block, tail in zip(blocks, tails, strict=True))
    if element.direct is not None:
        span = max(span, maker.words_room(element.direct) + 2 * GAP)
    axes, direct = axes_of(element, blocks, maker)
    end = span + 2 * STUB
    spots: dict[int, Spot] = {}
    wires: list[Wire] = []
    for branch, block, axis, tail in zip(element.branches, blocks, axes, tails, strict=True):
        begin = STUB + (span - block.length - tail) / 2
        placed = block.shifted(begin, axis)
        spots.update(placed.spots)
        wires += placed.wires
        if branch.is_entered:
            wires.append(Wire(corner((0, 0), (0, axis), (begin, axis)), head=False))
        leave = placed.exit
        place = (leave[0] + end) / 2, leave[1]
        points = corner(leave, (end, leave[1]), (end, 0))
        wires.append(Wire(points, head=False, words=branch.words, place=place))
    if direct is not None:
        points = corner((0, 0), (0, direct), (end, direct), (end, 0))
        wires.append(Wire(points, head=False, words=element.direct or (), place=(end / 2, direct)))
    up, down = reach_of(element, blocks, axes, direct, maker)
    return PlacedBlock(spots, tuple(wires), end, up, down, (end, 0))


def branch_block(branch: Branch, source: int | None, maker: ChainMaker) -> PlacedBlock:
    """A branch, with room across for the words of the arrow from it."""
    start = source if branch.is_entered else None
    block = chain_block(branch.elements, start, branch.is_entered, maker)
    above, below = maker.words_side(branch.words)
    return block._replace(up=max(block.up, above), down=max(block.down, below))


def axes_of(
    element: Parallel, blocks: list[PlacedBlock], maker: ChainMaker
) -> tuple[list[float], float | None]:
    """The axes of the branches, and of the direct arrow, which is above them.

    Branches that begin with an item of their own are below, if there is another one or an arrow.
    """
    through = [number for number, one in enumerate(element.branches) if one.is_entered]
    sides = [number for number, one in enumerate(element.branches) if not one.is_entered]
    axes = [0.0] * len(blocks)
    low = stack(axes, blocks, through or ([] if element.direct is not None else sides))
    direct: float | None = None
    if element.direct is not None:
        _, below = maker.words_side(element.direct)
        if through:
            direct = min(axes[number] - blocks[number].up for number in through) - APART - below
        else:
            direct, low = 0.0, below
    if through or element.direct is not None:
        for number in sides:
            axes[number] = low + APART + blocks[number].up
            low = axes[number] + blocks[number].down
    return axes, direct


def stack(axes: list[float], blocks: list[PlacedBlock], numbers: list[int]) -> float:
    """Place branches below each other, with the axis in their middle; the lowest end."""
    low = 0.0
    for position, number in enumerate(numbers):
        axes[number] = low + APART + blocks[number].up if position else 0
        low = axes[number] + blocks[number].down
    if not numbers:
        return 0
    half = len(numbers) // 2
    middle = axes[numbers[half]]
    if len(numbers) % 2 == 0:
        middle = (axes[numbers[0]] + axes[numbers[-1]]) / 2
    for number in numbers:
        axes[number] -= middle
    return low - middle


def reach_of(
    element: Parallel,
    blocks: list[PlacedBlock],
    axes: list[float],
    direct: float | None,
    maker: ChainMaker,
) -> tuple[float, float]:
    """How far the branches reach across."""
    ups = [block.up - axis for block, axis in zip(blocks, axes, strict=True)]
    downs = [block.down + axis for block, axis in zip(blocks, axes, strict=True)]
    if direct is not None:
        above, below = maker.words_side(element.direct or ())
        ups.append(above - direct + 2)
        downs.append(below + direct)
    return max(ups), max(downs)
