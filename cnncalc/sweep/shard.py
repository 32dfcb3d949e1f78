"""Shards: equal parts of a sweep, for machines that share nothing but a folder, if that."""

from __future__ import annotations

import re

from ..named_tuple import NamedTuple
from .errors import InvalidSweep

MAX_SHARDS = 1_000_000


class Shard(NamedTuple):
    """One of `parts` runs of consecutive variants, counted from 1.

    >>> [Shard(part, 3).bounds(10) for part in (1, 2, 3)]
    [(0, 3), (3, 6), (6, 10)]
    """

    part: int = 1
    parts: int = 1

    def __str__(self) -> str:
        return f"{self.part}/{self.parts}"

    def bounds(self, total: int) -> tuple[int, int]:
        """The first variant, and the one after the last."""
        return (self.part - 1) * total // self.parts, self.part * total // self.parts


def parse_shard(text: str) -> Shard:
    """Read `3/16`.  Raises InvalidSweep."""
    found = re.fullmatch(r"([0-9]{1,7})/([0-9]{1,7})", text.strip())
    shard = Shard(int(found[1]), int(found[2])) if found else Shard(0, 0)
    if not 1 <= shard.part <= shard.parts <= MAX_SHARDS:
        raise InvalidSweep(f"--shard takes I/N, as in 3/16, with I from 1 to N, found `{text}`")
    return shard
