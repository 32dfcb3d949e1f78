"""Records the files and folders that a command reads, so that `--watch` finds what has changed.

Each is recorded as it was before it was read: what changes during the command is a change, too.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from ..named_tuple import NamedTuple


class FileState(NamedTuple):
    """What changes when a file is saved, in place or by renaming another file to it."""

    modified_ns: int
    size: int
    inode: int


State = FileState | frozenset[str] | None
"""The state of a file, or the names in a folder; None if there is no such path."""


class Observed(NamedTuple):
    """A path that was read, how to look at it again, and its state at the time."""

    path: str
    look: Callable[[], State]
    state: State

    def again(self) -> Observed:
        """The path as it is now."""
        return self._replace(state=self.look())

    @property
    def is_file(self) -> bool:
        return isinstance(self.state, FileState)


ReadLog = dict[str, Observed]
"""The first observation of each path."""

CURRENT: ContextVar[ReadLog | None] = ContextVar("read_log", default=None)


@contextmanager
def recorded() -> Iterator[ReadLog]:
    """Record what is read inside of the `with` statement."""
    log: ReadLog = {}
    token = CURRENT.set(log)
    try:
        yield log
    finally:
        CURRENT.reset(token)


def is_recorded() -> bool:
    """Whether reads are recorded, so that nothing can be read that exists only once."""
    return CURRENT.get() is not None


def record_file(path: str) -> None:
    """Record a file that is about to be read; a missing one counts, as it may appear."""
    record(path, partial(file_state, path))


def record_folder(path: str, is_relevant: Callable[[os.DirEntry[str]], bool]) -> None:
    """Record a folder that is about to be listed, with the entries that matter."""
    if is_recorded():
        record(os.path.join(path or ".", ""), FolderNames(path or ".", is_relevant))


def record(key: str, look: Callable[[], State]) -> None:
    log = CURRENT.get()
    if log is not None and key not in log:
        log[key] = Observed(key, look, look())


def file_state(path: str) -> FileState | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return FileState(found.st_mtime_ns, found.st_size, found.st_ino)


class FolderNames:
    """The relevant names in a folder, which is listed again only when it was modified.

    Editors and the command itself write other files next to those that it reads.
    """

    def __init__(self, path: str, is_relevant: Callable[[os.DirEntry[str]], bool]) -> None:
        self.path = path
        self.is_relevant = is_relevant
        self.modified_ns = -1
        self.names: frozenset[str] = frozenset()

    def __call__(self) -> frozenset[str] | None:
        try:
            modified_ns = os.stat(self.path).st_mtime_ns
            if modified_ns != self.modified_ns:
                with os.scandir(self.path) as found:
                    self.names = frozenset(one.name for one in found if self.is_relevant(one))
                self.modified_ns = modified_ns
        except OSError:
            return None
        return self.names
