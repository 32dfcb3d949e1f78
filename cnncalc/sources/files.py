"""Finds, reads and writes files of any kind; no other module does."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EACCES
from functools import partial

from ..problem import Error
from .read_log import is_recorded, record_file

STREAMS = {"/dev/stdout": "/dev/fd/1", "/dev/stderr": "/dev/fd/2"}
LOCK_SECONDS = 60
SYSTEM_FOLDERS = ("/proc/", "/sys/")
UNWATCHED = "--watch takes the path of a file"
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
    record_file(path)
    try:
        return not stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True


def read_file(path: str, *, named: bool = False) -> bytes:
    """The bytes of a file.

    `named`: the path is an argument of the command line, which may be a pipe, as `<(...)` is; one
    that a configuration or a revision names may not, since reading it could wait for ever.
    Raises UnreadableFile if it cannot be read, is larger than max_file_bytes(), or is not such a
    file.
    """
    record_file(path)
    try:
        mode = os.stat(path).st_mode
        is_pipe = named and stat.S_ISFIFO(mode)
        if not (is_pipe or (stat.S_ISREG(mode) and not leads_to_system(path))):
            raise UnreadableFile(f"{path} is not a regular file")
        if is_pipe and is_recorded():
            raise UnreadableFile(f"{path} is a pipe, which can be read only once: {UNWATCHED}")
        with open(path, "rb") as file:
            data = file.read(max_file_bytes() + 1)
    except UnreadableFile:
        raise
    except OSError as error:
        raise UnreadableFile(f"cannot read {path}: {error.strerror}") from None
    if len(data) > max_file_bytes():
        raise UnreadableFile(f"{path} is larger than {max_file_bytes():,} bytes")
    return data


def leads_to_system(path: str) -> bool:
    """True for a link into a file system that shows the state of processes or of the system."""
    return os.path.islink(path) and os.path.realpath(path).startswith(SYSTEM_FOLDERS)


def read_standard_input() -> bytes:
    """Standard input, at most one byte more than a file may have.  Raises UnreadableFile."""
    if sys.stdin is None:
        raise UnreadableFile("cannot read standard input: it is closed")
    if is_recorded():
        raise UnreadableFile(f"standard input can be read only once: {UNWATCHED}")
    try:
        return sys.stdin.buffer.read(max_file_bytes() + 1)
    except OSError as error:
        raise UnreadableFile(f"cannot read standard input: {error.strerror}") from None


def current_folder() -> str:
    """The path of the current folder.  Raises UnreadableFile if it was removed."""
    try:
        return os.getcwd()
    except OSError:
        raise UnreadableFile("the current folder no longer exists") from None


def is_below(path: str, folder: str) -> bool:
    """Whether a path is in a folder or below it, after all links."""
    top = os.path.join(os.path.realpath(folder or "."), "")
    return os.path.realpath(path).startswith(top)


# Writing


def write_file(path: str, data: bytes) -> None:
    """Write a file completely or not at all; an existing file keeps its mode and its owner.

    Raises UnreadableFile.
    """
    write_file_parts(path, (data,))


def write_file_parts(path: str, parts: Iterable[bytes]) -> None:
    """Write a file as `write_file` does, in parts, which may be iterated a second time.

    A device or a pipe is written to directly, and so is a file that is one of the process's own
    streams, such as /dev/stdout.  Raises UnreadableFile.
    """
    try:
        found = os.stat(path) if os.path.exists(path) else None
        if (stream := own_stream(path, found)) is not None:
            write_stream(stream, parts)
        elif found is not None and not stat.S_ISREG(found.st_mode):
            write_in_place(path, parts)
        else:
            write_regular_file(os.path.realpath(path), parts, found)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableFile(f"cannot write {path}: {reason}") from None


def own_stream(path: str, found: os.stat_result | None) -> int | None:
    """The open descriptor that a path refers to, by its number or because it is the same file."""
    match = re.fullmatch(r"/(?:dev|proc/self)/fd/(\d{1,9})", STREAMS.get(path, path))
    if match is not None:
        return int(match[1])
    if found is None or not stat.S_ISREG(found.st_mode):
        return None
    for stream in (1, 2):
        with suppress(OSError):
            if os.path.samestat(os.fstat(stream), found):
                return stream
    return None


def write_stream(stream: int, parts: Iterable[bytes]) -> None:
    """Write to an open descriptor, after what is already printed."""
    for printed in (sys.stdout, sys.stderr):
        printed.flush()
    with open(os.dup(stream), "wb") as file:
        file.writelines(parts)


def write_in_place(path: str, parts: Iterable[bytes]) -> None:
    with open(path, "wb") as file:
        file.writelines(parts)


def write_regular_file(path: str, parts: Iterable[bytes], found: os.stat_result | None) -> None:
    """Write a file that may exist.  Raises OSError, also if the file is read-only.

    A file that another path links to, or whose folder or owner does not allow a replacement, is
    overwritten: a replacement would be another file.
    """
    if found is None:
        replace_file(path, parts, None)
        return
    if not found.st_mode & 0o222:
        raise PermissionError(EACCES, "it is read-only")
    if found.st_nlink > 1 or not os.access(os.path.dirname(path) or ".", os.W_OK):
        write_in_place(path, parts)
        return
    try:
        replace_file(path, parts, found)
    except OtherOwner:
        write_in_place(path, parts)


class OtherOwner(Error):
    """A new file cannot be given the owner of the one that it replaces."""


def replace_file(path: str, parts: Iterable[bytes], found: os.stat_result | None) -> None:
    """Replace a file atomically: write a temporary file next to it, then rename that.

    Raises OSError; OtherOwner if the new file would not have the owner of the old one.
    """
    with held_signals():
        descriptor, temporary = temporary_file(os.path.dirname(path))
        try:
            with open(descriptor, "wb") as file:
                file.writelines(parts)
            if found is not None:
                keep_owner_and_mode(temporary, found)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise


@contextmanager
def held_signals() -> Iterator[None]:
    """Hold back the signals that end a process, so that it leaves no temporary file."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def temporary_file(folder: str) -> tuple[int, str]:
    """A new file of a name that no other process has, open for writing, and its path.

    Process ids are not such names: two containers that share a folder have the same ones.
    """
    while True:
        path = os.path.join(folder, f".cnncalc-{os.urandom(8).hex()}.tmp")
        with suppress(FileExistsError):
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), path


def keep_owner_and_mode(path: str, found: os.stat_result) -> None:
    """Give a new file the owner and the mode of another.  Raises OtherOwner."""
    new = os.stat(path)
    if (new.st_uid, new.st_gid) != (found.st_uid, found.st_gid) and hasattr(os, "chown"):
        try:
            os.chown(path, found.st_uid, found.st_gid)
        except OSError:
            raise OtherOwner from None
    os.chmod(path, stat.S_IMODE(found.st_mode))


@contextmanager
def locked_folder(folder: str) -> Iterator[None]:
    """Keep other processes of cnncalc from updating the files of a folder.

    Without a lock where the system has none.  Raises UnreadableFile if another process has it for
    longer than LOCK_SECONDS.
    """
    try:
        import fcntl

        descriptor = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):  # on Windows; where there is no folder, writing says so
        yield
        return
    try:
        wait_for_lock(partial(fcntl.flock, descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB), folder)
        yield
    finally:
        os.close(descriptor)


def wait_for_lock(lock: Callable[[], None], folder: str) -> None:
    """Call a function until it does not report that another process has the lock."""
    import time

    for _ in range(100 * LOCK_SECONDS):
        try:
            lock()
        except BlockingIOError:
            time.sleep(0.01)
        except OSError:  # a file system without locks
            return
        else:
            return
    raise UnreadableFile(f"another process has locked {folder}: try again when it has ended")
