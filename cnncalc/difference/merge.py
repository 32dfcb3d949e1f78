"""One tree of entries from two aligned trees: the later network, with removed items inserted."""

from __future__ import annotations

from collections.abc import Iterator

from ..engine.analysis import Analysis, LayerAnalysis
from ..network import Group, Network
from . import classify
from .align import Alignment
from .classify import Classifier
from .comparison import (
    NO_CONTRIBUTION,
    Change,
    ChangeKind,
    ComparisonEntry,
    Contribution,
    LayerCounts,
)
from .contributions import contributions
from .tree import TreeItem
from .wiring import Wiring


class Merger:
    """Builds the entries of two aligned trees."""

    def __init__(
        self,
        before: Analysis,
        after: Analysis,
        roots: tuple[TreeItem, TreeItem],
        found: Alignment,
        *,
        is_flat: bool = False,
    ) -> None:
        self.before, self.after, self.found = before, after, found
        if is_flat:
            found.moved -= in_place(before.network, after.network, found)
        self.amounts_before, self.amounts_after = contributions(before), contributions(after)
        # The items that contain something with a counterpart.
        self.touched = found.touched
        self.moved = {
            leaf.start for item in found.moved if item in found.after for leaf in item.within()
        }
        stayed = {x: y for x, y in found.layers().items() if x not in self.moved}
        wiring = Wiring(before.network, after.network, stayed, is_flat=is_flat)
        self.classifier = Classifier(before, after, wiring, is_flat=is_flat)
        # The removed items after an item of the later network, and at the start of a group.
        self.removed_after: dict[TreeItem, list[TreeItem]] = {}
        self.removed_first: dict[TreeItem, list[TreeItem]] = {}
        self.place_removed(roots[0])
        self.root = roots[1]

    def entries(self) -> tuple[ComparisonEntry, ...]:
        return self.inside(self.root)

    def place_removed(self, root: TreeItem) -> None:
        for group in root.within():
            if group not in self.found.after:
                continue
            last: TreeItem | None = None
            for item in self.flat(group):
                counterpart = self.found.after.get(item)
                if counterpart is None:
                    positions, key = (
                        (self.removed_first, self.found.after[group])
                        if last is None
                        else (self.removed_after, last)
                    )
                    positions.setdefault(key, []).append(item)
                elif item not in self.found.moved:
                    last = counterpart

    def flat(self, group: TreeItem) -> Iterator[TreeItem]:
        """The items of a group; one that was removed around its steps is followed by the steps."""
        for item in group.items:
            if item in self.found.after or item not in self.touched:
                yield item
                continue
            yield item
            yield from self.flat(item)

    def inside(self, group: TreeItem) -> tuple[ComparisonEntry, ...]:
        entries = [self.removed(item) for item in self.removed_first.get(group, ())]
        for item in group.items:
            entries.append(self.entry(item))
            entries += [self.removed(one) for one in self.removed_after.get(item, ())]
        return tuple(entries)

    def removed(self, item: TreeItem) -> ComparisonEntry:
        """An item of the earlier network only; without contents if only the group was removed."""
        around = item in self.touched
        if item.node is not None:
            return alone(
                item,
                self.before.layers[item.start],
                NO_CONTRIBUTION.minus(self.amounts_before[item.start]),
                True,
            )
        entries = () if around else tuple([self.removed(inner) for inner in item.items])
        return with_entries(alone(item, item.group, NO_CONTRIBUTION, True, around), entries)

    def entry(self, item: TreeItem) -> ComparisonEntry:
        """An item of the later network."""
        other = self.found.before.get(item)
        if item.node is not None:
            layer, amount = self.after.layers[item.start], self.amounts_after[item.start]
            return (
                alone(item, layer, amount, False)
                if other is None
                else self.kept_layer(other, item, layer, amount)
            )
        entries = self.inside(item)
        if other is None:
            return with_entries(
                alone(item, item.group, NO_CONTRIBUTION, False, item in self.touched), entries
            )
        what, changes = classify.group(other, item)
        return with_entries(
            self.kept(other, item, other.group, item.group, what, changes, NO_CONTRIBUTION), entries
        )

    def kept_layer(
        self, x: TreeItem, y: TreeItem, after: LayerAnalysis, amount: Contribution
    ) -> ComparisonEntry:
        delta = amount.minus(self.amounts_before[x.start])
        what, changes = self.classifier.layer(x, y, x.start in self.moved, delta)
        return self.kept(x, y, self.before.layers[x.start], after, what, changes, delta)

    def kept(
        self,
        x: TreeItem,
        y: TreeItem,
        before: LayerAnalysis | Group | None,
        after: LayerAnalysis | Group | None,
        what: list[ChangeKind],
        changes: list[Change],
        delta: Contribution,
    ) -> ComparisonEntry:
        """An item of both networks."""
        where: list[ChangeKind] = ["moved"] if y in self.found.moved else []
        if classify.is_renamed(x, y):
            where.append("renamed")
        return ComparisonEntry(
            y.path,
            x.path,
            y.name,
            before,
            after,
            y.is_repeat,
            (*where, *what),
            tuple(changes),
            delta,
        )


def in_place(before: Network, after: Network, found: Alignment) -> set[TreeItem]:
    """The moved layers, of both networks, that read the same inputs as before.

    In an order of execution, they only changed places with layers that do not depend on them.
    """
    wiring = Wiring(before, after, found.layers(), is_flat=True)
    pairs = [(x, found.after[x]) for x in found.moved if x in found.after and x.node is not None]
    kept = [(x, y) for x, y in pairs if wiring.is_kept(before.nodes[x.start], after.nodes[y.start])]
    return {item for pair in kept for item in pair}


def alone(
    item: TreeItem,
    thing: LayerAnalysis | Group | None,
    delta: Contribution,
    is_removed: bool,
    around: bool = False,
) -> ComparisonEntry:
    """An item of one network only.

    The change of an item without layer or group is that of its contents, unless these are in both
    networks: then a step is now repeated, or no longer.
    """
    before, after = (thing, None) if is_removed else (None, thing)
    implied = thing is None and not (around and item.is_repeated)
    what: tuple[ChangeKind, ...] = () if implied else ("removed",) if is_removed else ("added",)
    path, path_before = ("", item.path) if is_removed else (item.path, "")
    return ComparisonEntry(
        path, path_before, item.name, before, after, item.is_repeat, what, (), delta, around=around
    )


def with_entries(entry: ComparisonEntry, entries: tuple[ComparisonEntry, ...]) -> ComparisonEntry:
    if not entries:
        return entry
    return entry._replace(
        entries=entries,
        delta=Contribution(*map(sum, zip(*[one.delta for one in entries], strict=True))),
        counts_inside=LayerCounts.sum([one.counts for one in entries]),
    )
