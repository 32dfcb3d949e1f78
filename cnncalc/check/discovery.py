"""Finds the files to check: named files, and architecture files in folders and globs."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase, translate

from ..named_tuple import NamedTuple
from ..sources.files import max_file_bytes
from ..sources.read_log import record_file, record_folder

SUFFIXES = (".yaml", ".yml")
SKIPPED_FOLDERS = ("node_modules", "__pycache__", "site-packages")
"""Folders of other people's files; those whose names begin with a dot are skipped too."""


class FileToCheck(NamedTuple):
    """A path, and whether it was discovered.

    A discovered file may be YAML of another tool, and is then skipped; a named one never is.
    """

    path: str
    is_discovered: bool


class UncheckedFile(NamedTuple):
    """A file or a folder that could not be checked, and why."""

    message: str


def find_files(
    paths: Sequence[str], exclude: Sequence[str] = (), folder: str = ""
) -> Iterator[FileToCheck | UncheckedFile]:
    """The files of all paths, each once, in order, and what could not be read or found.

    `exclude` holds patterns for discovered files, relative to `folder`.
    """
    seen: set[str] = set()
    is_excluded = exclusion(exclude)
    search = Search()
    for path in paths:
        for file in search.expand(path):
            if isinstance(file, UncheckedFile):
                yield file
                continue
            if file.path in seen:
                continue
            seen.add(file.path)
            if exclude and file.is_discovered:
                relative = os.path.relpath(file.path, folder or ".").replace(os.sep, "/")
                if is_excluded(relative):
                    continue
            record_file(file.path)  # another process may read it
            if not file.is_discovered and (path_of_variant := file.path.rpartition("@")[0]):
                record_file(path_of_variant)
            yield file


class Search:
    """Finds files below folders; each folder is searched once, by whatever path it is reached."""

    def __init__(self) -> None:
        self.searched: set[tuple[int, int]] = set()

    def expand(self, path: str) -> Iterator[FileToCheck | UncheckedFile]:
        """The files of one path: a folder, a glob or a file."""
        if os.path.isdir(path):
            yield from self.walk(path, tree_of(path))
        elif not os.path.lexists(path) and has_magic(path):
            yield from self.matches(path)
        else:
            yield FileToCheck(path, is_discovered=False)

    def matches(self, pattern: str) -> Iterator[FileToCheck | UncheckedFile]:
        """The YAML files that match a glob, and those in folders that do."""
        tree = tree_of(fixed_part(pattern))
        paths = sorted(glob(pattern))
        for path in paths:
            if os.path.isdir(path):
                if not os.path.islink(path):
                    yield from self.walk(path, tree)
            elif path.endswith(SUFFIXES) and is_readable_file(path, tree):
                yield FileToCheck(path, is_discovered=True)
        if not paths:
            yield UncheckedFile(f"nothing matches {pattern}")

    def walk(self, folder: str, tree: tuple[str, ...]) -> Iterator[FileToCheck | UncheckedFile]:
        """The YAML files in a folder and below it, sorted; links to folders are not followed."""
        waiting = [os.path.normpath(folder) if ".." not in folder else folder]
        while waiting:
            parent = waiting.pop()
            try:
                if self.is_known(parent):
                    continue
                record_folder(parent, is_relevant)
                with os.scandir(parent) as found:
                    entries = sorted(found, key=lambda entry: entry.name)
            except OSError as error:
                yield UncheckedFile(f"cannot read {parent}: {error.strerror}")
                continue
            for entry in entries:
                path = entry.name if parent == "." else os.path.join(parent, entry.name)
                if entry.name.endswith(SUFFIXES) and is_readable_file(path, tree):
                    yield FileToCheck(path, is_discovered=True)
            waiting += [
                entry.name if parent == "." else os.path.join(parent, entry.name)
                for entry in reversed(entries)
                if is_searched(entry)
            ]

    def is_known(self, folder: str) -> bool:
        """Whether a folder was searched before; from now on it is.  Raises OSError."""
        found = os.stat(folder)
        identity = found.st_dev, found.st_ino
        if identity in self.searched:
            return True
        self.searched.add(identity)
        return False


def is_searched(entry: os.DirEntry[str]) -> bool:
    """Whether an entry of a folder is a folder to search."""
    if entry.name.startswith(".") or entry.name in SKIPPED_FOLDERS:
        return False
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def is_relevant(entry: os.DirEntry[str]) -> bool:
    """Whether an entry of a folder may change what is found there."""
    return entry.name.endswith(SUFFIXES) or is_searched(entry)


def tree_of(folder: str) -> tuple[str, ...]:
    """The folders that a search may reach through links: the given one, and the current one."""
    return tuple(os.path.join(os.path.realpath(path), "") for path in (folder or ".", "."))


def is_readable_file(path: str, tree: tuple[str, ...]) -> bool:
    """Whether a path is a regular file of at most max_file_bytes().

    FIFOs, devices, dangling links and links out of the tree are not.
    """
    try:
        found = os.lstat(path)
        if stat.S_ISLNK(found.st_mode):
            if not os.path.realpath(path).startswith(tree):
                return False
            found = os.stat(path)
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size <= max_file_bytes()


# Globs


def has_magic(text: str) -> bool:
    return any(mark in text for mark in "*?[")


def fixed_part(pattern: str) -> str:
    """The folder in which a glob begins.

    >>> fixed_part("nets/*/a.yaml"), fixed_part("*.yaml")
    ('nets', '')
    """
    parts = pattern.split("/")
    fixed = next(index for index, part in enumerate(parts) if has_magic(part))
    return "/".join(parts[:fixed]) or ("/" if pattern.startswith("/") else "")


def glob(pattern: str) -> Iterator[str]:
    """The paths that match a pattern, in any order, each once.

    As Python's `glob` with `recursive=True`, but `**` and `*` do not follow links to folders, so
    that none leads in a circle.
    """
    begin = fixed_part(pattern)
    rest = pattern[len(begin) :].strip("/").split("/")
    waiting, seen = [(begin, 0)], {(begin, 0)}
    while waiting:
        folder, index = waiting.pop()
        if index == len(rest):
            yield folder
            continue
        for step in glob_steps(folder, rest, index):
            if step not in seen:
                seen.add(step)
                waiting.append(step)


def glob_steps(folder: str, parts: Sequence[str], index: int) -> Iterator[tuple[str, int]]:
    """The paths that match one more part of a pattern, each with the index of the next part."""
    part, is_last = parts[index], index + 1 == len(parts)
    if part == "**":
        if folder or not is_last:
            yield folder, index + 1
        for entry in entries_of(folder):
            if not entry.name.startswith("."):
                path = os.path.join(folder, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    yield path, index
                elif is_last:
                    yield path, index + 1
    elif not has_magic(part):
        path = os.path.join(folder, part)
        if os.path.lexists(path) and (is_last or os.path.isdir(path)):
            yield path, index + 1
    else:
        for entry in entries_of(folder):
            is_hidden = entry.name.startswith(".") and not part.startswith(".")
            is_match = not is_hidden and fnmatchcase(entry.name, part)
            if is_match and (is_last or entry.is_dir(follow_symlinks=False)):
                yield os.path.join(folder, entry.name), index + 1


def entries_of(folder: str) -> list[os.DirEntry[str]]:
    record_folder(folder, is_relevant)
    try:
        with os.scandir(folder or ".") as found:
            return list(found)
    except OSError:
        return []


# Exclusion


def exclusion(patterns: Sequence[str]) -> Callable[[str], bool]:
    """A function: whether a path, or a folder above it, matches a pattern.

    >>> is_excluded = exclusion(["tests/bad", "*.draft.yaml"])
    >>> is_excluded("tests/bad/a.yaml"), is_excluded("nets/a.yaml")
    (True, False)
    """
    stripped = [pattern.rstrip("/") for pattern in patterns]
    matcher = re.compile("|".join(f"(?:{translate(pattern)})" for pattern in stripped))

    def is_excluded(path: str) -> bool:
        parts = path.split("/")
        prefixes = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        return any(map(matcher.match, prefixes))

    return is_excluded
