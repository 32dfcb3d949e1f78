"""The containers in the graph of a network: groups, and runs of layers if there are too many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isqrt

from ...engine.analysis import Analysis, GroupAnalysis
from ...named_tuple import NamedTuple

MAX_PARTS = 60
"""Layers and groups in one container: more are hard to read and slow to lay out."""


class Container(NamedTuple):
    """Layers from `start` to before `end`, one box when collapsed; `level` is its nesting depth.

    A run of consecutive layers has no `group`.
    """

    start: int
    end: int
    level: int
    group: GroupAnalysis | None


def containers(analysis: Analysis) -> list[Container]:
    """All containers by their start, the outer before the inner."""
    groups = [group for group in analysis.groups if group.group.start < group.group.end]
    found = [(group.group.start, -group.group.end, group.group.depth, group) for group in groups]
    keys: list[tuple[int, int, int, GroupAnalysis | None]] = [*found]
    keys += [(start, -end, 0, None) for parts in siblings(analysis) for start, end in runs(parts)]
    ends: list[int] = []
    ordered = []
    for start, end, _, group in sorted(keys, key=lambda key: key[:3]):
        while ends and ends[-1] <= start:
            ends.pop()
        ordered.append(Container(start, -end, len(ends), group))
        ends.append(-end)
    return ordered


def siblings(analysis: Analysis) -> Iterator[list[int]]:
    """The starts of the parts, and the end, of the network and each of its groups."""
    starting: dict[int, list[int]] = {}
    for group in analysis.groups:
        if group.group.start < group.group.end:
            starting.setdefault(group.group.start, []).append(group.group.end)
    scopes: list[tuple[int, list[int]]] = [(len(analysis.layers), [])]
    for index in range(len(analysis.layers)):
        while scopes[-1][0] <= index:
            end, starts = scopes.pop()
            yield [*starts, end]
        for end in starting.get(index, ()):
            scopes[-1][1].append(index)
            scopes.append((end, []))
        scopes[-1][1].append(index)
    for end, starts in reversed(scopes):
        yield [*starts, end]


def runs(bounds: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Runs, nested so that none has more than MAX_PARTS parts; few parts need none.

    >>> list(runs(range(61)))
    []
    >>> list(runs(range(62)))[:2], len(list(runs(range(62)))), len(list(runs(range(100_001))))
    ([(0, 7), (7, 15)], 8, 2520)
    """
    count = len(bounds) - 1
    if count <= MAX_PARTS:
        return
    outputs = min(MAX_PARTS, isqrt(count) + 1)
    for piece in range(outputs):
        some = bounds[count * piece // outputs : count * (piece + 1) // outputs + 1]
        yield some[0], some[-1]
        yield from runs(some)
