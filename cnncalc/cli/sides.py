"""The two sides of a diff: which files, in which revisions, the words of the command line mean."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import NamedTuple

import click

from ..files import Source, Unreadable, is_there, load, read

NOWHERE = "/dev/null"
FROM_GIT = (7, 8, 9)  # path, old file, hex, mode, new file, hex, mode; where it was renamed, the new path and how
LAYERS, INPUT = re.compile(rb"^layers\s*:", re.MULTILINE), re.compile(rb"^(input|variants)\s*:", re.MULTILINE)


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
    family = any(is_revision(word) for word in words) and not (before and before.variant) and not (after and after.variant)
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
    from .git import blob_from_top

    revision, path, variant = split_revision(word)
    data = blob_from_top(revision, path)
    if data is None:
        raise Unreadable(f"there is no file {path} in {revision}")
    return Source(data, f"{revision}:{path}", variant)


def against_revision(word: str) -> Sides:
    """A file of the working tree against what git has of it: in HEAD, or in the revision that is said."""
    from .git import blob, blob_from_top, top

    if is_revision(word):
        revision, path, variant = split_revision(word)
        data, here = blob_from_top(revision, path), path if is_there(path) else os.path.join(top(), path)
    else:
        revision, path, variant = "HEAD", word, None
        if not is_there(word) and "@" in word:
            path, _, variant = word.rpartition("@")
        data, here = blob("HEAD", path), path
    now = read(here) if is_there(here) else None
    if data is None and now is None:
        raise Unreadable(f"there is no file {path}, here or in {revision}: give two networks, or a file that git has")
    before = None if data is None else Source(data, f"{revision}:{path}", variant)
    return Sides(before, None if now is None else Source(now, path, variant), family=variant is None)


def of_branch(revision: str, paths: Sequence[str]) -> list[Sides]:
    """Every architecture file that differs between where a branch began and the working tree."""
    from .git import changed, merge_base, read_blob, top

    base, folder, found = merge_base(revision), top(), []
    for there, here in changed(base, tuple(paths)):
        data = read_blob(base, there, folder) if there else None
        place = os.path.join(folder, here) if here else ""
        now = read(place) if here and is_there(place) else None
        if any(text is not None and LAYERS.search(text) and INPUT.search(text) for text in (data, now)):
            before = Source(data, f"{revision}:{there}", None) if data is not None else None
            found.append(Sides(before, Source(now, here or "", None) if now is not None else None, family=True))
    return found
