"""The entries of a comparison that changed, with equal changes merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ...difference.comparison import (
    CHANGE_KINDS,
    ChangeKind,
    ComparisonEntry,
    Contribution,
    LayerCounts,
)
from ...named_tuple import NamedTuple
from .phrases import Placement, entry_name, entry_text


class MergedChange(NamedTuple):
    """A change at one or more positions, or a group in which something changed.

    `names` are those of all entries that changed equally, `entry` is the first of them.  `text`
    states the change and its position, `bare` the change alone.  `counts` is the number of changed
    layers by kind of change.  Changes with equal `key` are merged.
    """

    names: tuple[str, ...]
    entry: ComparisonEntry
    text: str
    bare: str
    delta: Contribution
    times: int
    counts: LayerCounts
    inner: tuple[MergedChange, ...]
    key: object


def merged_changes(
    entries: Iterable[ComparisonEntry], consequences: bool, placed: bool = True
) -> tuple[MergedChange, ...]:
    """The changes in some entries; `consequences` are included only on request.

    `placed`: state the position.  This is not needed for iterations, which are numbered, or
    inside of what was added or removed.
    """
    found: dict[object, list[MergedChange]] = {}
    placement = Placement()
    for entry in entries:
        change = change_of(entry, consequences, placement.of(entry) if placed else "")
        if change is not None:
            found.setdefault(change.key, []).append(change)
    return tuple(map(merged, found.values()))


def change_of(entry: ComparisonEntry, consequences: bool, position: str) -> MergedChange | None:
    """The change of an entry and of its contents; None if there is none to report."""
    if entry.is_layer:
        hidden = not entry.what or (entry.what == ("consequence",) and not consequences)
        return None if hidden else single_change(entry, (), consequences, position)
    placed = not entry.is_repeat and not entry.is_whole
    inner = merged_changes(entry.entries, consequences, placed)
    if entry.is_repeat and len(entry.entries) > 1:
        inner = tuple([in_every_iteration(change, len(entry.entries)) for change in inner])
    if not inner and not entry.what:
        return None
    return single_change(entry, inner, consequences, position)


def in_every_iteration(change: MergedChange, iterations: int) -> MergedChange:
    """A change, named `*` if it is that of every iteration."""
    return change._replace(names=("*",)) if len(change.names) == iterations else change


def single_change(
    entry: ComparisonEntry, inner: tuple[MergedChange, ...], consequences: bool, position: str
) -> MergedChange:
    bare, text = entry_text(entry, consequences, None), entry_text(entry, consequences, position)
    inner_keys: tuple[object, ...] = ()
    if not entry.is_whole:
        inner_keys = tuple([(() if entry.is_repeat else one.names, one.key) for one in inner])
    # Groups with different arguments may still have changed equally.
    what = tuple([what for what in entry.what if what != "consequence"])
    key = entry.is_repeat, entry.is_layer, what, bare if entry.what else "", inner_keys
    names = (entry_name(entry),)
    return MergedChange(names, entry, text, bare, entry.delta, 1, entry.counts, inner, key)


def merged(changes: Sequence[MergedChange]) -> MergedChange:
    """Changes of equal key as one."""
    first = changes[0]
    if len(changes) == 1:
        return first
    inner: tuple[MergedChange, ...] = ()
    if not first.entry.is_whole:
        each = zip(*[change.inner for change in changes], strict=True)
        inner = tuple(map(merged_inside, each))
    bare = first.bare if all(change.bare == first.bare for change in changes) else ""
    return MergedChange(
        names=tuple([name for change in changes for name in change.names]),
        entry=first.entry,
        text=first.text if all(change.text == first.text for change in changes) else bare,
        bare=bare,
        delta=Contribution(*map(sum, zip(*[change.delta for change in changes], strict=True))),
        times=sum(change.times for change in changes),
        counts=LayerCounts.sum([change.counts for change in changes]),
        inner=inner,
        key=first.key,
    )


def merged_inside(changes: Sequence[MergedChange]) -> MergedChange:
    """Changes inside of groups that are merged: their names are not listed."""
    names = changes[0].names
    is_same = all(change.names == names for change in changes)
    return merged(changes)._replace(names=names if is_same else ("*",))


def layer_counts(entries: Iterable[ComparisonEntry]) -> Counter[ChangeKind]:
    """The number of layers by kind of change; consequences count only if there is no other."""
    total = LayerCounts.sum([LayerCounts(), *[entry.counts for entry in entries]])
    return Counter({kind: total.of(kind) for kind in CHANGE_KINDS if total.of(kind)})
