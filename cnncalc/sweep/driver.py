"""The chunks of a job, calculated by any executor and returned in order.

A chunk is a pure function of the job and its bounds, so that it may be calculated again after its
process has died, and is never counted twice.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED as FIRST
from concurrent.futures import BrokenExecutor, Executor, Future, wait
from functools import lru_cache

from ..named_tuple import NamedTuple
from .job import Job, RowChunk, Sweeper

CHUNK_SIZE = 500
IN_FLIGHT = 2
"""The chunks that each worker has at a time: one that runs, and the next one."""
MOST_DEATHS = 3
"""The processes that a chunk may end before it is skipped."""

Bounds = tuple[int, int]


class Workers(NamedTuple):
    """Where chunks are calculated: a function that makes an executor of `size` workers."""

    make: Callable[[], Executor]
    size: int


def bounds_of(total: int, first: int = 0, size: int = CHUNK_SIZE) -> Iterator[Bounds]:
    """The bounds of the chunks from a variant on.

    >>> list(bounds_of(2500, first=1000))
    [(1000, 1500), (1500, 2000), (2000, 2500)]
    """
    for start in range(first, total, size):
        yield start, min(start + size, total)


@lru_cache(maxsize=1)
def sweeper_of(packed: bytes) -> Sweeper:
    """The sweeper of a pickled job: a process keeps that of the last one."""
    return Sweeper(pickle.loads(packed))


def calculate(packed: bytes, bounds: Bounds) -> RowChunk:
    """One chunk of a pickled job, in a process of an executor."""
    return sweeper_of(packed).chunk(*bounds)


def chunks(
    job: Job, bounds: Iterable[Bounds], workers: Workers | None = None
) -> Iterator[RowChunk]:
    """The chunks of a job with these bounds, in order."""
    if workers is None:
        sweeper = Sweeper(job)
        yield from (sweeper.chunk(*one) for one in bounds)
    else:
        yield from Queue(job, workers).run(bounds)


class Queue:
    """Chunks that an executor calculates, a few of them at a time.

    An executor that breaks is replaced.  Nothing says which chunk broke it, so those that it had
    are calculated one by one; one that breaks an executor alone is at fault.
    """

    def __init__(self, job: Job, workers: Workers) -> None:
        self.packed = pickle.dumps(job)
        self.workers = workers
        self.running: dict[Future[RowChunk], Bounds] = {}
        self.again: deque[Bounds] = deque()
        self.deaths: dict[Bounds, int] = {}
        self.done: dict[Bounds, RowChunk] = {}

    def run(self, bounds: Iterable[Bounds]) -> Iterator[RowChunk]:
        waiting = deque[Bounds]()
        source = iter(bounds)
        executor = self.workers.make()
        try:
            while True:
                self.fill(executor, source, waiting)
                if not self.running and not waiting:
                    return
                if self.running and not self.collect():
                    executor.shutdown(wait=False, cancel_futures=True)
                    executor = self.workers.make()
                while waiting and waiting[0] in self.done:
                    yield self.done.pop(waiting.popleft())
        finally:
            executor.shutdown(wait=False, cancel_futures=True)

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
        finished, _ = wait(self.running, return_when=FIRST)
        alone = len(self.running) == 1
        for future in finished:
            bounds = self.running[future]
            try:
                self.done[bounds] = future.result()
            except BrokenExecutor:
                self.give_back(alone)
                return False
            del self.running[future]
        return True

    def give_back(self, alone: bool) -> None:
        """Put the running chunks in the queue again; skip one that ended too many processes."""
        for bounds in self.running.values():
            self.deaths[bounds] = self.deaths.get(bounds, 0) + alone
            if self.deaths[bounds] >= MOST_DEATHS:
                self.done[bounds] = skipped(bounds)
            else:
                self.again.append(bounds)
        self.running.clear()


def skipped(bounds: Bounds) -> RowChunk:
    """The chunk in place of one that cannot be calculated."""
    first, last = bounds
    reason = f"variants {first:,} to {last - 1:,} ended {MOST_DEATHS} processes and were skipped"
    return RowChunk(first, last, (), last - first, 0, reason)
