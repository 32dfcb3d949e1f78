"""The arena of TensorFlow Lite Micro: where its planner puts each buffer.

Source: GreedyMemoryPlanner of TensorFlow Lite Micro
(tensorflow/lite/micro/memory_planner/greedy_memory_planner.h): the largest buffer is placed first,
each at the lowest offset at which it overlaps no buffer that is live at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..named_tuple import NamedTuple
from ..problem import Error

ALIGNMENT = 16
"""Bytes: buffers begin at multiples of it (MicroArenaBufferAlignment)."""

MAX_OVERLAPS = 2_000_000
"""Pairs of buffers that are live at the same time: planning takes time with their number."""


class Buffer(NamedTuple):
    """Memory of so many bytes that is live from operator `first` to operator `last`, inclusive.

    Operators count from 1; what is live at 0 is there before the first one.
    """

    bytes: int
    first: int
    last: int


class TooManyBuffers(Error):
    """More buffers are live at the same time than can be planned in reasonable time."""


def aligned(size: int) -> int:
    """A size rounded up to the alignment of the arena.

    >>> aligned(17)
    32
    """
    return -(-size // ALIGNMENT) * ALIGNMENT


def offsets(buffers: Sequence[Buffer]) -> list[int]:
    """The offset of each buffer; of equally large ones, the later is placed first.

    Raises TooManyBuffers.

    >>> offsets([Buffer(32, 0, 1), Buffer(64, 1, 2), Buffer(16, 2, 3)])
    [64, 0, 64]
    """
    sizes = [aligned(buffer.bytes) for buffer in buffers]
    neighbors = overlapping(buffers)
    placed: dict[int, int] = {}
    for index in sorted(range(len(buffers) - 1, -1, -1), key=lambda index: -sizes[index]):
        occupied = [
            (placed[other], placed[other] + sizes[other])
            for other in neighbors[index]
            if other in placed
        ]
        placed[index] = first_gap(sorted(occupied), sizes[index])
    return [placed[index] for index in range(len(buffers))]


def first_gap(occupied: Sequence[tuple[int, int]], size: int) -> int:
    """The lowest offset of a gap of this size between ranges, which are sorted by their starts.

    >>> first_gap([(0, 32), (48, 64)], 16), first_gap([(0, 32), (48, 64)], 32)
    (32, 64)
    """
    offset = 0
    for start, end in occupied:
        if start - offset >= size:
            break
        offset = max(offset, end)
    return offset


def overlapping(buffers: Sequence[Buffer]) -> list[list[int]]:
    """For each buffer, the others that are live at the same time."""
    found: list[list[int]] = [[] for _ in buffers]
    live: list[int] = []
    overlaps = 0
    for index in sorted(range(len(buffers)), key=lambda index: buffers[index].first):
        live = [other for other in live if buffers[other].last >= buffers[index].first]
        overlaps += len(live)
        if overlaps > MAX_OVERLAPS:
            message = f"more than {MAX_OVERLAPS:,} pairs of buffers are live at the same time"
            raise TooManyBuffers(f"{message}: too many for a memory plan")
        for other in live:
            found[other].append(index)
        found[index].extend(live)
        live.append(index)
    return found


def most_live(buffers: Sequence[Buffer]) -> int:
    """The most bytes that are live at once: what a plan without gaps would need.

    >>> most_live([Buffer(32, 0, 1), Buffer(64, 1, 2), Buffer(16, 2, 3)])
    96
    """
    changes: dict[int, int] = {}
    for buffer in buffers:
        changes[buffer.first] = changes.get(buffer.first, 0) + buffer.bytes
        changes[buffer.last + 1] = changes.get(buffer.last + 1, 0) - buffer.bytes
    live = most = 0
    for step in sorted(changes):
        live += changes[step]
        most = max(most, live)
    return most
