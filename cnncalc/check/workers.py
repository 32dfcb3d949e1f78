"""Checks many files on all cores; the results are in the order of the files."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from functools import partial

from ..named_tuple import NamedTuple
from ..parser import RequestError
from ..sources.files import UnreadableFile, read_file
from ..sources.resolve import load
from .discovery import FileToCheck
from .file import check_file
from .result import FileResult

MANY_FILES = 24  # fewer are checked by one process before others have started
CHUNK_SIZE = 8  # files that a process takes at a time


class UncheckedFile(NamedTuple):
    """A file that could not be checked, and why."""

    message: str


Outcome = FileResult | UncheckedFile | None
"""None for a discovered file that is YAML of another tool."""


def outcome_of(file: FileToCheck, rules: tuple[str, ...]) -> Outcome:
    """Check one file."""
    try:
        if file.is_discovered:
            data = read_file(file.path)
            return check_file(data, shown_path(file.path), rules, skip_foreign=True)
        source = load(file.path)
        return check_file(source.data, shown_path(source.name), rules, source.variant)
    except (UnreadableFile, RequestError) as error:
        return UncheckedFile(str(error))


def shown_path(path: str) -> str:
    """A path as findings show it, with forward slashes.

    It is relative to the current folder if it is below it.
    """
    if os.path.isabs(path):
        inside = os.path.relpath(path)
        path = path if inside.startswith("..") else inside
    return os.path.normpath(path).replace(os.sep, "/")


def check_files(
    files: Sequence[FileToCheck], rules: tuple[str, ...], jobs: int | None
) -> Iterator[Outcome]:
    """Check files in their order with `jobs` processes.

    None means as many as there are cores for MANY_FILES or more, else one.
    """
    processes = min(jobs or (cores() if len(files) >= MANY_FILES else 1), len(files))
    if processes > 1:
        yield from in_processes(files, rules, processes)
        return
    for index, file in enumerate(files, 1):
        yield outcome_of(file, rules)
        if index % 100 == 0:
            gc.collect()  # the command line disables automatic collection


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_processes(
    files: Sequence[FileToCheck], rules: tuple[str, ...], processes: int
) -> Iterator[Outcome]:
    """Check files in a pool of processes."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    pool = ProcessPoolExecutor(processes, initializer=start_worker)
    done = 0
    try:
        for found in pool.map(partial(outcome_of, rules=rules), files, chunksize=CHUNK_SIZE):
            done += 1
            yield found
    except BrokenProcessPool:
        suspects = f"{files[done].path} or one of the {CHUNK_SIZE - 1} files after it"
        yield UncheckedFile(f"a process ended while it checked {suspects}")
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def start_worker() -> None:
    """Leave Ctrl-C to the parent process, and end when that ends."""
    import signal  # slow to import
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=end_with_parent, daemon=True).start()
    gc.enable()
    gc.freeze()


def end_with_parent() -> None:
    from multiprocessing import parent_process

    if parent := parent_process():
        parent.join()
        os._exit(1)
