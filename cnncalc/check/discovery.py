"""Finds the files to check: named files, and architecture files in folders and globs."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatchcase

from ..named_tuple import NamedTuple
from ..sources.files import UnreadableFile, max_file_bytes

SUFFIXES = (".yaml", ".yml")
SKIPPED_FOLDERS = ("node_modules", "__pycache__", "site-packages")
"""Folders of other people's files; those whose names begin with a dot are skipped too."""


class FileToCheck(NamedTuple):
    """A path, and whether it was discovered.

    A discovered file may be YAML of another tool, and is then skipped; a named one never is.
    """

    path: str
    is_discovered: bool


def find_files(
    paths: Sequence[str], exclude: Collection[str] = (), folder: str = ""
) -> Iterator[FileToCheck]:
    """The files of all paths, each once, in order.

    `exclude` holds patterns for discovered files, relative to `folder`.
    Raises UnreadableFile if a glob matches nothing.
    """
    seen: set[str] = set()
    for path in paths:
        for file in expand(path):
            if file.path in seen:
                continue
            seen.add(file.path)
            if exclude and file.is_discovered:
                relative = os.path.relpath(file.path, folder or ".").replace(os.sep, "/")
                if is_excluded(relative, exclude):
                    continue
            yield file


def expand(path: str) -> Iterator[FileToCheck]:
    """The files of one path: a folder, a glob or a file."""
    if os.path.isdir(path):
        yield from walk(path)
    elif not os.path.lexists(path) and any(mark in path for mark in "*?["):
        yield from matches(path)
    else:
        yield FileToCheck(path, is_discovered=False)


def matches(pattern: str) -> Iterator[FileToCheck]:
    """The YAML files that match a glob, and those in folders that do."""
    from glob import iglob  # slow to import

    anything = False
    for path in sorted(iglob(pattern, recursive=True)):
        anything = True
        if os.path.isdir(path):
            yield from walk(path)
        elif path.endswith(SUFFIXES) and is_readable_file(path):
            yield FileToCheck(path, is_discovered=True)
    if not anything:
        raise UnreadableFile(f"nothing matches {pattern}")


def walk(folder: str) -> Iterator[FileToCheck]:
    """The YAML files in a folder and below it, sorted.

    Links to folders are not followed, so that none leads in a circle.
    """

    def fail(error: OSError) -> None:
        raise UnreadableFile(f"cannot read {error.filename}: {error.strerror}")

    for parent, folders, names in os.walk(folder, onerror=fail):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in SKIPPED_FOLDERS
        )
        parent = os.path.normpath(parent)
        for name in sorted(names):
            path = name if parent == "." else os.path.join(parent, name)
            if name.endswith(SUFFIXES) and is_readable_file(path):
                yield FileToCheck(path, is_discovered=True)


def is_readable_file(path: str) -> bool:
    """Whether a path is a regular file of at most max_file_bytes().

    FIFOs, devices and dangling links are not.
    """
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size <= max_file_bytes()


def is_excluded(path: str, patterns: Collection[str]) -> bool:
    """Whether a path, or a folder above it, matches a pattern.

    >>> is_excluded("tests/bad/a.yaml", ["tests/bad"]), is_excluded("nets/a.yaml", ["*.yml"])
    (True, False)
    """
    parts = path.split("/")
    prefixes = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return any(
        fnmatchcase(prefix, pattern.rstrip("/")) for pattern in patterns for prefix in prefixes
    )
