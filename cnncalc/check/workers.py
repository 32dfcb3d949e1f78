"""Many files at once, on all cores, with what is found in the order of the files."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
import gc
import os
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from ..lint.finding import FileResult
from ..parser.request import RequestError
from ..sources.files import UnreadableFile, read
from ..sources.resolve import load
from .discovery import Candidate
from .file import inspect

FEW = 24  # files that one process has done before others are ready
AT_ONCE = 8  # files that a process takes at a time


class Trouble(NamedTuple):
    """Why a file could not be checked."""

    message: str


Outcome = FileResult | Trouble | None
"""None for a file that was found and is another tool's."""


def outcome(candidate: Candidate, rules: tuple[str, ...]) -> Outcome:
    """What is found in one file."""
    try:
        if candidate.found:
            return inspect(read(candidate.path), shown(candidate.path), rules, if_ours=True)
        source = load(candidate.path)
        return inspect(source.data, shown(source.name), rules, source.variant)
    except (UnreadableFile, RequestError) as error:
        return Trouble(str(error))


def shown(path: str) -> str:
    """A path as it is reported: from the current folder where it is below it, with forward slashes."""
    if os.path.isabs(path):
        inside = os.path.relpath(path)
        path = path if inside.startswith("..") else inside
    return os.path.normpath(path).replace(os.sep, "/")


def outcomes(
    files: Sequence[Candidate], rules: tuple[str, ...], jobs: int | None
) -> Iterator[Outcome]:
    """What is found in each file, in their order, by so many processes (None: as many as there are cores, for many files)."""
    processes = min(jobs or (cores() if len(files) >= FEW else 1), len(files))
    if processes > 1:
        yield from in_processes(files, rules, processes)
        return
    for index, candidate in enumerate(files, 1):
        yield outcome(candidate, rules)
        if index % 100 == 0:
            gc.collect()  # it does not run by itself


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_processes(
    files: Sequence[Candidate], rules: tuple[str, ...], processes: int
) -> Iterator[Outcome]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    pool = ProcessPoolExecutor(processes, initializer=begin)
    done = 0
    try:
        for found in pool.map(partial(outcome, rules=rules), files, chunksize=AT_ONCE):
            done += 1
            yield found
    except BrokenProcessPool:
        yield Trouble(
            f"a process ended while it checked {files[done].path} or one of the {AT_ONCE - 1} behind it"
        )
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def begin() -> None:
    """What a process of the pool does first: it leaves Ctrl-C to the one that has started it, and ends when that ends."""
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
