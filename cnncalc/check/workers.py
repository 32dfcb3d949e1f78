"""Checks many files on all cores; the results are in the order of the files."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ..parser import RequestError
from ..problem import Error
from ..sources.files import UnreadableFile, current_folder, read_file
from ..sources.resolve import load
from ..worker_process import start_worker
from .budget import NO_BUDGET, GivenBudget
from .discovery import FileToCheck, UncheckedFile
from .file import check_file
from .result import FileResult

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

MANY_FILES = 24  # fewer are checked by one process before others have started
CHUNK_SIZE = 8  # files that a process takes at a time

Outcome = FileResult | UncheckedFile | None
"""None for a discovered file that is YAML of another tool."""


def outcome_of(
    file: FileToCheck, rules: tuple[str, ...], budget: GivenBudget = NO_BUDGET
) -> Outcome:
    """Check one file."""
    check = partial(check_file, rules=rules, budget=budget)
    try:
        if file.is_discovered:
            data = read_file(file.path)
            found = check(data, shown_path(file.path), skip_foreign=True)
            return found and found._replace(path=file.path)
        source = load(file.path)
        found = check(source.data, shown_path(source.name), variant=source.variant)
    except (UnreadableFile, RequestError) as error:
        return UncheckedFile(str(error))
    if source.is_imported:
        return found and found.as_imported()
    is_file = file.path in (source.name, f"{source.name}@{source.variant}")
    return found._replace(path=source.name) if found and is_file else found


def shown_path(path: str) -> str:
    """A path as findings show it, with forward slashes, which refers to the same file.

    It is relative to the current folder if it is below it.
    """
    if ".." in path.lstrip("./"):  # after a link to a folder, `..` is that of the folder itself
        folder, name = os.path.split(path)
        path = os.path.join(os.path.realpath(folder), name)
    if os.path.isabs(path):
        inside = os.path.relpath(path, current_folder())
        path = path if inside.startswith("..") else inside
    return os.path.normpath(path).replace(os.sep, "/")


def check_files(
    files: Sequence[FileToCheck],
    rules: tuple[str, ...],
    jobs: int | None,
    budget: GivenBudget = NO_BUDGET,
) -> Iterator[Outcome]:
    """Check files in their order with `jobs` processes.

    None means as many as there are cores for MANY_FILES or more, else one.
    """
    check = partial(outcome_of, rules=rules, budget=budget)
    processes = min(jobs or (cores() if len(files) >= MANY_FILES else 1), len(files))
    if processes > 1:
        yield from in_processes(files, check, processes)
        return
    for index, file in enumerate(files, 1):
        yield check(file)
        if index % 100 == 0:
            gc.collect()  # the command line disables automatic collection


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_processes(
    files: Sequence[FileToCheck], check: Callable[[FileToCheck], Outcome], processes: int
) -> Iterator[Outcome]:
    """Check files in a pool of processes, or in this one if the system does not allow a pool.

    After a process was ended from outside, as it is when memory runs out, the files that it may
    have checked are checked one by one, so that only one of them is left unchecked.
    """
    done, suspects = 0, 0
    while done < len(files):
        one_by_one = done < suspects
        last = min(suspects, len(files)) if one_by_one else len(files)
        count, size = (1, 1) if one_by_one else (processes, CHUNK_SIZE)
        try:
            for found in pool_results(check, files[done:last], count, size):
                done += 1
                yield found
        except NoPool:
            yield from map(check, files[done:])
            return
        except BrokenPool:
            if one_by_one:
                yield UncheckedFile(f"{files[done].path}: the process that checked it was killed")
                done += 1
            else:
                suspects = done + processes * CHUNK_SIZE


class NoPool(Error):
    """The system does not allow a pool of processes."""


class BrokenPool(Error):
    """A process of a pool was ended from outside."""


def pool_results(
    check: Callable[[FileToCheck], Outcome],
    files: Sequence[FileToCheck],
    processes: int,
    chunk_size: int,
) -> Iterator[Outcome]:
    """The outcomes of files, in order, from a new pool.  Raises NoPool and BrokenPool."""
    try:
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool

        pool = ProcessPoolExecutor(processes, initializer=start_worker)
    except (ImportError, NotImplementedError, OSError):  # no semaphores: /dev/shm is read-only
        raise NoPool from None
    try:
        try:
            found = pool.map(check, files, chunksize=chunk_size)
        except BrokenProcessPool:
            raise
        except (OSError, RuntimeError):  # no further process or thread
            end_processes(pool)
            raise NoPool from None
        yield from found
    except BrokenProcessPool:
        raise BrokenPool from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def end_processes(pool: ProcessPoolExecutor) -> None:
    """End the processes of a pool that could not be started as a whole."""
    for process in (getattr(pool, "_processes", None) or {}).values():
        process.kill()
