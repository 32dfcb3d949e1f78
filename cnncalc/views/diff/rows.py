"""The rows of a comparison: its changes down to a depth, and the number of consequences."""

from __future__ import annotations

from collections.abc import Sequence

from ...difference.comparison import NO_CONTRIBUTION, ChangeKind, Comparison, Contribution
from ...escape import safe
from ...named_tuple import NamedTuple
from ...problem import count
from .merged_changes import MergedChange, layer_counts, merged_changes
from .phrases import counterpart_text
from .totals import signed

MAX_ROWS = 40  # that are shown without --depth
MAX_NAMES = 3
MARKS: dict[ChangeKind, str] = {
    "added": "+",
    "removed": "-",
    "moved": ">",
    "renamed": "~",
    "changed": "~",
    "consequence": ".",
}
VERBS: dict[ChangeKind, str] = {what: what for what in MARKS} | {"consequence": "follow"}


class DiffRow(NamedTuple):
    """One row; `level` is its indent.  The `mark` of a group with changes inside is empty."""

    level: int
    mark: str
    label: str
    text: str
    delta: Contribution


class RowBlock(NamedTuple):
    """Rows, with the sum of their deltas and the number of consequences that they include."""

    rows: list[DiffRow]
    delta: Contribution
    consequences: int


def number_text(row: DiffRow, name: str, exact: bool) -> str:
    """The change of a number; that of training, which the totals omit, in parentheses."""
    if change := signed(getattr(row.delta, name), exact):
        return change
    training = signed(getattr(row.delta, f"training_{name}"), exact)
    return f"({training})" if training else ""


def diff_rows(comparison: Comparison, depth: int | None, consequences: bool) -> list[DiffRow]:
    """The rows to a depth: 1 collapses all groups, None expands them as far as MAX_ROWS allow."""
    changes = merged_changes(comparison.entries, consequences)
    if comparison.is_flat:
        changes = tuple([with_counterpart(change, comparison) for change in changes])
    whole = NO_CONTRIBUTION
    for entry in comparison.entries:
        whole = whole.plus(entry.delta)
    total = layer_counts(comparison.entries)["consequence"]
    if depth is not None:
        return with_rest(block(changes, 0, depth, 1, True), whole, total, 0).rows

    def rows_at(depth: int) -> list[DiffRow]:
        return with_rest(block(changes, 0, depth, 1, False), whole, total, 0).rows

    fits, exceeds = 1, height(changes) + 1
    while exceeds - fits > 1:  # a larger depth never has fewer rows
        middle = (fits + exceeds) // 2
        if len(rows_at(middle)) <= MAX_ROWS:
            fits = middle
        else:
            exceeds = middle
    return rows_at(fits)


def with_counterpart(change: MergedChange, comparison: Comparison) -> MergedChange:
    """A change of layers alone, with what the first of them is called in the other network."""
    counterpart = counterpart_text(change.entry, comparison)
    if not counterpart:
        return change
    first = "first: " if change.times > 1 else ""
    return change._replace(text=f"{change.text} ({first}{counterpart})")


def height(changes: Sequence[MergedChange]) -> int:
    """The number of levels of groups that can be expanded, at least 1."""
    inner = (height(change.inner) for change in changes if not change.entry.is_whole)
    return 1 + max(inner, default=0) if changes else 1


def block(
    changes: Sequence[MergedChange], level: int, depth: int, times: int, expand_whole: bool
) -> RowBlock:
    """The rows of some changes and of their contents; `times` is stated by the row above."""
    found = RowBlock([], NO_CONTRIBUTION, 0)
    for one in changes:
        label, change = joined_path(one)
        whole = change.entry.is_whole and not expand_whole
        collapsed = not change.inner or level + 1 >= depth or whole
        found.rows.append(row(change, label, level, times, collapsed))
        if not collapsed:
            most = max(times, change.times)
            inner = block(change.inner, level + 1, depth, most, expand_whole)
            total = change.counts.consequence
            found.rows.extend(with_rest(inner, change.delta, total, level + 1).rows)
        consequences = found.consequences + change.counts.consequence
        found = RowBlock(found.rows, found.delta.plus(change.delta), consequences)
    return found


def row(change: MergedChange, label: str, level: int, times: int, collapsed: bool) -> DiffRow:
    mark = "" if change.inner and not collapsed else "~"
    if change.entry.what:
        mark = MARKS[change.entry.what[0]]
    text = collapsed_text(change) if collapsed else change.text
    if change.times > times:
        text = f"{text}, {change.times:,} times" if text else f"{change.times:,} times"
    return DiffRow(level, mark, label, text, change.delta)


def with_rest(found: RowBlock, delta: Contribution, consequences: int, level: int) -> RowBlock:
    """Rows, and one more for the consequences that are not among them."""
    rest = consequences - found.consequences
    if rest:
        text = f"({count(rest, 'layer')} follow{'s' if rest == 1 else ''})"
        found.rows.append(DiffRow(level, ".", text, "", delta.minus(found.delta)))
    return RowBlock(found.rows, delta, consequences)


def joined_path(change: MergedChange) -> tuple[str, MergedChange]:
    """The label of a change; groups with a single change inside become the path to it."""
    path = [change]
    while len(change.inner) == 1 and not change.entry.what and not change.entry.is_whole:
        change = change.inner[0]
        path.append(change)
    labels = list(map(names_text, path))
    if len(labels) == 1:
        return labels[0], change
    return ".".join(f"{{{label}}}" if ", " in label else label for label in labels), change


def names_text(change: MergedChange) -> str:
    """The names of a change in short; iterations as `6-22`."""
    names = change.names
    if len(names) > 1 and all(name.isdigit() for name in names):
        return ranges([int(name) for name in names])
    if len(names) > MAX_NAMES + 1:
        return f"{', '.join(map(safe, names[:MAX_NAMES]))} and {len(names) - MAX_NAMES} more"
    return ", ".join(map(safe, names))


def ranges(numbers: Sequence[int]) -> str:
    """Increasing numbers in short.

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


def collapsed_text(change: MergedChange) -> str:
    """The change of a collapsed group, and how many layers in it changed in which way."""
    if change.entry.is_layer or change.entry.is_whole:
        return change.text
    counts = ((change.counts.of(what), verb) for what, verb in VERBS.items())
    inside = ", ".join(f"{number:,} {verb}" for number, verb in counts if number)
    return "; ".join(part for part in (change.text, inside) if part)
