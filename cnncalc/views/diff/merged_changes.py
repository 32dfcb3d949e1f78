"""The entries of a comparison that changed, with equal changes merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ...difference.comparison import ChangeKind, ComparisonEntry, Contribution
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
    counts: Counter[ChangeKind]
    inner: tuple[MergedChange, ...]
    key: object


def merged_changes(
    entries: Iterable[ComparisonEntry], consequences: bool, placed: bool = True
) -> tuple[MergedChange, ...]:
    """The changes in some entries; `consequences` are included only on request.

    `placed`: state the position.  This is not needed for iterations, which are numbered, or
    inside of what was added or removed.
    """
    found: dict[object, MergedChange] = {}
    placement = Placement()
    for entry in entries:
        change = change_of(entry, consequences, placement.of(entry) if placed else "")
        if change is not None:
            known = found.get(change.key)
            found[change.key] = merged(known, change) if known else change
    return tuple(found.values())


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
    names, counts = (entry_name(entry),), layer_counts([entry])
    return MergedChange(names, entry, text, bare, entry.delta, 1, counts, inner, key)


def merged(one: MergedChange, other: MergedChange) -> MergedChange:
    """Two changes of equal key as one."""
    inner: tuple[MergedChange, ...] = ()
    if not one.entry.is_whole:
        pairs = zip(one.inner, other.inner, strict=True)
        inner = tuple([merged_inside(x, y) for x, y in pairs])
    bare = one.bare if one.bare == other.bare else ""
    return MergedChange(
        names=(*one.names, *other.names),
        entry=one.entry,
        text=one.text if one.text == other.text else bare,
        bare=bare,
        delta=one.delta.plus(other.delta),
        times=one.times + other.times,
        counts=one.counts + other.counts,
        inner=inner,
        key=one.key,
    )


def merged_inside(one: MergedChange, other: MergedChange) -> MergedChange:
    """Two changes inside of groups that are merged: their names are not listed."""
    return merged(one, other)._replace(names=one.names if one.names == other.names else ("*",))


def layer_counts(entries: Iterable[ComparisonEntry]) -> Counter[ChangeKind]:
    """The number of layers by kind of change; consequences count only if there is no other."""
    layers = (inner for entry in entries for inner in entry.within() if inner.is_layer)
    return Counter(
        what
        for layer in layers
        for what in layer.what
        if what != "consequence" or len(layer.what) == 1
    )
