"""Damaged copies of a file, and that a reader reads them or says what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from cnncalc.importers.errors import ImportFailed, InvalidModelFile
from cnncalc.importers.file_formats import ReadOptions
from cnncalc.importers.guard import UnforeseenContent
from cnncalc.importers.load import sketch_of_file
from cnncalc.sketch import Sketch

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


def values_in(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values in a JSON document, one of which may be replaced."""
    yield path
    if isinstance(tree, dict | list):
        entries = tree.items() if isinstance(tree, dict) else enumerate(tree)
        for key, value in entries:
            yield from values_in(value, (*path, key))


def read_or_refused(data: bytes, name: str, options: ReadOptions = ReadOptions()) -> Sketch | None:
    """The model of a file with this content and name; None if it is refused with a message.

    UnforeseenContent is an error of the reader, and fails the test.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            return sketch_of_file(str(path), options)
        except UnforeseenContent as error:
            raise AssertionError(data) from error
        except (ImportFailed, InvalidModelFile):
            return None
