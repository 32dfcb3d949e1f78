"""The alignment of two sequences of keys, in order.

Equal keys at both ends are paired first.  Then keys that are unique in both sequences divide the
rest, as in a patience diff.  Each remaining gap is aligned by dynamic programming, in windows if it
is long.  Linear for sequences that are mostly equal.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

Gain = Callable[[int, int], int]
"""The gain of aligning two keys; 0 if they must not be aligned."""
IndexPairs = list[tuple[int, int]]
Gap = tuple[int, int, int, int]
"""Start and end (exclusive) in the first sequence, then in the second."""

MAX_CELLS = 4_000  # of one table of the dynamic programming
WINDOW = 60


def aligned(xs: Sequence[int], ys: Sequence[int], gain: Gain) -> IndexPairs:
    """The pairs of indices, increasing in both sequences."""
    pairs: IndexPairs = []
    gaps: list[Gap] = [(0, len(xs), 0, len(ys))]
    while gaps:
        gap = trimmed(xs, ys, gaps.pop(), pairs)
        x, x_end, y, y_end = gap
        if x == x_end or y == y_end:
            continue
        if (x_end - x) * (y_end - y) <= MAX_CELLS:
            pairs += best_pairs(xs, ys, gap, gain)
        elif anchors := unique_pairs(xs, ys, gap):
            pairs += anchors
            gaps += between(anchors, gap)
        else:
            pairs += in_windows(xs, ys, gap, gain)
    return sorted(pairs)


def trimmed(xs: Sequence[int], ys: Sequence[int], gap: Gap, pairs: IndexPairs) -> Gap:
    """The gap without the equal keys at its ends, which are added to the pairs."""
    x, x_end, y, y_end = gap
    while x < x_end and y < y_end and xs[x] == ys[y]:
        pairs.append((x, y))
        x, y = x + 1, y + 1
    while x < x_end and y < y_end and xs[x_end - 1] == ys[y_end - 1]:
        x_end, y_end = x_end - 1, y_end - 1
        pairs.append((x_end, y_end))
    return x, x_end, y, y_end


def between(pairs: IndexPairs, gap: Gap) -> list[Gap]:
    """The gaps between the pairs in a gap."""
    x, x_end, y, y_end = gap
    found = []
    for next_x, next_y in [*pairs, (x_end, y_end)]:
        if next_x > x or next_y > y:
            found.append((x, next_x, y, next_y))
        x, y = next_x + 1, next_y + 1
    return found


def unique_pairs(xs: Sequence[int], ys: Sequence[int], gap: Gap) -> IndexPairs:
    """The longest increasing sequence of pairs of keys that are unique in both sequences.

    This is the first step of a patience diff.
    """
    others = once(ys, gap[2], gap[3])
    own = once(xs, gap[0], gap[1])
    shared = sorted((index, others[key]) for key, index in own.items() if key in others)
    ends: list[int] = []  # the smallest end of a sequence of each length
    last: list[int] = []  # the index of the pair at that end
    before: list[int] = []
    for number, (_, y) in enumerate(shared):
        length = bisect_left(ends, y)
        before.append(last[length - 1] if length else -1)
        ends[length:] = [y] if length == len(ends) else [y, *ends[length + 1 :]]
        last[length:] = [number] if length == len(last) else [number, *last[length + 1 :]]
    row: IndexPairs = []
    number = last[-1] if last else -1
    while number >= 0:
        row.append(shared[number])
        number = before[number]
    return row[::-1]


def once(keys: Sequence[int], start: int, end: int) -> dict[int, int]:
    """The indices of the keys that occur once."""
    indices: dict[int, int] = {}
    for index in range(start, end):
        indices[keys[index]] = -1 if keys[index] in indices else index
    return {key: index for key, index in indices.items() if index >= 0}


def best_pairs(xs: Sequence[int], ys: Sequence[int], gap: Gap, gain: Gain) -> IndexPairs:
    """The pairs with the largest total gain; of equal choices the first."""
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
    pairs: IndexPairs = []
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


def in_windows(xs: Sequence[int], ys: Sequence[int], gap: Gap, gain: Gain) -> IndexPairs:
    """The pairs of a long gap, window by window; of each, only the first half is kept."""
    x, x_end, y, y_end = gap
    pairs: IndexPairs = []
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
