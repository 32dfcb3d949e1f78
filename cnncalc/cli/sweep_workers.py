"""`--jobs` and `--executor`: where the variants of a sweep or a fit are calculated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import Command

if TYPE_CHECKING:
    from ..sweep.workers import Workers


def workers_options(function: Command) -> Command:
    """`--jobs` and `--executor`."""
    jobs = click.option("--jobs", type=click.IntRange(1), metavar="N", help="Use N processes.")
    executor = click.option(
        "--executor",
        metavar="WHAT",
        help="Use dask:tcp://HOST:PORT, or the executor that MODULE:FUNCTION returns.",
    )
    return jobs(executor(function))


def workers_of(jobs: int | None, executor: str | None) -> Workers | None:
    """The workers of both options; None for this process alone.

    Raises InvalidSweep or WorkerFailure.
    """
    from ..sweep.errors import InvalidSweep
    from ..sweep.workers import called_workers, processes

    if executor is None:
        return processes(jobs) if jobs and jobs > 1 else None
    kind, _, address = executor.partition(":")
    if kind != "dask":
        return called_workers(executor, jobs)
    if jobs:
        raise InvalidSweep("--jobs has no effect with dask: the cluster has its own workers")
    from ..sweep.dask_workers import DaskWorkers

    return DaskWorkers(address)
