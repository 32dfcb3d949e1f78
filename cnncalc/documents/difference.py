"""Differences, with the names of the JSON of `cnncalc diff`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Self

from .encoding import frozen


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was; None where it was not there, or is not any more."""

    name: str
    before: str | None
    after: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A layer or a group of both networks, or of one.

    `path_before` is its path in the earlier network; None where it is not there.  `what` says what became of it: `same`,
    `added`, `removed`, `moved`, `renamed`, `changed` or `consequence`, or several.  `delta` leaves out what is 0.
    """

    path: str | None
    path_before: str | None
    type: str
    what: tuple[str, ...]
    changes: tuple[Change, ...]
    delta: Mapping[str, int]

    @classmethod
    def from_object(cls, entry: Mapping[str, Any]) -> Self:
        changes = tuple(Change(**change) for change in entry["changes"])
        what, delta = frozen(entry["what"]), frozen(entry["delta"])
        return cls(entry["path"], entry["path_before"], entry["type"], what, changes, delta)


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one network to another.

    `delta` is the change of each total, which the deltas of the layers add up to.  `groups` are those that were themselves
    added, removed, moved, renamed or became another block; `layers` are all of both networks.
    """

    equal: bool
    calculates_the_same: bool
    delta: Mapping[str, int]
    groups: tuple[DifferenceRow, ...]
    layers: tuple[DifferenceRow, ...]

    @classmethod
    def from_object(cls, entry: Mapping[str, Any]) -> Self:
        groups, layers = (
            tuple(map(DifferenceRow.from_object, entry[part])) for part in ("groups", "layers")
        )
        return cls(
            entry["equal"], entry["calculates_the_same"], frozen(entry["delta"]), groups, layers
        )

    @property
    def changed(self) -> tuple[DifferenceRow, ...]:
        """The layers that are not the same, but for those that only follow from others."""
        return tuple(row for row in self.layers if not {"same", "consequence"} >= set(row.what))

    def __repr__(self) -> str:
        if self.equal:
            return "<Difference: none>"
        return f"<Difference: {len(self.changed)} layers, {self.delta['params']:+,} params, {self.delta['macs']:+,} MACs>"
