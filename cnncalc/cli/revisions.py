"""The two sides of a diff: which files, in which revisions, the words of the command line mean."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from ..sources.files import UnreadableFile, is_there, read
from ..sources.resolve import Source, load

if TYPE_CHECKING:
    from ..sources.git import Repository

NOWHERE = "/dev/null"
YAML_FILES = (":(top)*.yaml", ":(top)*.yml")
FROM_GIT = (
    7,
    8,
    9,
)  # path, old file, hex, mode, new file, hex, mode; where it was renamed, the new path and how
LAYERS, INPUT = (
    re.compile(rb"^layers\s*:", re.MULTILINE),
    re.compile(rb"^(input|variants)\s*:", re.MULTILINE),
)


class Sides(NamedTuple):
    """A file before and after; None where it is not there.  `family` is whether all of its variants are compared."""

    before: Source | None
    after: Source | None
    family: bool = False


def from_words(words: Sequence[str]) -> Sides:
    """What the words of the command line mean: two networks, one file that git has, or what git gives to a tool of its own."""
    if len(words) in FROM_GIT:
        path = words[7] if len(words) > 7 else words[0]
        return Sides(named(words[1], words[0]), named(words[4], path), family=True)
    if len(words) == 1:
        return against_revision(words[0])
    if len(words) != 2:
        raise click.UsageError("give two networks, or one file of a git repository")
    if words[0] == words[1] == "-":
        raise click.UsageError("only one of two networks can be standard input")
    before, after = map(side, words)
    family = (
        any(is_revision(word) for word in words)
        and not (before and before.variant)
        and not (after and after.variant)
    )
    return Sides(before, after, family)


def named(file: str, path: str) -> Source | None:
    """A file of git's, under the name that it has in the repository."""
    return None if file == NOWHERE else Source(read(file), path, None)


def side(word: str) -> Source | None:
    """A network by its file, its bundled name, or its revision and path."""
    if word == NOWHERE:
        return None
    return of_revision(word) if is_revision(word) else load(word)


def is_revision(word: str) -> bool:
    return ":" in word and not is_there(word) and not is_there(word.rpartition("@")[0])


def split_revision(word: str) -> tuple[str, str, str | None]:
    """The revision, the path and the variant of `REV:PATH@VARIANT`; a revision may hold an @ of its own."""
    revision, _, path = word.partition(":")
    path, mark, variant = path.rpartition("@") if "@" in path else (path, "", "")
    return revision or "HEAD", path, variant if mark else None


def of_revision(word: str) -> Source:
    """A file in a revision.  Raises UnreadableFile."""
    from ..sources.git import Repository

    revision, path, variant = split_revision(word)
    data, _ = read_revision(Repository(), revision, path)
    if data is None:
        raise UnreadableFile(f"there is no file {path} in {revision}")
    return Source(data, f"{revision}:{path}", variant)


def read_revision(repository: Repository, revision: str, path: str) -> tuple[bytes | None, str]:
    """The content of a file in a revision, None where it is missing, and its path from the top.

    As git itself does, a path is taken from the top of the work tree; where there is no such
    file, from the current folder.
    """
    data = None if path.startswith("./") else repository.read(revision, path)
    here = repository.relative(path)
    if data is not None or here is None:
        return data, path
    return repository.read(revision, here), here


def against_revision(word: str) -> Sides:
    """A file of the work tree against the same file in HEAD, or in the revision that is named."""
    if is_revision(word):
        return against_named_revision(*split_revision(word))
    path, variant = word, None
    if not is_there(word) and "@" in word:
        path, _, variant = word.rpartition("@")
    return pair(head_content(path), "HEAD", path, path, variant)


def against_named_revision(revision: str, path: str, variant: str | None) -> Sides:
    from ..sources.git import Repository

    repository = Repository()
    data, from_top = read_revision(repository, revision, path)
    here = path if is_there(path) else os.path.join(repository.top, from_top)
    return pair(data, revision, path, here, variant)


def head_content(path: str) -> bytes | None:
    """The content of a file in HEAD of the repository in whose work tree it lies."""
    from ..sources.git import Repository

    folder = os.path.dirname(path)
    repository = Repository(folder if os.path.isdir(folder) else ".")
    from_top = repository.relative(os.path.abspath(path))
    return None if from_top is None else repository.read("HEAD", from_top)


def pair(data: bytes | None, revision: str, path: str, here: str, variant: str | None) -> Sides:
    """The content of a file in a revision and the file `here`.  Raises UnreadableFile without both."""
    now = read(here) if is_there(here) else None
    if data is None and now is None:
        problem = f"there is no file {path}, here or in {revision}"
        raise UnreadableFile(f"{problem}: give two networks, or a file that git has")
    before = None if data is None else Source(data, f"{revision}:{path}", variant)
    after = None if now is None else Source(now, path, variant)
    return Sides(before, after, family=variant is None)


def of_branch(revision: str, paths: Sequence[str]) -> list[Sides]:
    """Every architecture file that differs between where a branch began and the work tree."""
    from ..sources.git import Repository

    repository, found = Repository(), []
    base = repository.merge_base(revision)
    for there, here in repository.changes(base, tuple(paths) or YAML_FILES):
        data = repository.read(base, there) if there else None
        place = os.path.join(repository.top, here) if here else ""
        now = read(place) if here and is_there(place) else None
        if any(is_architecture(content) for content in (data, now) if content is not None):
            before = None if data is None else Source(data, f"{revision}:{there}", None)
            after = None if now is None else Source(now, here or "", None)
            found.append(Sides(before, after, family=True))
    return found


def is_architecture(content: bytes) -> bool:
    return bool(LAYERS.search(content) and INPUT.search(content))
