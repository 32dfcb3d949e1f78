"""Finding, reading and writing files, whatever stands at a path: the only place that does."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from ..problem import Error

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def longest() -> int:
    """How many bytes a file may have.  The parser knows, which is imported only to read one."""
    from ..limits import MAX_FILE_BYTES

    return MAX_FILE_BYTES


class UnreadableFile(Error, OSError):
    """A file that cannot be read; the message says why, in one line."""


def is_there(path: str) -> bool:
    """Whether something that is no folder stands at a path; what cannot be looked at counts, and reading says why."""
    try:
        return not stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True


def read(path: str) -> bytes:
    """The bytes of a file, at most one more than may be.  Raises UnreadableFile."""
    try:
        mode = os.stat(path).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
            raise UnreadableFile(f"{path} is no file")
        with open(path, "rb") as file:
            data = file.read(longest() + 1)
    except OSError as error:
        raise UnreadableFile(f"cannot read {path}: {error.strerror}") from None
    if len(data) > longest():
        raise UnreadableFile(f"{path} is larger than {longest():,} bytes")
    return data


def write(path: str, data: bytes) -> None:
    """Write a file whole or not at all; one that is there keeps its mode.  Raises UnreadableFile.

    What is no file (a device, a pipe) is written to as it is.
    """
    try:
        path = os.path.realpath(path)
        mode = os.stat(path).st_mode if os.path.exists(path) else None
        if mode is not None and not stat.S_ISREG(mode):
            with open(path, "wb") as file:
                file.write(data)
            return
        replace(path, data, mode)
    except (OSError, ValueError) as error:
        raise UnreadableFile(
            f"cannot write {path}: {getattr(error, 'strerror', None) or error}"
        ) from None


def replace(path: str, data: bytes, mode: int | None) -> None:
    """Put a file of this content in the place of what is there, in one step."""
    beside = f"{path}.{os.getpid()}.tmp"
    try:
        with open(beside, "xb") as file:
            file.write(data)
        if mode is not None:
            os.chmod(beside, stat.S_IMODE(mode))
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


# Bundled architectures
