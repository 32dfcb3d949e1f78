"""A job on its way to a worker, which may be another machine with another installation."""

from __future__ import annotations

import pickle
import sys
from threading import Lock

from ..named_tuple import NamedTuple
from .errors import WorkerFailure
from .job import Job, RowChunk, RowFinish, Sweeper

Bounds = tuple[int, int]


class PackedJob(NamedTuple):
    """A pickled job with its text, not its path; the version of cnncalc, and the identity.

    `finish` is what is made of the rows of each chunk, pickled too.
    """

    version: str
    identity: str
    data: bytes
    finish: bytes


def pack(job: Job, finish: RowFinish | None = None) -> PackedJob:
    return PackedJob(own_version(), job.identity, pickle.dumps(job), pickle.dumps(finish))


def unpack(packed: PackedJob) -> Job:
    """The job.  Raises WorkerFailure if it would not have the same rows here."""
    if packed.version != own_version():
        raise WorkerFailure(
            f"a worker has cnncalc {own_version()}, and this is {packed.version}:"
            " install the same version on all machines"
        )
    job: Job = pickle.loads(packed.data)
    if job.identity != packed.identity:
        raise WorkerFailure(
            f"a worker calculates sweep {job.identity} instead of {packed.identity}:"
            " install the same version on all machines"
        )
    return job


def own_version() -> str:
    """The version of the package that runs in this process."""
    package = sys.modules[__name__.partition(".")[0]]
    return str(vars(package)["__version__"])


LOCK = Lock()
SWEEPERS: dict[str, Sweeper] = {}
"""The sweeper that a process keeps, by identity: that of the last job that it had a chunk of."""


def calculate(packed: PackedJob, bounds: Bounds) -> RowChunk:
    """One chunk of a job; the threads of a worker take turns, as a sweeper is for one of them."""
    with LOCK:
        if packed.identity not in SWEEPERS:
            job = unpack(packed)
            SWEEPERS.clear()
            SWEEPERS[packed.identity] = Sweeper(job)
        try:
            chunk = SWEEPERS[packed.identity].chunk(*bounds)
            finish: RowFinish | None = pickle.loads(packed.finish)
            return finish(chunk) if finish else chunk
        except RecursionError:  # Dask cannot send its traceback, and waits for ever
            raise WorkerFailure("a worker failed: nested too deeply") from None
