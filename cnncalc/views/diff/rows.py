"""The rows of a Comparison: its folds down to a depth, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...difference.comparison import NOTHING, Comparison, Contribution, What
from ...problem import count
from ..text import safe
from .folds import Fold, folded, is_whole, layer_counts

COMFORTABLE = 40  # rows
MOST_NAMES = 3
MARKS: dict[What, str] = {
    "added": "+",
    "removed": "-",
    "moved": ">",
    "renamed": "~",
    "changed": "~",
    "consequence": ".",
}
VERBS: dict[What, str] = {what: what for what in MARKS} | {"consequence": "follow"}


class DiffRow(NamedTuple):
    """One row.  `mark` is a sign for what became of it, a heading has none; `level` is how far it is indented."""

    level: int
    mark: str
    label: str
    text: str
    delta: Contribution


class Shown(NamedTuple):
    """Rows, and what they tell: their sum, and how many layers that follow are in it."""

    rows: list[DiffRow]
    delta: Contribution
    followers: int


def diff_rows(difference: Comparison, depth: int | None, consequences: bool) -> list[DiffRow]:
    """The rows to a depth: 1 closes every group; None opens them as far as is comfortable."""
    folds = folded(difference.entries, consequences)
    whole = NOTHING
    for entry in difference.entries:
        whole = whole.plus(entry.delta)
    followers = layer_counts(difference.entries)["consequence"]
    if depth is not None:
        return with_rest(laid_out(folds, 0, depth, 1, True), whole, followers, 0).rows
    for depth in range(height(folds), 0, -1):
        rows = with_rest(laid_out(folds, 0, depth, 1, False), whole, followers, 0).rows
        if len(rows) <= COMFORTABLE:
            break
    return rows


def height(folds: Sequence[Fold]) -> int:
    """How many levels of groups there are to open."""
    return (
        1 + max((height(fold.folds) for fold in folds if not is_whole(fold.entry)), default=0)
        if folds
        else 1
    )


def laid_out(folds: Sequence[Fold], level: int, depth: int, times: int, open_whole: bool) -> Shown:
    """The rows of folds, and of what is in them; so often is told already by what is around them."""
    found = Shown([], NOTHING, 0)
    for one in folds:
        label, fold = lengthened(one)
        closed = not fold.folds or level + 1 >= depth or (is_whole(fold.entry) and not open_whole)
        mark = (
            MARKS[fold.entry.what[0]]
            if fold.entry.what
            else ""
            if fold.folds and not closed
            else "~"
        )
        text = closed_text(fold) if closed else fold.text
        if fold.times > times:
            text = f"{text}, {fold.times:,} times" if text else f"{fold.times:,} times"
        found.rows.append(DiffRow(level, mark, label, text, fold.delta))
        if not closed:
            inner = laid_out(fold.folds, level + 1, depth, max(times, fold.times), open_whole)
            found.rows.extend(
                with_rest(inner, fold.delta, fold.counts["consequence"], level + 1).rows
            )
        followers = fold.counts["consequence"]
        found = Shown(found.rows, found.delta.plus(fold.delta), found.followers + followers)
    return found


def with_rest(shown: Shown, delta: Contribution, followers: int, level: int) -> Shown:
    """Rows with one for what else there is: what follows from them and is not told."""
    rest = followers - shown.followers
    left = delta.minus(shown.delta)
    if rest:
        verb = "follow" if rest > 1 else "follows"
        shown.rows.append(DiffRow(level, ".", f"({count(rest, 'layer')} {verb})", "", left))
    return Shown(shown.rows, delta, followers)


def lengthened(fold: Fold) -> tuple[str, Fold]:
    """A fold with its label; a group of which there is nothing to tell but one change in it gives the path to that."""
    path = [fold]
    while len(fold.folds) == 1 and not fold.entry.what and not is_whole(fold.entry):
        fold = fold.folds[0]
        path.append(fold)
    if len(path) == 1:
        return names_text(fold), fold
    return ".".join(
        f"{{{label}}}" if ", " in label else label for label in map(names_text, path)
    ), fold


def names_text(fold: Fold) -> str:
    """The names of what changed alike: rounds as `6-22`."""
    names = fold.names
    if len(names) > 1 and all(name.isdigit() for name in names):
        return ranges([int(name) for name in names])
    if len(names) > MOST_NAMES + 1:
        return f"{', '.join(map(safe, names[:MOST_NAMES]))} and {len(names) - MOST_NAMES} more"
    return ", ".join(map(safe, names))


def ranges(numbers: Sequence[int]) -> str:
    """Numbers in short.

    >>> ranges([0, 2, 3, 4, 9])
    '0,2-4,9'
    """
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1][1:] = [number]
        else:
            found.append([number])
    return ",".join("-".join(map(str, ends)) for ends in found)


def closed_text(fold: Fold) -> str:
    """What became of a group, and of how many layers in it."""
    if fold.entry.is_layer or is_whole(fold.entry):
        return fold.text
    counted = [f"{fold.counts[what]:,} {verb}" for what, verb in VERBS.items() if fold.counts[what]]
    return "; ".join(part for part in (fold.text, ", ".join(counted)) if part)
