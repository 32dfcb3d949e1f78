"""A file that grows line by line, and can be continued after an interruption at any time.

Beside it is a file with the number of its complete bytes and a state, which is replaced after each
addition.  After an interruption, the file has at least these bytes, and is cut off there.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom

from ..named_tuple import NamedTuple
from ..problem import Error
from .files import UnreadableFile

ENDING = ".sweep"
MAX_STATE_BYTES = 100_000_000


class DamagedRows(Error):
    """A file and a state next to it that do not belong together."""


class RowState(NamedTuple):
    """How many bytes of a file are complete, and what its writer noted with them."""

    size: int
    state: str


def read_state(path: str) -> RowState | None:
    """The state next to a file; None if there is none.

    Raises DamagedRows if it is not a state, or if the file is shorter than it says.
    """
    state_path = path + ENDING
    if not os.path.lexists(state_path):
        return None
    with access("read", state_path), open(state_path, encoding="utf-8", errors="replace") as file:
        first, _, state = file.read(MAX_STATE_BYTES).partition("\n")
    if not (first.isascii() and first.isdigit()):
        raise DamagedRows(f"{path}{ENDING} is damaged")
    with suppress(OSError):
        if os.path.getsize(path) >= int(first):
            return RowState(int(first), state)
    raise DamagedRows(f"{path} has lost rows that were complete")


def is_growing(path: str) -> bool:
    """Whether a path is that of a regular file, or of none yet: a pipe cannot be continued."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return True


class RowFile:
    """A file that text is appended to, by one process at a time.

    Raises UnreadableFile where it cannot be written.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        with access("write", path):
            self.file = open(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b")  # noqa: SIM115
        lock(self.file, path)

    def start(self, found: RowState | None) -> None:
        """Cut the file off after its complete bytes; without a state, begin it anew."""
        with access("write", self.path):
            if found is None:
                with suppress(FileNotFoundError):
                    os.remove(self.path + ENDING)
            self.file.seek(self.file.truncate(found.size if found else 0))

    @property
    def size(self) -> int:
        """The number of its bytes."""
        return self.file.tell()

    def append(self, parts: Iterable[bytes], state: str) -> None:
        """Append bytes, and then replace the state; both are on the disk afterwards."""
        temporary = f"{self.path}{ENDING}.new"
        with access("write", self.path):
            self.file.writelines(parts)
            self.file.flush()
            os.fsync(self.file.fileno())
            with open(temporary, "w", encoding="utf-8") as file:
                file.write(f"{self.size}\n{state}\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self.path + ENDING)

    def close(self) -> None:
        with suppress(OSError):  # what could not be written was reported
            self.file.close()


def lock(file: BufferedRandom, path: str) -> None:
    """Keep other processes from writing a file; without effect where the system has no locks."""
    try:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UnreadableFile(f"another process writes {path}") from None
    except (ImportError, OSError):
        return


def complete_lines(path: str, size: int) -> Iterator[str]:
    """The lines in the first bytes of a file.  Raises UnreadableFile."""
    with access("read", path), open(path, "rb") as file:
        for line in file:
            size -= len(line)
            if size < 0:
                return
            yield line.decode("utf-8", "replace")


@contextmanager
def access(verb: str, path: str) -> Iterator[None]:
    """Report as UnreadableFile why a file cannot be read or written."""
    try:
        yield
    except UnreadableFile:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableFile(f"cannot {verb} {path}: {reason}") from None
