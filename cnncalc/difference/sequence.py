"""The alignment of two sequences: which of one belongs to which of the other, both in their order.

What is equal at both ends is taken off, then what is there once in both divides the rest, and what is between is aligned
by a dynamic programme, in windows where it is long: linear for sequences that are mostly alike.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

Gain = Callable[[int, int], int]
"""How much is won by aligning what has these keys; 0 where it may not be."""
Pairs = list[tuple[int, int]]
Gap = tuple[int, int, int, int]
"""From where to before where, in the one sequence and in the other."""

MOST_CELLS = 4_000  # of one dynamic programme
WINDOW = 60


def aligned(xs: Sequence[int], ys: Sequence[int], gain: Gain) -> Pairs:
    """The pairs of places, increasing, for two sequences of keys."""
    pairs: Pairs = []
    gaps: list[Gap] = [(0, len(xs), 0, len(ys))]
    while gaps:
        gap = trimmed(xs, ys, gaps.pop(), pairs)
        x, x_end, y, y_end = gap
        if x == x_end or y == y_end:
            continue
        if (x_end - x) * (y_end - y) <= MOST_CELLS:
            pairs += best_pairs(xs, ys, gap, gain)
        elif anchors := unique_pairs(xs, ys, gap):
            pairs += anchors
            gaps += between(anchors, gap)
        else:
            pairs += in_windows(xs, ys, gap, gain)
    return sorted(pairs)


def trimmed(xs: Sequence[int], ys: Sequence[int], gap: Gap, pairs: Pairs) -> Gap:
    """The gap without what is equal at its ends, which becomes pairs."""
    x, x_end, y, y_end = gap
    while x < x_end and y < y_end and xs[x] == ys[y]:
        pairs.append((x, y))
        x, y = x + 1, y + 1
    while x < x_end and y < y_end and xs[x_end - 1] == ys[y_end - 1]:
        x_end, y_end = x_end - 1, y_end - 1
        pairs.append((x_end, y_end))
    return x, x_end, y, y_end


def between(pairs: Pairs, gap: Gap) -> list[Gap]:
    """The gaps that pairs leave in a gap."""
    x, x_end, y, y_end = gap
    found = []
    for next_x, next_y in [*pairs, (x_end, y_end)]:
        if next_x > x or next_y > y:
            found.append((x, next_x, y, next_y))
        x, y = next_x + 1, next_y + 1
    return found


def unique_pairs(xs: Sequence[int], ys: Sequence[int], gap: Gap) -> Pairs:
    """The longest row of pairs among the keys that are there once in both: the first step of a patience diff."""
    places = once(ys, gap[2], gap[3])
    own = once(xs, gap[0], gap[1])
    shared = sorted((place, places[key]) for key, place in own.items() if key in places)
    ends: list[int] = []  # the least end of a row of each length
    last: list[int] = []  # the number of the pair at it
    before: list[int] = []
    for number, (_, y) in enumerate(shared):
        length = bisect_left(ends, y)
        before.append(last[length - 1] if length else -1)
        ends[length:] = [y] if length == len(ends) else [y, *ends[length + 1 :]]
        last[length:] = [number] if length == len(last) else [number, *last[length + 1 :]]
    row: Pairs = []
    number = last[-1] if last else -1
    while number >= 0:
        row.append(shared[number])
        number = before[number]
    return row[::-1]


def once(keys: Sequence[int], start: int, end: int) -> dict[int, int]:
    """The places of the keys that are there once."""
    places: dict[int, int] = {}
    for place in range(start, end):
        places[keys[place]] = -1 if keys[place] in places else place
    return {key: place for key, place in places.items() if place >= 0}


def best_pairs(xs: Sequence[int], ys: Sequence[int], gap: Gap, gain: Gain) -> Pairs:
    """The pairs of the greatest gain in all; of equal ones those that come first."""
    x_start, x_end, y_start, y_end = gap
    width = y_end - y_start
    rows = [[0] * (width + 1)]
    for x in range(x_start, x_end):
        above, row, left = rows[-1], [0], 0
        for column in range(width):
            won = gain(xs[x], ys[y_start + column])
            best = above[column] + won if won else 0
            left = max(best, above[column + 1], left)
            row.append(left)
        rows.append(row)
    pairs: Pairs = []
    x, column = x_end - x_start, width
    while x and column:
        here = rows[x][column]
        if rows[x - 1][column] == here:
            x -= 1
        elif rows[x][column - 1] == here:
            column -= 1
        else:
            x, column = x - 1, column - 1
            pairs.append((x_start + x, y_start + column))
    return pairs[::-1]


def in_windows(xs: Sequence[int], ys: Sequence[int], gap: Gap, gain: Gain) -> Pairs:
    """The pairs of a long gap: of each window the first half is kept."""
    x, x_end, y, y_end = gap
    pairs: Pairs = []
    while x < x_end and y < y_end:
        while x < x_end and y < y_end and xs[x] == ys[y]:
            pairs.append((x, y))
            x, y = x + 1, y + 1
        window = (x, min(x + WINDOW, x_end), y, min(y + WINDOW, y_end))
        found = best_pairs(xs, ys, window, gain)
        if window[1] == x_end and window[3] == y_end:
            return pairs + found
        kept = [pair for pair in found if pair[0] < x + WINDOW // 2 and pair[1] < y + WINDOW // 2]
        pairs += kept
        x, y = (
            (kept[-1][0] + 1, kept[-1][1] + 1)
            if kept
            else (min(x + WINDOW // 2, x_end), min(y + WINDOW // 2, y_end))
        )
    return pairs
