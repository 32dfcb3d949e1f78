"""The progress of a sweep, stored next to its file, from which the sweep can be resumed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import chain

from ..named_tuple import NamedTuple
from .groups import GroupKey
from .job import RowChunk
from .manifest import Manifest, parse_manifest
from .shard import Shard


class Tally(NamedTuple):
    """How many variants were calculated, and what became of them.

    `reason` is that of the first invalid one; `unmatched` have no row in the table of a join.
    """

    variants: int = 0
    kept: int = 0
    invalid: int = 0
    excluded: int = 0
    reason: str = ""
    unmatched: int = 0

    def with_chunk(self, chunk: RowChunk) -> Tally:
        variants = chunk.last - chunk.first
        kept, unmatched = chunk.kept, chunk.unmatched
        return self.joined(
            Tally(variants, kept, chunk.invalid, chunk.excluded, chunk.reason, unmatched)
        )

    def joined(self, other: Tally) -> Tally:
        """The tally of these variants, and of those that follow."""
        return Tally(
            self.variants + other.variants,
            self.kept + other.kept,
            self.invalid + other.invalid,
            self.excluded + other.excluded,
            self.reason or other.reason,
            self.unmatched + other.unmatched,
        )


class Progress(NamedTuple):
    """How far a sweep is, or one shard of it.

    - `identity`, `total`: which sweep it is, and how many variants it has in all shards;
    - `next`: the variant that is calculated next; `tally`: what became of the ones before it;
    - `manifest`: what the rows are;
    - `groups`: how many variants were valid, by their values of the axes of `--per`.
    """

    identity: str
    total: int
    next: int
    tally: Tally
    manifest: Manifest
    shard: Shard = Shard()
    groups: Mapping[GroupKey, int] = {}

    @property
    def is_part(self) -> bool:
        """Whether its rows are only read again, to make the rows of the sweep of them."""
        return self.shard.parts > 1 or self.manifest.is_reduced

    @property
    def is_complete(self) -> bool:
        return self.next == self.shard.bounds(self.total)[1]

    def with_chunk(self, chunk: RowChunk) -> Progress:
        groups = joined_groups(self.groups, chunk.groups)
        return self._replace(next=chunk.last, tally=self.tally.with_chunk(chunk), groups=groups)

    def joined(self, other: Progress) -> Progress:
        """The progress of these variants, and of those of the shard that follows."""
        groups = joined_groups(self.groups, other.groups)
        return self._replace(next=other.next, tally=self.tally.joined(other.tally), groups=groups)

    def to_json(self) -> str:
        facts = {
            **self._asdict(),
            "tally": self.tally._asdict(),
            "manifest": self.manifest._asdict(),
            "groups": list(self.groups.items()),
        }
        return json.dumps(facts, ensure_ascii=False)


def joined_groups(
    one: Mapping[GroupKey, int], other: Mapping[GroupKey, int]
) -> Mapping[GroupKey, int]:
    """The sums of the numbers of each group, in order of appearance."""
    return {**one, **{key: one.get(key, 0) + number for key, number in other.items()}}


def parse_progress(text: str) -> Progress | None:
    """Read what `to_json` wrote; None for any other text."""
    try:
        facts = json.loads(text)
        manifest = parse_manifest(facts.pop("manifest"))
        tally, shard = Tally(**facts.pop("tally")), Shard(*facts.pop("shard"))
        groups = {tuple(key): number for key, number in facts.pop("groups")}
        found = Progress(**facts, tally=tally, manifest=manifest, shard=shard, groups=groups)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    numbers = (found.total, found.next, *tally[:4], tally.unmatched, *shard, *groups.values())
    texts = (found.identity, tally.reason, *chain.from_iterable(groups))
    if not all(type(number) is int and number >= 0 for number in numbers):
        return None
    is_shard = 1 <= shard.part <= shard.parts
    return found if is_shard and all(type(text) is str for text in texts) else None
