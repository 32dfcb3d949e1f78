"""Encoder-decoder networks: a lane for each size of maps, so that skips are horizontal.

Such a network makes its maps smaller and then larger, and joins a map with an earlier one of equal
size.  Its figure goes down on the left and up on the right, as a U.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log2

from ....shape import Shape
from .blocks import ChainMaker, PlacedBlock
from .items import Drawing, Link
from .meshes import mesh_block
from .structure import Links

MIN_RATIO = 1.5
UPSAMPLING = {"upsample", "conv_transpose"}


def levels_of(drawing: Drawing, links: Links) -> dict[int, int] | None:
    """The number of times that the maps of each item have been halved; None without a U.

    An item has the level of the last one that it reads, changed by the ratio of their sizes.  Maps
    that are larger than those of all skips are in the lane of the largest of these.
    """
    if not any(is_rising(link, drawing) for link in drawing.links):
        return None
    for ratio in (ratio_of_sizes, sign_of_change):
        levels = levels_by(drawing, links, ratio)
        skips = [levels[link.source] for link in drawing.links if is_skip(link, levels, drawing)]
        if skips:
            break
    else:
        return None
    levels = {number: max(level, min(skips)) for number, level in levels.items()}
    for number in reversed(range(len(drawing.items))):
        if not links.sources.get(number) and number:  # an operand of its first reader
            levels[number] = levels[min(links.readers[number])]
    return levels


def ratio_of_sizes(before: int, after: int) -> int:
    """How often a size has been halved.

    >>> ratio_of_sizes(112, 28), ratio_of_sizes(28, 57)
    (2, -1)
    """
    return round(log2(before / after))


def sign_of_change(before: int, after: int) -> int:
    """1 for a smaller size and -1 for a larger one: without padding, sizes are not halved.

    >>> sign_of_change(26, 9), sign_of_change(9, 14), sign_of_change(28, 26)
    (1, -1, 0)
    """
    ratio = before / after
    return (ratio >= MIN_RATIO) - (ratio <= 1 / MIN_RATIO)


def levels_by(drawing: Drawing, links: Links, steps: Callable[[int, int], int]) -> dict[int, int]:
    levels: dict[int, int] = {}
    for number, item in enumerate(drawing.items):
        sources = [one for one in links.sources.get(number, ()) if has_map(drawing, one)]
        last = max(sources, default=None)
        levels[number] = 0
        if last is not None:
            sizes = size_of(drawing.items[last].shape), size_of(item.shape)
            is_comparable = all(sizes) and len(drawing.items[last].shape) == len(item.shape)
            levels[number] = levels[last] + (steps(*sizes) if is_comparable else 0)
    return levels


def is_skip(link: Link, levels: dict[int, int], drawing: Drawing) -> bool:
    """Whether an arrow leads past smaller maps to one of equal size."""
    between = range(link.source + 1, link.target)
    return (
        has_map(drawing, link.source)
        and len(drawing.items[link.source].shape) == len(drawing.items[link.target].shape)
        and levels[link.source] == levels[link.target]
        and any(levels[one] > levels[link.target] and has_map(drawing, one) for one in between)
    )


def is_rising(link: Link, drawing: Drawing) -> bool:
    """Whether a map is made larger."""
    before, after = (drawing.items[one].shape for one in (link.source, link.target))
    return len(before) == len(after) > 1 and size_of(after) >= MIN_RATIO * size_of(before)


def has_map(drawing: Drawing, number: int) -> bool:
    return len(drawing.items[number].shape) > 1


def size_of(shape: Shape) -> int:
    """The largest spatial size; 1 for a vector."""
    return max(shape[1:], default=1)


def lanes_of(levels: dict[int, int]) -> dict[int, int]:
    """Levels that occur, as lanes from the top."""
    numbers = {level: lane for lane, level in enumerate(sorted(set(levels.values())))}
    return {item: numbers[level] for item, level in levels.items()}


def u_block(drawing: Drawing, levels: dict[int, int], maker: ChainMaker) -> PlacedBlock:
    return mesh_block(tuple(range(len(drawing.items))), lanes_of(levels), None, maker)


def without_upsampling(drawing: Drawing) -> Drawing:
    """The drawing with layers that enlarge a map for a join at the arrow to the join."""
    readers: dict[int, list[Link]] = {}
    sources: dict[int, list[Link]] = {}
    for link in drawing.links:
        readers.setdefault(link.source, []).append(link)
        sources.setdefault(link.target, []).append(link)
    removed: dict[int, Link] = {}
    for number, item in enumerate(drawing.items):
        ahead, behind = readers.get(number, []), sources.get(number, [])
        if item.form != "layer" or item.operation[0] not in UPSAMPLING:
            continue
        if len(ahead) == len(behind) == 1 and drawing.items[ahead[0].target].form == "join":
            words = (*behind[0].words, *item.operation, *item.after, *ahead[0].words)
            removed[number] = Link(behind[0].source, ahead[0].target, words)
    kept = [number for number in range(len(drawing.items)) if number not in removed]
    numbers = {old: new for new, old in enumerate(kept)}
    links = [
        *(link for link in drawing.links if link.source in numbers and link.target in numbers),
        *removed.values(),
    ]
    return Drawing(
        tuple(drawing.items[number] for number in kept),
        tuple(Link(numbers[link.source], numbers[link.target], link.words) for link in links),
    )
