"""The workers of a Dask cluster, by the address of its scheduler."""

from __future__ import annotations

import logging
from concurrent.futures import Executor
from contextlib import suppress
from time import monotonic
from typing import Any

from .errors import InvalidSweep, WorkerFailure
from .workers import Workers, described

EXTRA = "pip install 'cnncalc[dask]'"
SECONDS = 30
"""How long to wait for the scheduler, and for a worker."""
MOST_SECONDS_ALONE = 600
"""How long to wait for workers after all have ended."""
LOGGERS = ("distributed", "distributed.client", "distributed.comm", "distributed.core", "tornado")


class DaskWorkers(Workers):
    """Makes clients of a scheduler, whose workers may come and go."""

    def __init__(self, address: str) -> None:
        """Connect to a scheduler.  Raises InvalidSweep or WorkerFailure."""
        try:
            from distributed import Client
            from distributed.scheduler import KilledWorker
        except ImportError:
            raise InvalidSweep(f"--executor dask: needs distributed: {EXTRA}") from None
        for name in LOGGERS:  # what matters is in our messages
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self.address = address
        self.new_client: Any = Client
        self.lost = (KilledWorker,)
        self.client = self.connected()
        self.wait_for_worker()
        self.seen = monotonic()
        super().__init__(self.executor, self.count(), is_foreign=True)

    def connected(self) -> Any:
        """A client of the scheduler.  Raises WorkerFailure."""
        try:
            return self.new_client(self.address, timeout=SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            reason = described(error)
            raise WorkerFailure(f"there is no scheduler at {self.address}: {reason}") from None

    def wait_for_worker(self) -> None:
        """Wait for a worker.  Raises WorkerFailure."""
        try:
            self.client.wait_for_workers(1, timeout=SECONDS)
        except (OSError, TimeoutError):
            raise WorkerFailure(f"the scheduler at {self.address} has no worker") from None

    def executor(self) -> Executor:
        """An executor of the client, or of a new one if that has lost the scheduler."""
        if self.client.status != "running":
            self.close()
            self.client = self.connected()
        found: Executor = self.client.get_executor(pure=False)
        return found

    def count(self) -> int:
        """The number of threads of all workers.  Raises WorkerFailure."""
        try:
            return sum(self.client.nthreads().values())
        except (OSError, ValueError) as error:
            reason = described(error)
            raise WorkerFailure(f"lost the scheduler at {self.address}: {reason}") from None

    def look(self) -> None:
        if monotonic() < self.seen + SECONDS:
            return
        size = self.count()
        if size:
            self.size, self.seen = size, monotonic()
        elif monotonic() > self.seen + MOST_SECONDS_ALONE:
            raise WorkerFailure(f"the scheduler at {self.address} has no worker any more")

    def close(self) -> None:
        with suppress(OSError, TimeoutError):
            self.client.close(timeout=1)

    def end(self, executor: Executor, is_broken: bool = False) -> None:
        executor.shutdown(wait=False)  # cancels what is not calculated
