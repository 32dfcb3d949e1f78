"""How far a sweep is, as the state beside its file: what is complete, so that it can be resumed."""

from __future__ import annotations

import json

from ..named_tuple import NamedTuple
from .job import RowChunk


class Tally(NamedTuple):
    """How many variants were calculated, and what became of them.

    `reason` is that of the first invalid one.
    """

    variants: int = 0
    kept: int = 0
    invalid: int = 0
    excluded: int = 0
    reason: str = ""

    def with_chunk(self, chunk: RowChunk) -> Tally:
        return Tally(
            self.variants + chunk.last - chunk.first,
            self.kept + len(chunk.rows),
            self.invalid + chunk.invalid,
            self.excluded + chunk.excluded,
            self.reason or chunk.reason,
        )


class Progress(NamedTuple):
    """The identity of a sweep, its number of variants, which one is next, and the tally so far."""

    identity: str
    total: int
    next: int
    tally: Tally

    def with_chunk(self, chunk: RowChunk) -> Progress:
        return self._replace(next=chunk.last, tally=self.tally.with_chunk(chunk))

    def to_json(self) -> str:
        return json.dumps({**self._asdict(), "tally": self.tally._asdict()}, ensure_ascii=False)


def parse_progress(text: str) -> Progress | None:
    """Read what `to_json` wrote; None for any other text."""
    try:
        facts = json.loads(text)
        tally = Tally(**facts.pop("tally"))
        found = Progress(**facts, tally=tally)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    numbers = (found.total, found.next, *tally[:4])
    texts = (found.identity, tally.reason)
    is_valid = all(type(number) is int and number >= 0 for number in numbers)
    return found if is_valid and all(type(text) is str for text in texts) else None
