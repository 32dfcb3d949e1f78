"""Repetitions in a drawing: equal items in a row are one item with a count."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from ....named_tuple import NamedTuple
from .items import Drawing, DrawingItem, Link

FEWEST = {"group": 2, "layer": 3}
"""Items in a row, by their form; fewer are drawn."""
NUMBERED = re.compile(r"(.*?)(\d+)((?:\.[^.0-9]+)?)")


class Neighbors(NamedTuple):
    """The other ends of the arrows of an item, with their words."""

    sources: frozenset[tuple[int, tuple[str, ...]]]
    readers: frozenset[tuple[int, tuple[str, ...]]]


def with_repeats(drawing: Drawing) -> Drawing:
    """The drawing with each run of equal items as its first one."""
    neighbors = neighbors_of(drawing)
    first: list[int] = []  # of the run that an item is in
    for number, item in enumerate(drawing.items):
        before = drawing.items[number - 1]
        continues = number > 0 and is_same(before, item) and follows(number, neighbors)
        first.append(first[-1] if continues else number)
    runs: dict[int, list[int]] = defaultdict(list)
    counts = Counter(first)
    forms = [item.form for item in drawing.items]
    is_run = [counts[start] >= FEWEST.get(forms[start], 1) for start in first]
    first = [start if is_run[number] else number for number, start in enumerate(first)]
    for number, start in enumerate(first):
        runs[start].append(number)
    numbers = {start: new for new, start in enumerate(runs)}
    items = tuple(run_of([drawing.items[number] for number in run]) for run in runs.values())
    links: dict[Link, None] = {}
    for link in drawing.links:
        source, target = first[link.source], first[link.target]
        if source != target:
            links[Link(numbers[source], numbers[target], link.words)] = None
    return Drawing(items, tuple(links))


def neighbors_of(drawing: Drawing) -> list[Neighbors]:
    sources: dict[int, set[tuple[int, tuple[str, ...]]]] = defaultdict(set)
    readers: dict[int, set[tuple[int, tuple[str, ...]]]] = defaultdict(set)
    for link in drawing.links:
        sources[link.target].add((link.source, link.words))
        readers[link.source].add((link.target, link.words))
    return [
        Neighbors(frozenset(sources[number]), frozenset(readers[number]))
        for number in range(len(drawing.items))
    ]


def follows(number: int, neighbors: list[Neighbors]) -> bool:
    """Whether an item reads the one before it, and both have the same other neighbors."""
    before, after = neighbors[number - 1], neighbors[number]
    if (number - 1, ()) not in after.sources:
        return False
    ahead = {(reader, words) for reader, words in before.readers if reader != number}
    behind = {(source, words) for source, words in after.sources if source != number - 1}
    others = {(reader, words) for reader, words in after.readers if reader != number + 1}
    return ahead <= after.readers and others <= ahead and behind <= before.sources


def is_same(one: DrawingItem, other: DrawingItem) -> bool:
    """Whether two items are equal, or iterations of one step of the file."""
    if one.form not in ("layer", "group") or one.ends or (one.after != other.after and one.after):
        return False
    if one[1:5] != other[1:5] or len(one.content) != len(other.content):
        return False
    if one.content == other.content:
        return True
    kinds = [[layer.kind for layer in item.content] for item in (one, other)]
    return kinds[0] == kinds[1] and are_iterations(one.name, other.name)


def are_iterations(one: str, other: str) -> bool:
    """Whether paths differ by one number that is counted up.

    >>> are_iterations("stage.1", "stage.2"), are_iterations("conv1", "conv3")
    (True, False)
    """
    first, second = NUMBERED.fullmatch(one), NUMBERED.fullmatch(other)
    if not first or not second or (first[1], first[3]) != (second[1], second[3]):
        return False
    return int(second[2]) == int(first[2]) + 1


def short_name(one: str, other: str) -> str:
    """A path without what is before the number, if another has the same.

    >>> short_name("stage.1.conv", "stage.8.conv"), short_name("fc6", "head")
    ('8.conv', 'head')
    """
    first, second = NUMBERED.fullmatch(one), NUMBERED.fullmatch(other)
    if not first or not second or first[1] != second[1]:
        return other
    return f"{second[2]}{second[3]}"


def run_of(items: list[DrawingItem]) -> DrawingItem:
    """One item for equal ones: the names of the first and the last, and how many there are."""
    one, last = items[0], items[-1]
    if len(items) == 1:
        return one
    name = f"{one.name} ... {short_name(one.name, last.name)}"
    title = (*one.title, f"{len(items)} times, to {last.name}")
    return one._replace(name=name, after=last.after, ends=last.ends, title=title, times=len(items))
