"""The largest variants within limits as rows, and below them which limits are reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...escape import safe
from ...named_tuple import NamedTuple
from ...quantities import MILLI, QUANTITIES
from ...sweep.job import Job, RowNumber
from ...sweep.search import SearchLimit, SearchResult
from ..text import percent
from .grid import Grid, Remark
from .sweep import variants_grid

JOINED, DECISIVE = 8, 10
"""The ranks of joined columns, and of those that decide: below and above the values of axes."""


class FitScope(NamedTuple):
    """How many of all variants were examined, and whether there are no others.

    In `total`, a range of decimals counts as the steps in which it is searched.  `invalid` is how
    many of those examined cannot be built.
    """

    examined: int
    total: int
    is_proven: bool
    invalid: int = 0


def fit_grid(
    job: Job,
    limits: Sequence[SearchLimit],
    maximized: str,
    result: SearchResult,
    scope: FitScope,
    command: str,
) -> Grid:
    """One row per variant, the largest first, with a remark on the limits.

    The number to maximize and those that are limited are dropped last from a narrow table.
    """
    grid = variants_grid(job.names, job.quantities, result.best)
    ranks = dict.fromkeys(job.join.columns if job.join else (), JOINED)
    ranks |= dict.fromkeys((maximized, *(limit.number for limit in limits)), DECISIVE)
    columns = [column._replace(rank=ranks.get(column.name, column.rank)) for column in grid.columns]
    numbers = dict(zip(job.quantities, result.best[0].numbers, strict=True))
    lines = [limit_line(limit, numbers[limit.number], result) for limit in limits]
    lines += [scope_line(scope, result), safe(command)]
    keys: dict[str, Any] = {
        "file": job.name,
        "limits": {limit.number: limit.most for limit in limits},
        "left": {limit.number: limit.most - (numbers[limit.number] or 0) for limit in limits},
        "larger": result.larger,
        "obstacles": dict(result.obstacles),
        "binding": result.binding,
        "examined": scope.examined,
        "invalid": scope.invalid,
        "proven": scope.is_proven,
        "command": command,
    }
    return grid._replace(columns=tuple(columns), remark=Remark("\n".join(lines), keys))


def scope_line(scope: FitScope, result: SearchResult) -> str:
    """How many variants were examined, and what that proves."""
    invalid = f"; {scope.invalid:,} of them cannot be built" if scope.invalid else ""
    if scope.is_proven:
        larger = "" if result.larger else "; no limit binds, as none is larger"
        return f"{scope.examined:,} variants examined: all there are{larger}{invalid}"
    of_all = f" of {scope.total:,}" if scope.total > scope.examined else ""
    best = "the best of these, not proven to be the best of all"
    return f"{scope.examined:,}{of_all} variants examined: {best}{invalid}"


def limit_line(limit: SearchLimit, number: RowNumber, result: SearchResult) -> str:
    """What the best variant leaves of a limit, and how many larger ones the limit excludes."""
    assert number is not None  # it is within the limit
    left, whole = (round(one * 10**9) for one in (limit.most - number, limit.most))  # nanoseconds
    amounts = f"{limit_amount(limit, number)} of {limit_amount(limit, limit.most)}"
    line = f"{limit.key}: {amounts}, {percent(left, whole)} left"
    if not result.larger:
        return line
    excluded = result.obstacles[limit.number]
    binds = "; it binds:" if limit.number == result.binding else ";"
    return f"{line}{binds} exceeded by {excluded:,} of the {result.larger:,} larger variants"


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
