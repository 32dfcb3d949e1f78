"""What a comparison of two networks finds: values only."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from ..engine.analysis import Analysis, LayerAnalysis
from ..network import Group

What = Literal["added", "removed", "moved", "renamed", "changed", "consequence"]
"""What became of a layer or group; what is none of these is the same.  A consequence changed only because something before
it did."""


class Contribution(NamedTuple):
    """What a layer adds to the totals at inference, or a difference of that; weights that are shared count at their first use.

    The two last are what it adds to the totals of training besides.
    """

    params: int = 0
    trainable_params: int = 0
    buffers: int = 0
    macs: int = 0
    flops: int = 0
    weight_bytes: int = 0
    training_params: int = 0
    training_macs: int = 0

    def plus(self, other: "Contribution") -> "Contribution":
        return Contribution(*map(int.__add__, self, other))

    def minus(self, other: "Contribution") -> "Contribution":
        return Contribution(*map(int.__sub__, self, other))


NOTHING = Contribution()


class Change(NamedTuple):
    """One thing that is not as it was; None where it was not there, or is not any more."""

    name: str
    before: str | None
    after: str | None


class Entry(NamedTuple):
    """A layer or a group of both networks, or of one, with what is in it.

    Rounds are the entry of a repeated step, which has neither layer nor group of its own.  `delta` is the sum over what is
    in it; a group that was put around steps, or taken away from around them, is `added` or `removed` `around` them.
    """

    path: str
    path_before: str
    name: str
    before: LayerAnalysis | Group | None
    after: LayerAnalysis | Group | None
    is_rounds: bool
    what: tuple[What, ...]
    changes: tuple[Change, ...]
    delta: Contribution
    entries: "tuple[Entry, ...]" = ()
    around: bool = False

    @property
    def is_layer(self) -> bool:
        return isinstance(self.after or self.before, LayerAnalysis)

    def within(self) -> "Iterator[Entry]":
        """It and all entries inside it, the outer before the inner, in order."""
        waiting = [self]
        while waiting:
            entry = waiting.pop()
            yield entry
            waiting.extend(reversed(entry.entries))


class Declarations(NamedTuple):
    """What a file says beside its layers, as texts by their names."""

    vars: Mapping[str, str] = {}
    blocks: Mapping[str, str] = {}


class Comparison(NamedTuple):
    """Two networks, and what became of the one in the other.

    Every layer of both is in one of the `entries`.  `said` is what changed beside the layers, by what it belongs to: the
    file, vars, blocks, expect, budget.
    """

    before: Analysis
    after: Analysis
    entries: tuple[Entry, ...]
    said: Mapping[str, tuple[Change, ...]]

    def layers(self) -> Iterator[Entry]:
        """The entries of the layers."""
        return (entry for entry in self.everything() if entry.is_layer)

    @property
    def calculates_the_same(self) -> bool:
        """Whether both have the same layers with the same numbers in the same order, whatever they are called."""
        if "network" in self.said:
            return False
        return not any(
            "moved" in entry.what or (entry.is_layer and set(entry.what) - {"renamed"})
            for entry in self.everything()
        )

    def everything(self) -> Iterator[Entry]:
        """All entries, the outer before the inner."""
        for entry in self.entries:
            yield from entry.within()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not any(self.said.values()) and not any(entry.what for entry in self.everything())
