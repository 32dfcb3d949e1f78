"""Which files are checked: those that are named, and the architecture files in folders and globs."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
import os
import stat
from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from ..sources.files import UnreadableFile, longest

SUFFIXES = (".yaml", ".yml")
PASSED_OVER = ("node_modules", "__pycache__", "site-packages")
"""Folders that hold what others have written; those whose names begin with a dot are passed over too."""


class Candidate(NamedTuple):
    """A file to be checked; one that is `found` may be another tool's, and is then passed over."""

    path: str
    found: bool


def candidates(
    paths: Sequence[str], exclude: Collection[str] = (), folder: str = ""
) -> Iterator[Candidate]:
    """The files of all paths, each once, in order; what is found there may be excluded, by its path from a folder.

    Raises UnreadableFile where a glob finds nothing.
    """
    seen: set[str] = set()
    for path in paths:
        for candidate in expanded(path):
            if candidate.path in seen:
                continue
            seen.add(candidate.path)
            if exclude and candidate.found:
                place = os.path.relpath(candidate.path, folder or ".").replace(os.sep, "/")
                if is_excluded(place, exclude):
                    continue
            yield candidate


def expanded(path: str) -> Iterator[Candidate]:
    if os.path.isdir(path):
        yield from walk(path)
    elif not os.path.lexists(path) and any(mark in path for mark in "*?["):
        yield from matches(path)
    else:
        yield Candidate(path, False)


def matches(pattern: str) -> Iterator[Candidate]:
    """What a glob matches: YAML files, and those in folders."""
    from glob import iglob  # slow to import

    anything = False
    for path in sorted(iglob(pattern, recursive=True)):
        anything = True
        if os.path.isdir(path):
            yield from walk(path)
        elif path.endswith(SUFFIXES) and is_file(path):
            yield Candidate(path, True)
    if not anything:
        raise UnreadableFile(f"nothing matches {pattern}")


def walk(folder: str) -> Iterator[Candidate]:
    """The YAML files in a folder and those below it, sorted.  No link to a folder is followed, so none leads in circles."""

    def fail(error: OSError) -> None:
        raise UnreadableFile(f"cannot read {error.filename}: {error.strerror}")

    for place, folders, names in os.walk(folder, onerror=fail):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in PASSED_OVER
        )
        place = os.path.normpath(place)
        for name in sorted(names):
            path = name if place == "." else os.path.join(place, name)
            if name.endswith(SUFFIXES) and is_file(path):
                yield Candidate(path, True)


def is_file(path: str) -> bool:
    """Whether a path is a file of a size that may be read: no FIFO, no device, no link that leads nowhere."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size <= longest()


def is_excluded(path: str, patterns: Collection[str]) -> bool:
    """Whether a path, or a folder that it is in, matches a pattern.

    >>> is_excluded("tests/bad/a.yaml", ["tests/bad"]), is_excluded("nets/a.yaml", ["*.yml"])
    (True, False)
    """
    parts = path.split("/")
    places = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return any(fnmatchcase(place, pattern.rstrip("/")) for pattern in patterns for place in places)
