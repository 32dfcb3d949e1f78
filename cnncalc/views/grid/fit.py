"""The largest variants within limits as rows, and below them which limits are reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...escape import safe
from ...quantities import MILLI, QUANTITIES
from ...sweep.job import Job, RowNumber
from ...sweep.search import SearchLimit, SearchResult
from ..text import percent
from .grid import Grid, Remark
from .sweep import variants_grid


def fit_grid(
    job: Job,
    limits: Sequence[SearchLimit],
    result: SearchResult,
    examined: int,
    is_proven: bool,
    command: str,
) -> Grid:
    """One row per variant, the largest first, with a remark on the limits."""
    grid = variants_grid(job.names, job.quantities, result.best)
    numbers = dict(zip(job.quantities, result.best[0].numbers, strict=True))
    lines = [limit_line(limit, numbers[limit.number], result) for limit in limits]
    proof = "all there are" if is_proven else "the best of these, not proven to be the best of all"
    lines += [f"{examined:,} variants examined: {proof}", safe(command)]
    keys: dict[str, Any] = {
        "file": job.name,
        "limits": {limit.number: limit.most for limit in limits},
        "larger": result.larger,
        "obstacles": dict(result.obstacles),
        "examined": examined,
        "proven": is_proven,
        "command": command,
    }
    return grid._replace(remark=Remark("\n".join(lines), keys))


def limit_line(limit: SearchLimit, number: RowNumber, result: SearchResult) -> str:
    """How much of a limit the best variant uses, and how many larger ones the limit excludes."""
    assert number is not None  # it is within the limit
    part, whole = (round(one * 10**9) for one in (number, limit.most))  # of times: nanoseconds
    amounts = f"{limit_amount(limit, number)} of {limit_amount(limit, limit.most)}"
    used = f"{limit.key}: {amounts}, {percent(part, whole)}"
    excluded = result.obstacles[limit.number]
    if not result.larger:
        return used
    return f"{used}; exceeded by {excluded:,} of the {result.larger:,} larger variants"


def limit_amount(limit: SearchLimit, number: RowNumber) -> str:
    """A number that is limited, in ones, bytes, milliseconds or millijoules.

    >>> limit_amount(SearchLimit("time", "at_least_s", 0.03), 0.0205)
    '20.5 ms'
    """
    if number is None:
        return "not known"
    unit = MILLI.get(QUANTITIES[limit.number].unit)
    if unit:
        return f"{1000 * number:,.4g} {unit}"
    return f"{round(number):,}"
