"""The structure of a drawing: a chain of items, with branches between a split and their join.

Items on all paths to the output are the spine.  The items between two of them fall into branches,
each of which has a spine of its own.  What has none is a mesh, which is drawn item by item.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from ....named_tuple import NamedTuple
from .items import Drawing


class Branch(NamedTuple):
    """One of several paths.  `is_entered`: it begins at the split, and not with an item.

    `words` are the operations between its last item and the join.
    """

    elements: tuple[ChainElement, ...]
    is_entered: bool
    words: tuple[str, ...] = ()


class Parallel(NamedTuple):
    """Branches between a split and a join; `direct` are the words of an arrow between these."""

    branches: tuple[Branch, ...]
    direct: tuple[str, ...] | None


class Mesh(NamedTuple):
    """Items that are not branches side by side."""

    items: tuple[int, ...]


ChainElement = int | Parallel | Mesh


class Region(NamedTuple):
    """Items in order; paths begin at the entries and end at the exits.

    The region is inside another one from `source` to `sink`, if it is in any.
    """

    items: Sequence[int]
    entries: frozenset[int]
    exits: frozenset[int]
    source: int | None = None
    sink: int | None = None


class Links(NamedTuple):
    """The arrows of a drawing: the words by ends, and the neighbors of each item."""

    words: dict[tuple[int, int], tuple[str, ...]]
    sources: dict[int, list[int]]
    readers: dict[int, list[int]]


def links_of(drawing: Drawing) -> Links:
    words = {(link.source, link.target): link.words for link in drawing.links}
    found = Links(words, {}, {})
    for source, target in words:
        found.sources.setdefault(target, []).append(source)
        found.readers.setdefault(source, []).append(target)
    return found


def structure(drawing: Drawing) -> tuple[ChainElement, ...]:
    """The elements of a drawing from its inputs to its main output, which is its last item."""
    numbers = range(len(drawing.items))
    inputs = frozenset(number for number in numbers if drawing.items[number].form == "input")
    region = Region(numbers, inputs, frozenset([numbers[-1]]))
    found = elements_of(region, links_of(drawing))
    return found or (Mesh(tuple(numbers)),)


def elements_of(region: Region, links: Links) -> tuple[ChainElement, ...] | None:
    """The elements of a region; None if they cannot be told from those around it."""
    spine = spine_of(region, links)
    if not spine:
        return None
    segments = segments_of(region, set(spine), links)
    elements: list[ChainElement] = []
    ends: list[int | None] = [None, *spine, None]
    for number, (source, sink) in enumerate(pairwise(ends)):
        inner = segments.get(number, [])
        if inner:
            between = parallel_of(region, inner, source, sink, links)
            if between is not None:
                elements.append(between)
            elif (region.source is None and region.sink is None) or None not in (source, sink):
                add_mesh(elements, source, inner, sink)
                continue
            else:
                return None
        if sink is not None:
            elements.append(sink)
    return tuple(elements)


def add_mesh(
    elements: list[ChainElement], source: int | None, inner: list[int], sink: int | None
) -> None:
    """A mesh, together with its source and its sink; two that meet are one."""
    first: tuple[int, ...] = ()
    if source is not None:
        before = elements.pop()
        assert isinstance(before, int | Mesh)
        first = (before,) if isinstance(before, int) else before.items
    last = () if sink is None else (sink,)
    elements.append(Mesh((*first, *inner, *last)))


# The spine


def spine_of(region: Region, links: Links) -> list[int]:
    """The items that are on all paths, and that no other item is joined across."""
    counts = path_counts(region, links)
    total = sum(counts[item][0] for item in region.exits)
    spine = [item for item in region.items if total and counts[item][0] * counts[item][1] == total]
    numbers = segment_numbers(region, set(spine), links)
    crossed: set[int] = set()
    for first, last in spans_of_others(region, links, counts, numbers):
        crossed.update(spine[first:last])
    return [item for item in spine if item not in crossed]


def path_counts(region: Region, links: Links) -> dict[int, tuple[int, int]]:
    """The numbers of paths from the entries to each item, and from each item to the exits."""
    before: dict[int, int] = {}
    for item in region.items:
        paths = (before[source] for source in links.sources.get(item, ()) if source in before)
        before[item] = sum(paths) + (item in region.entries)
    after: dict[int, int] = {}
    for item in reversed(region.items):
        paths = (after[reader] for reader in links.readers.get(item, ()) if reader in after)
        after[item] = sum(paths) + (item in region.exits)
    return {item: (before[item], after[item]) for item in region.items}


def spans_of_others(
    region: Region, links: Links, counts: dict[int, tuple[int, int]], numbers: dict[int, int]
) -> Iterator[tuple[int, int]]:
    """The first and last segments that items without a path from the entries lead to."""
    others = [item for item in region.items if not counts[item][0]]
    for part in components(others, links):
        targets = {reader for item in part for reader in links.readers.get(item, ())} - set(part)
        reached = [numbers[target] for target in targets if target in numbers]
        if reached:
            yield min(reached), max(reached)


def segment_numbers(region: Region, spine: set[int], links: Links) -> dict[int, int]:
    """How many items of the spine are before each item; of the others, before their readers."""
    found: dict[int, int] = {}
    for item in region.items:
        before = [
            found[source] + (source in spine)
            for source in links.sources.get(item, ())
            if source in found
        ]
        if before or item in region.entries:
            found[item] = max(before, default=0)
    for item in reversed(region.items):
        if item not in found:
            after = [found[reader] for reader in links.readers.get(item, ()) if reader in found]
            found[item] = min(after, default=len(spine))
    return found


def segments_of(region: Region, spine: set[int], links: Links) -> dict[int, list[int]]:
    """The items that are not on the spine, by the number of items of the spine before them."""
    found: dict[int, list[int]] = {}
    for item, number in segment_numbers(region, spine, links).items():
        if item not in spine:
            found.setdefault(number, []).append(item)
    return {number: sorted(items) for number, items in found.items()}


# Branches


def parallel_of(
    region: Region, inner: list[int], source: int | None, sink: int | None, links: Links
) -> Parallel | None:
    """The branches between two items of a spine; None if they are not apart."""
    branches: list[Branch] = []
    for part in components(inner, links):
        entries = frozenset(entered(region, part, source, links))
        exits = frozenset(left(region, part, sink, links))
        roots = [item for item in part if not set(links.sources.get(item, ())) & set(part)]
        outer = (region.source if source is None else source), region.sink if sink is None else sink
        within = Region(part, entries or frozenset(roots), exits, *outer)
        elements = elements_of(within, links)
        if elements is None:
            return None
        is_entered = bool(entries) and outer[0] is not None
        branches.append(Branch(elements, is_entered, words_after(elements[-1], outer[1], links)))
    direct = direct_words(region, source, sink, links)
    return Parallel(tuple(branches), direct)


def words_after(element: ChainElement, sink: int | None, links: Links) -> tuple[str, ...]:
    """The words of the arrow from a branch; those of branches in it are at their ends."""
    if not isinstance(element, int) or sink is None:
        return ()
    return links.words.get((element, sink), ())


def entered(region: Region, part: Iterable[int], source: int | None, links: Links) -> Iterator[int]:
    """The items of a part that read the source of its segment."""
    for item in part:
        if item in region.entries if source is None else (source, item) in links.words:
            yield item


def left(region: Region, part: Iterable[int], sink: int | None, links: Links) -> Iterator[int]:
    """The items of a part that the sink of its segment reads."""
    for item in part:
        if item in region.exits if sink is None else (item, sink) in links.words:
            yield item


def direct_words(
    region: Region, source: int | None, sink: int | None, links: Links
) -> tuple[str, ...] | None:
    """The words of the arrow past the branches of a segment; None if there is none."""
    start = region.source if source is None else source
    end = region.sink if sink is None else sink
    has_start = source is not None or sink in region.entries
    has_end = sink is not None or source in region.exits
    if start is None or end is None or not (has_start and has_end):
        return None
    return links.words.get((start, end))


def components(items: Iterable[int], links: Links) -> list[list[int]]:
    """The connected parts of items, in the order of their first ones."""
    left_over = dict.fromkeys(items)
    found = []
    while left_over:
        waiting = [next(iter(left_over))]
        part = []
        while waiting:
            item = waiting.pop()
            if item in left_over:
                del left_over[item]
                part.append(item)
                waiting += links.sources.get(item, [])
                waiting += links.readers.get(item, [])
        found.append(sorted(part))
    return found
