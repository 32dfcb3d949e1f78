"""Runs a fit: the variants that are examined, what is found, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote

from ..escape import safe
from ..named_tuple import NamedTuple
from ..parser import read_document
from ..problem import suggestion
from ..sweep.axis_values import Interval
from ..sweep.columns import column_called
from ..sweep.errors import InvalidSweep
from ..sweep.job import Job, subject_of
from ..sweep.plan import Plan
from ..sweep.search import (
    REFINEMENTS,
    LimitSearch,
    SearchLimit,
    SearchResult,
    refined_axes,
    searched_axes,
    share,
)
from ..sweep.workers import Workers
from ..views.grid.fit import fit_grid, limit_amount
from .device import DeviceOptions
from .fit_limits import limits_of
from .options import NetworkOptions
from .sweep_job import SweepWords, numbers_of, sweep_of
from .sweep_output import Output, write_grid
from .sweep_run import calculated
from .terminal import note

MAX_EXAMINED = 10_000_000


class FitWords(NamedTuple):
    """What the command line says of the variants, the limits and what is large."""

    vary: Sequence[str]
    under: Sequence[str]
    maximize: str
    top: int


def run_fit(
    net: str,
    words: FitWords,
    options: NetworkOptions,
    target: DeviceOptions,
    output: Output,
    workers: Workers | None,
) -> bool:
    """Find the largest variants and write them; False if none is within the limits.

    Raises InvalidSweep or UsageError.
    """
    limits = limits_of(words.under, target)
    maximized = maximized_number(words.maximize, numbers_of(target))
    sweep = sweep_of(net, SweepWords(over=words.vary), options, target)
    first = (maximized, *(one.number for one in limits))
    quantities = tuple(dict.fromkeys((*first, *sweep.shown)))
    job = sweep.job._replace(quantities=quantities)
    search = LimitSearch(limits, maximized, quantities, words.top)
    examined = 0
    for one in rounds(job, search):
        for chunk in calculated(one, output, workers):
            for row in chunk.rows:
                search.add(row)
            examined += chunk.last - chunk.first
    result = search.result()
    is_proven = not any(isinstance(values, Interval) for _, values in job.axes)
    if result.best:
        again = show_command(net, job, result, options, target)
        grid = fit_grid(job, limits, result, examined, is_proven, again)
        write_grid(grid, "variants", output)
    else:
        note(nothing_fits(job, limits, result, examined))
    return bool(result.best)


def rounds(job: Job, search: LimitSearch) -> Iterator[Job]:
    """The spaces to examine: all finite axes, and intervals more and more finely."""
    first = job._replace(axes=tuple(searched_axes(job.axes).items()))
    if len(first.space) > MAX_EXAMINED:
        message = f"{len(first.space):,} variants are too many to examine"
        raise InvalidSweep(f"{message}: at most {MAX_EXAMINED:,}; vary less, or in larger steps")
    yield first
    if first.axes == job.axes:
        return
    for times in range(1, REFINEMENTS + 1):
        best = search.result().best
        if not best:
            return
        point = dict(zip(job.names, best[0].point, strict=True))
        yield job._replace(axes=tuple(refined_axes(job.axes, point, times).items()))


def maximized_number(text: str, numbers: Sequence[str]) -> str:
    """The quantity that `--maximize` names.  Raises InvalidSweep."""
    name = column_called(text, numbers)
    if name is None:
        raise InvalidSweep(f"--maximize: no number `{text}`: {suggestion(text, numbers)}")
    return name


def show_command(
    net: str, job: Job, result: SearchResult, options: NetworkOptions, target: DeviceOptions
) -> str:
    """The command that shows the best variant."""
    file = read_document(job.data, job.name)
    subject = subject_of(file, job.request)
    point = dict(zip(job.names, result.best[0].point, strict=True))
    request = subject.request_of(point)
    path, mark, _ = net.rpartition("@")
    name = net
    if "variant" in point and "variant" not in subject.variables:
        name = f"{path if mark else net}@{request.variant}"
    words = ["cnncalc", "show", name]
    for variable, value in request.variables.items():
        words += ["--set", f"{variable}={value}"]
    if request.resolution is not None:
        [shape] = Plan(file).network(request).inputs.values()
        words += ["--input", str(shape)]
    words += ["--dtype", options.dtype] if options.dtype else []
    words += ["--batch", str(options.batch)] if options.batch > 1 else []
    words += ["--device", target.name] if target.name else []
    words += ["--runtime", target.runtime] if target.runtime else []
    return " ".join(map(quote, words))


def nothing_fits(
    job: Job, limits: Sequence[SearchLimit], result: SearchResult, examined: int
) -> str:
    """Why there is no variant, and the one that comes nearest."""
    text = f"none of {examined:,} variants is within the limits"
    if result.nearest is None:
        return f"{text}: none of them can be built"
    row = result.nearest
    values = ", ".join(f"{name}={value}" for name, value in zip(job.names, row.point, strict=True))
    numbers = dict(zip(job.quantities, row.numbers, strict=True))
    exceeded = ", ".join(
        f"{one.key} is {limit_amount(one, numbers[one.number])} of {limit_amount(one, one.most)}"
        for one in limits
        if share(numbers[one.number], one) > 1
    )
    return f"{text}; the nearest is {safe(values)}: {exceeded}"
