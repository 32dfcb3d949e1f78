"""The alignment of two sequences of keys, in order.

Equal keys at both ends are paired first.  Then keys that are unique in both sequences divide the
rest, as in a patience diff.  Each remaining gap is aligned by dynamic programming, in windows if it
is long.  Linear for sequences that are mostly equal; of others, the part that exceeds the effort is
aligned coarsely: only equal keys that are close to each other are paired.
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


class Effort:
    """The work of an alignment: items that are read, and cells of tables."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.done = 0

    def spend(self, work: int) -> None:
        self.done += work

    @property
    def is_exhausted(self) -> bool:
        return self.done > self.most

    @property
    def is_far_exceeded(self) -> bool:
        """True when a coarse alignment has cost as much as the effort again."""
        return self.done > 2 * self.most


def aligned(xs: Sequence[int], ys: Sequence[int], gain: Gain, effort: Effort) -> IndexPairs:
    """The pairs of indices, increasing in both sequences."""
    pairs: IndexPairs = []
    gaps: list[Gap] = [(0, len(xs), 0, len(ys))]
    while gaps:
        gap = trimmed(xs, ys, gaps.pop(), pairs)
        x, x_end, y, y_end = gap
        if x == x_end or y == y_end:
            continue
        effort.spend(x_end - x + y_end - y)
        if effort.is_exhausted:
            pairs += close_pairs(xs, ys, gap)
        elif (x_end - x) * (y_end - y) <= MAX_CELLS:
            pairs += best_pairs(xs, ys, gap, gain, effort)
        elif anchors := unique_pairs(xs, ys, gap):
            pairs += anchors
            gaps += between(anchors, gap)
        else:
            pairs += in_windows(xs, ys, gap, gain, effort)
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
        ends[length : length + 1] = [y]
        last[length : length + 1] = [number]
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


def best_pairs(
    xs: Sequence[int], ys: Sequence[int], gap: Gap, gain: Gain, effort: Effort
) -> IndexPairs:
    """The pairs with the largest total gain; of equal choices the first."""
    x_start, x_end, y_start, y_end = gap
    width = y_end - y_start
    effort.spend((x_end - x_start) * width)
    rows = [[0] * (width + 1)]
    gains: dict[int, list[int]] = {}  # of one key of the first sequence, for each of the second
    for x in range(x_start, x_end):
        if xs[x] not in gains:
            each = {key: gain(xs[x], key) for key in ys[y_start:y_end]}
            gains[xs[x]] = [each[key] for key in ys[y_start:y_end]] if any(each.values()) else []
        rows.append(next_row(rows[-1], gains[xs[x]]) if gains[xs[x]] else rows[-1])
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


def next_row(above: list[int], gains: list[int]) -> list[int]:
    """The row of the table after another, by the gain of each pair in it."""
    row, left = [0], 0
    for column, won in enumerate(gains):
        best = above[column] + won if won else 0
        if above[column + 1] > left:
            left = above[column + 1]
        if best > left:
            left = best
        row.append(left)
    return row


def close_pairs(xs: Sequence[int], ys: Sequence[int], gap: Gap) -> IndexPairs:
    """Pairs of equal keys, each the next one of the second sequence if that is close."""
    x_start, x_end, y, y_end = gap
    indices: dict[int, list[int]] = {}
    for index in range(y_end - 1, y - 1, -1):
        indices.setdefault(ys[index], []).append(index)
    pairs: IndexPairs = []
    for x in range(x_start, x_end):
        same = indices.get(xs[x], [])
        while same and same[-1] < y:
            same.pop()
        if same and same[-1] - y < WINDOW:
            y = same[-1] + 1
            pairs.append((x, y - 1))
    return pairs


def in_windows(
    xs: Sequence[int], ys: Sequence[int], gap: Gap, gain: Gain, effort: Effort
) -> IndexPairs:
    """The pairs of a long gap, window by window; of each, only the first half is kept."""
    x, x_end, y, y_end = gap
    pairs: IndexPairs = []
    while x < x_end and y < y_end:
        while x < x_end and y < y_end and xs[x] == ys[y]:
            pairs.append((x, y))
            x, y = x + 1, y + 1
        if effort.is_exhausted:
            return pairs + close_pairs(xs, ys, (x, x_end, y, y_end))
        window = (x, min(x + WINDOW, x_end), y, min(y + WINDOW, y_end))
        found = best_pairs(xs, ys, window, gain, effort)
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
