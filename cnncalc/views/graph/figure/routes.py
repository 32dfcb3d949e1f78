"""The ways of arrows between items in lanes.

Items are in one order along the axis, each in a lane.  An arrow to the next item of a lane is
straight.  An arrow to another lane turns before the item, if no item of its own lane is between.
Any other is on a track above the lane that it leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from ....named_tuple import NamedTuple
from .structure import Links

ItemLanes = Mapping[int, int]
Way = Literal["straight", "turn", "track"]


class Arrival(NamedTuple):
    """An arrow to an item; a `long` one passes other items."""

    source: int
    words: tuple[str, ...]
    way: Way
    long: bool


class Route(NamedTuple):
    """The arrows of one value: from an item to others, with the track of those that are on one."""

    source: int
    words: tuple[str, ...]
    targets: tuple[tuple[int, Arrival], ...]
    track: int = 0

    @property
    def end(self) -> int:
        """The last item that an arrow on a track leads to; -1 if none does."""
        return max((item for item, one in self.targets if one.way == "track"), default=-1)


def lanes_of_mesh(items: Sequence[int], links: Links) -> dict[int, int]:
    """A lane for each input, as of the two pathways of SlowFast, or else for each path."""
    inputs = [item for item in items if not links.sources.get(item)]
    return input_lanes(items, links) if len(inputs) > 1 else path_lanes(items, links)


def input_lanes(items: Sequence[int], links: Links) -> dict[int, int]:
    """An item is in the lane of the first input that it depends on."""
    lanes: dict[int, int] = {}
    used = 0
    for item in items:
        sources = [lanes[one] for one in links.sources.get(item, ()) if one in lanes]
        lanes[item] = min(sources, default=used)
        used += not sources
    return lanes


def path_lanes(items: Sequence[int], links: Links) -> dict[int, int]:
    """An item continues the lane of an item that it reads, if this is the last one there."""
    lanes: dict[int, int] = {}
    ends: dict[int, int] = {}  # the last item of each lane
    for item in items:
        sources = [one for one in links.sources.get(item, ()) if one in lanes]
        free = [lanes[one] for one in sources if ends[lanes[one]] == one]
        lanes[item] = min(free) if free else len(ends)
        ends[lanes[item]] = item
    return lanes


def routes_of(items: tuple[int, ...], lanes: ItemLanes, links: Links) -> list[Route]:
    """The routes in order, each on the lowest track where it meets no other of its lane."""
    routes = list(untracked(items, lanes, links))
    tracks: dict[int, list[Route]] = {}  # by lane
    found: dict[int, Route] = {}
    order = sorted(range(len(routes)), key=lambda one: (routes[one].end - routes[one].source, one))
    for number in order:
        route = routes[number]
        if route.end >= 0:
            others = tracks.setdefault(lanes[route.source], [])
            taken = {
                one.track for one in others if one.source < route.end and route.source < one.end
            }
            free = (level for level in range(1, len(others) + 2) if level not in taken)
            route = route._replace(track=next(free))
            others.append(route)
        found[number] = route
    return [found[number] for number in range(len(routes))]


def untracked(items: tuple[int, ...], lanes: ItemLanes, links: Links) -> Iterator[Route]:
    """One route for each item and words, in order."""
    places = {item: place for place, item in enumerate(items)}
    after: dict[int, int] = {}  # the next item of the lane, by place
    ends: dict[int, int] = {}
    for item in reversed(items):
        after[item] = ends.get(lanes[item], len(items))
        ends[lanes[item]] = places[item]
    found: dict[tuple[int, tuple[str, ...]], list[tuple[int, Arrival]]] = {}
    for item in items:
        for reader in sorted(one for one in links.readers.get(item, ()) if one in places):
            way: Way = "track"
            if lanes[item] == lanes[reader]:
                way = "straight" if after[item] == places[reader] else "track"
            elif after[item] >= places[reader]:
                way = "turn"
            words = links.words[item, reader]
            one = Arrival(item, words, way, places[reader] > places[item] + 1)
            found.setdefault((item, words), []).append((reader, one))
    for (item, words), targets in found.items():
        yield Route(item, words, tuple(targets))


def arrivals_of(items: tuple[int, ...], routes: Sequence[Route]) -> dict[int, list[Arrival]]:
    """The arrows to each item, by their sources."""
    found: dict[int, list[Arrival]] = {item: [] for item in items}
    for route in routes:
        for item, one in route.targets:
            found[item].append(one)
    return {item: sorted(arrivals) for item, arrivals in found.items()}
