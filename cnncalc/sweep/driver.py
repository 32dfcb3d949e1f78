"""The chunks of a job, calculated by any executor and returned in order.

A chunk is a pure function of the job and its bounds, so that it may be calculated again after its
process has died, and is never counted twice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED as FIRST
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, wait

from ..problem import Error
from .errors import WorkerFailure
from .job import Job, RowChunk, RowFinish, Sweeper
from .numpy_extra import has_numpy
from .packed_job import Bounds, calculate, pack
from .workers import Workers, described

SMALL_CHUNK, LARGE_CHUNK = 500, 4096
"""The variants of a chunk: many are calculated at once, if there is numpy."""
IN_FLIGHT = 2
"""The chunks that each worker has at a time: one that runs, and the next one."""
MOST_DEATHS = 3
"""The workers that a chunk may end before it is skipped."""
SECONDS_BETWEEN_LOOKS = 10


def chunk_size(total: int, workers: int = 1) -> int:
    """The size of the chunks of a sweep, so that each worker has several of them."""
    if not has_numpy():
        return SMALL_CHUNK
    return max(SMALL_CHUNK, min(LARGE_CHUNK, total // (8 * workers)))


def bounds_of(total: int, first: int, size: int) -> Iterator[Bounds]:
    """The bounds of the chunks of a size from a variant on.

    >>> list(bounds_of(2500, 1000, 500))
    [(1000, 1500), (1500, 2000), (2000, 2500)]
    """
    for start in range(first, total, size):
        yield start, min(start + size, total)


def chunks(
    job: Job,
    bounds: Iterable[Bounds],
    workers: Workers | None = None,
    finish: RowFinish | None = None,
) -> Iterator[RowChunk]:
    """The chunks of a job with these bounds, in order, and finished where they are calculated."""
    if workers is None:
        sweeper = Sweeper(job)
        found = (sweeper.chunk(*one) for one in bounds)
        yield from map(finish, found) if finish else found
    else:
        yield from Queue(job, workers, finish).run(bounds)


class Queue:
    """Chunks that an executor calculates, a few of them at a time.

    An executor that breaks is replaced.  Nothing says which chunk broke it, so those that it had
    are calculated one by one; one that breaks an executor alone is at fault.
    """

    def __init__(self, job: Job, workers: Workers, finish: RowFinish | None = None) -> None:
        self.packed = pack(job, finish)
        self.workers = workers
        self.running: dict[Future[RowChunk], Bounds] = {}
        self.again: deque[Bounds] = deque()
        self.deaths: dict[Bounds, int] = {}
        self.done: dict[Bounds, RowChunk] = {}

    def run(self, bounds: Iterable[Bounds]) -> Iterator[RowChunk]:
        """The chunks in order.  Raises WorkerFailure."""
        waiting = deque[Bounds]()
        source = iter(bounds)
        executor = self.workers.make()
        try:
            while True:
                self.fill(executor, source, waiting)
                if not self.running and not waiting:
                    return
                if self.running and not self.collect():
                    self.workers.end(executor, is_broken=True)
                    executor = self.workers.make()
                while waiting and waiting[0] in self.done:
                    yield self.done.pop(waiting.popleft())
        finally:
            for future in self.running:
                future.cancel()
            self.workers.end(executor)

    def fill(self, executor: Executor, source: Iterator[Bounds], waiting: deque[Bounds]) -> None:
        """Start chunks, as many as may run; those that are calculated again, one by one."""
        if self.again:
            if not self.running:
                self.start(executor, self.again.popleft())
            return
        while len(waiting) < IN_FLIGHT * self.workers.size:
            bounds = next(source, None)
            if bounds is None:
                return
            waiting.append(bounds)
            self.start(executor, bounds)

    def start(self, executor: Executor, bounds: Bounds) -> None:
        try:
            self.running[executor.submit(calculate, self.packed, bounds)] = bounds
        except BrokenExecutor:
            broken: Future[RowChunk] = Future()
            broken.set_exception(BrokenExecutor())
            self.running[broken] = bounds

    def collect(self) -> bool:
        """Wait for a chunk; False if the executor is broken, so that all must run again."""
        finished, _ = wait(self.running, SECONDS_BETWEEN_LOOKS, FIRST)
        alone = len(self.running) == 1
        for future in finished:
            bounds = self.running[future]
            try:
                self.done[bounds] = self.result(future)
            except (BrokenExecutor, CancelledError):
                for left in self.running.values():
                    self.give_back(left, int(alone))
                self.running.clear()
                return False
            except self.workers.lost:  # its workers ended, maybe by the chunk before it
                self.give_back(bounds, MOST_DEATHS * alone)
            del self.running[future]
        self.workers.look()
        return True

    def result(self, future: Future[RowChunk]) -> RowChunk:
        """The chunk of a future.  Raises WorkerFailure for an exception that may not be ours."""
        try:
            return future.result()
        except (BrokenExecutor, CancelledError, Error):
            raise
        except Exception as error:
            if isinstance(error, self.workers.lost) or not self.workers.is_foreign:
                raise
            raise WorkerFailure(f"a worker failed: {described(error)}") from error

    def give_back(self, bounds: Bounds, deaths: int) -> None:
        """Put a chunk in the queue again; skip it if it ended too many workers alone."""
        self.deaths[bounds] = self.deaths.get(bounds, 0) + deaths
        if self.deaths[bounds] >= MOST_DEATHS:
            self.done[bounds] = skipped(bounds)
        else:
            self.again.append(bounds)


def skipped(bounds: Bounds) -> RowChunk:
    """The chunk in place of one that cannot be calculated."""
    first, last = bounds
    reason = f"variants {first:,} to {last - 1:,} ended {MOST_DEATHS} workers and were skipped"
    return RowChunk(first, last, (), last - first, 0, reason, is_skipped=True)
