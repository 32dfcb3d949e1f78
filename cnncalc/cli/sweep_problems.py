"""How `sweep` and `fit` report what is wrong with their words, or with their workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from ..escape import safe
from .terminal import complain


@contextmanager
def reported_problems() -> Iterator[None]:
    """Turn errors of a sweep into those of the command line."""
    from ..sweep.errors import InvalidSweep, WorkerFailure

    try:
        yield
    except InvalidSweep as error:
        raise click.UsageError(safe(str(error))) from None
    except WorkerFailure as error:
        complain(str(error))
        raise click.exceptions.Exit(2) from None
