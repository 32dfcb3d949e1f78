"""Where chunks are calculated: processes of this machine, or any executor."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from importlib import import_module
from typing import Any

from ..worker_process import start_worker
from .errors import InvalidSweep, WorkerFailure

SIZES = ("max_workers", "_max_workers", "num_workers")
"""The attributes in which executors have the number of their workers."""


class Workers:
    """Makes executors of `size` workers.

    `lost` are the exceptions of a chunk whose workers ended, though the executor goes on.
    `is_foreign`: whether an exception may be that of an executor or an installation of others.
    """

    lost: tuple[type[BaseException], ...] = ()

    def __init__(self, make: Callable[[], Executor], size: int, is_foreign: bool = False) -> None:
        self.make = make
        self.size = size
        self.is_foreign = is_foreign

    def end(self, executor: Executor, is_broken: bool = False) -> None:
        """End an executor whose chunks are calculated or cancelled."""
        # One of others may have connections to close; the processes of ours end with this one.
        executor.shutdown(wait=self.is_foreign and not is_broken)

    def look(self) -> None:
        """Look after the workers, while none of them finishes a chunk."""


def processes(jobs: int) -> Workers:
    """So many processes, which end with this one."""
    return Workers(partial(process_pool, jobs), jobs)


def process_pool(jobs: int) -> Executor:
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(jobs, initializer=start_worker)


def called_workers(place: str, jobs: int | None) -> Workers:
    """What `module:function` returns when it is called: an executor of `jobs` workers.

    If `jobs` is None, of as many as it says itself.  Raises InvalidSweep or WorkerFailure.
    """
    function = function_at(place)
    executor = called(function, place)
    size = jobs or next(filter(None, (size_in(executor, name) for name in SIZES)), None)
    if size is None:
        raise InvalidSweep(f"--executor {place} does not say how many workers it has: add --jobs N")
    made = [executor]
    return Workers(lambda: made.pop() if made else called(function, place), size, is_foreign=True)


def size_in(executor: Executor, name: str) -> int | None:
    size = getattr(executor, name, None)
    return size if type(size) is int and size > 0 else None


def function_at(place: str) -> Callable[[], object]:
    """The function of `module:function`, from the current folder too.  Raises InvalidSweep."""
    name, _, attribute = place.partition(":")
    if not all(part.isidentifier() for part in (*name.split("."), attribute)):
        raise InvalidSweep(f"--executor takes dask:tcp://HOST:PORT or MODULE:FUNCTION: `{place}`")
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    try:
        function: Any = getattr(import_module(name), attribute, None)
    except Exception as error:
        raise InvalidSweep(f"--executor {place}: {described(error)}") from None
    if not callable(function):
        raise InvalidSweep(f"--executor {place}: {name} has no function `{attribute}`")
    return function  # type: ignore[no-any-return]


def called(function: Callable[[], object], place: str) -> Executor:
    """The executor that a function returns.  Raises WorkerFailure."""
    try:
        executor = function()
    except Exception as error:
        raise WorkerFailure(f"--executor {place}: {described(error)}") from None
    if not isinstance(executor, Executor):
        kind = type(executor).__name__
        raise WorkerFailure(f"--executor {place} returns {kind}, not a concurrent.futures.Executor")
    return executor


def described(error: BaseException) -> str:
    """An exception in one line.

    >>> described(ValueError("no such queue"))
    'ValueError: no such queue'
    """
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
