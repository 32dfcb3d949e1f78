"""Finds, reads and writes files of any kind; no other module does."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from ..problem import Error

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def max_file_bytes() -> int:
    """The largest size of a file; its module is imported only when a file is read."""
    from ..limits import MAX_FILE_BYTES

    return MAX_FILE_BYTES


class UnreadableFile(Error, OSError):
    """A file that cannot be read or written; the message states the reason in one line."""


def is_present(path: str) -> bool:
    """True unless the path is missing or a directory.

    A path that cannot be stat'ed counts as present, so that opening it reports the reason.
    """
    try:
        return not stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True


def read_file(path: str) -> bytes:
    """The bytes of a file.

    Raises UnreadableFile if it cannot be read, is larger than max_file_bytes(), or is neither a
    regular file nor a pipe.
    """
    try:
        mode = os.stat(path).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
            raise UnreadableFile(f"{path} is not a regular file")
        with open(path, "rb") as file:
            data = file.read(max_file_bytes() + 1)
    except UnreadableFile:
        raise
    except OSError as error:
        raise UnreadableFile(f"cannot read {path}: {error.strerror}") from None
    if len(data) > max_file_bytes():
        raise UnreadableFile(f"{path} is larger than {max_file_bytes():,} bytes")
    return data


def write_file(path: str, data: bytes) -> None:
    """Write a file completely or not at all; an existing file keeps its mode.

    A device or a pipe is written to directly.  Raises UnreadableFile.
    """
    try:
        path = os.path.realpath(path)
        mode = os.stat(path).st_mode if os.path.exists(path) else None
        if mode is not None and not stat.S_ISREG(mode):
            with open(path, "wb") as file:
                file.write(data)
            return
        replace_file(path, data, mode)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableFile(f"cannot write {path}: {reason}") from None


def replace_file(path: str, data: bytes, mode: int | None) -> None:
    """Replace a file atomically: write a temporary file next to it, then rename that."""
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        with open(temporary, "xb") as file:
            file.write(data)
        if mode is not None:
            os.chmod(temporary, stat.S_IMODE(mode))
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
