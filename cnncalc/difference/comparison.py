"""The result of comparing two networks: values only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Literal, get_args

from ..engine.analysis import Analysis, LayerAnalysis
from ..named_tuple import NamedTuple
from ..network import Group

ChangeKind = Literal["added", "removed", "moved", "renamed", "changed", "consequence"]
CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
"""How a layer or group changed.  A consequence changed only because an earlier layer did: its
arguments are the same, its shapes or numbers are not."""


class Contribution(NamedTuple):
    """The contribution of a layer to the totals of its network, or the difference of two.

    Shared weights are counted at their first use.  The last two fields are what a training-only
    layer adds to the totals of training.
    """

    params: int = 0
    trainable_params: int = 0
    buffers: int = 0
    macs: int = 0
    flops: int = 0
    weight_bytes: int = 0
    training_params: int = 0
    training_macs: int = 0

    def plus(self, other: Contribution) -> Contribution:
        return Contribution(*map(int.__add__, self, other))

    def minus(self, other: Contribution) -> Contribution:
        return Contribution(*map(int.__sub__, self, other))


NO_CONTRIBUTION = Contribution()


class LayerCounts(NamedTuple):
    """The number of layers in an entry: all, those of the later network, and by kind of change.

    Consequences count only where there is no other change.
    """

    layers: int = 0
    later: int = 0
    added: int = 0
    removed: int = 0
    moved: int = 0
    renamed: int = 0
    changed: int = 0
    consequence: int = 0

    @staticmethod
    def sum(counts: Iterable[LayerCounts]) -> LayerCounts:
        return LayerCounts(*map(sum, zip(*counts, strict=True)))

    def of(self, kind: ChangeKind) -> int:
        number: int = getattr(self, kind)
        return number


@cache
def counts_of_layer(what: tuple[ChangeKind, ...], is_later: bool) -> LayerCounts:
    counted = [kind for kind in what if kind != "consequence" or len(what) == 1]
    return LayerCounts(1, int(is_later), **dict.fromkeys(counted, 1))


class Change(NamedTuple):
    """A value before and after; None where there is no such value."""

    name: str
    before: str | None
    after: str | None


class ComparisonEntry(NamedTuple):
    """A layer or a group of both networks, or of one of them, with its contents.

    `before` and `after` are both None for a repeated step (`is_repeat`) and for one of its
    iterations, which the networks have no object for.  `delta` is the sum over the contents.
    `around`: only the group itself was added or removed, its layers are in both networks.
    """

    path: str
    path_before: str
    name: str
    before: LayerAnalysis | Group | None
    after: LayerAnalysis | Group | None
    is_repeat: bool
    what: tuple[ChangeKind, ...]
    changes: tuple[Change, ...]
    delta: Contribution
    entries: tuple[ComparisonEntry, ...] = ()
    around: bool = False
    counts_inside: LayerCounts = LayerCounts()

    @property
    def counts(self) -> LayerCounts:
        """The layers of this entry: itself, or those inside it."""
        if not self.is_layer:
            return self.counts_inside
        return counts_of_layer(self.what, self.after is not None)

    @property
    def is_layer(self) -> bool:
        return isinstance(self.after or self.before, LayerAnalysis)

    @property
    def is_whole(self) -> bool:
        """True for a layer or group that was added or removed together with its contents."""
        return not self.around and self.what in (("added",), ("removed",))

    @property
    def kind(self) -> str | None:
        """The type of the layer or group, in the later network if it is there."""
        item = self.after or self.before
        return item.node.layer.kind if isinstance(item, LayerAnalysis) else item and item.kind

    def within(self) -> Iterator[ComparisonEntry]:
        """This entry and all entries inside it, the outer before the inner, in order."""
        waiting = [self]
        while waiting:
            entry = waiting.pop()
            yield entry
            waiting.extend(reversed(entry.entries))


class Declarations(NamedTuple):
    """The variables and blocks that a file declares, as text, by name."""

    vars: Mapping[str, str] = {}
    blocks: Mapping[str, str] = {}


class Comparison(NamedTuple):
    """Two networks, and how one became the other.

    Every layer of both networks is in exactly one of the `entries`.  `declarations` are the changes
    in the files other than layers, by section: `network`, `file`, `vars`, `blocks`, `expect`,
    `budget`.  `is_coarse`: the networks have too little in common to search all counterparts, so
    that a layer may be removed and added instead of changed.  `is_flat`: layers are compared
    whatever their names, groups and positions in the file are, and nothing else of the files; they
    are in an order of execution.
    """

    before: Analysis
    after: Analysis
    entries: tuple[ComparisonEntry, ...]
    declarations: Mapping[str, tuple[Change, ...]]
    is_coarse: bool = False
    is_flat: bool = False

    def layers(self) -> Iterator[ComparisonEntry]:
        """The entries of the layers."""
        return (entry for entry in self.everything() if entry.is_layer)

    @property
    def calculates_the_same(self) -> bool:
        """True if both have equal layers with equal numbers in the same order, ignoring names."""
        if "network" in self.declarations:
            return False
        return not any(
            "moved" in entry.what or (entry.is_layer and set(entry.what) - {"renamed"})
            for entry in self.everything()
        )

    def everything(self) -> Iterator[ComparisonEntry]:
        """All entries, the outer before the inner."""
        for entry in self.entries:
            yield from entry.within()

    @property
    def is_empty(self) -> bool:
        """True if nothing changed, neither in the layers nor in the declarations."""
        if any(self.declarations.values()):
            return False
        return not any(entry.what for entry in self.everything())
