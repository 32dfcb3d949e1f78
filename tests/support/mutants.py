"""Damaged copies of a file: bytes replaced, removed, repeated or put in."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

MOST_CHANGES = 4


def mutants(originals: Sequence[bytes], pieces: Sequence[bytes] = ()) -> st.SearchStrategy[bytes]:
    """Copies of one of some files, each damaged at up to four places; `pieces` are put in."""
    return st.sampled_from(list(originals)).flatmap(lambda data: damaged(data, pieces))


def damaged(data: bytes, pieces: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    place = st.integers(0, len(data))
    length = st.integers(0, 12)
    content = st.binary(max_size=8)
    if pieces:
        content = st.one_of(content, st.sampled_from(list(pieces)))
    changes = st.lists(st.tuples(place, length, content), min_size=1, max_size=MOST_CHANGES)

    def apply(found: list[tuple[int, int, bytes]]) -> bytes:
        result = data
        for start, removed, added in found:
            result = result[:start] + added + result[start + removed :]
        return result

    return changes.map(apply)
