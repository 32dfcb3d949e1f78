"""Runs a fit: the variants that are examined, what is found, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote

from ..escape import safe
from ..named_tuple import NamedTuple
from ..parser import read_document
from ..problem import count, suggestion
from ..sweep.columns import column_called
from ..sweep.errors import InvalidSweep
from ..sweep.examination import Examination
from ..sweep.job import Job, RowChunk, subject_of
from ..sweep.plan import Plan
from ..sweep.progress import Tally
from ..sweep.search import LimitSearch, SearchGoal, SearchLimit, SearchResult, share
from ..sweep.workers import Workers
from ..views.grid.fit import FitScope, fit_grid, limit_amount
from .device import DeviceOptions
from .fit_limits import limits_of
from .options import NetworkOptions
from .sweep_job import SweepWords, numbers_of, sweep_of
from .sweep_output import Output, write_grid
from .sweep_run import calculated, note_without_numpy
from .terminal import note

FEW = 1_000
"""Variants that take less time in this process than in new ones."""


class FitWords(NamedTuple):
    """What the command line says of the variants, the limits, what is large, and a sample.

    `join` is the path of a table with further columns of the variants.
    """

    vary: Sequence[str]
    under: Sequence[str]
    maximize: str
    top: int
    sample: int | None = None
    seed: int | None = None
    join: str | None = None


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
    varied = SweepWords(over=words.vary, join=words.join, to_vary="--vary VAR=VALUES")
    sweep = sweep_of(net, varied, options, target)
    joined = sweep.job.join.columns if sweep.job.join else ()
    maximized = maximized_number(words.maximize, (*numbers_of(target), *joined))
    first = (maximized, *(one.number for one in limits))
    named = [name for name in (*first, *sweep.shown) if name not in joined]
    job = sweep.job._replace(quantities=tuple(dict.fromkeys(named)))
    search = LimitSearch(SearchGoal(limits, maximized, job.quantities, words.top, job.names))
    examination = Examination(job, search, words.sample, words.seed or 0)
    if words.seed is not None and examination.is_whole:
        raise InvalidSweep("--seed selects a sample: add --sample N")
    tally = Tally()
    for chunk in examined_chunks(examination, output, workers):
        if isinstance(chunk.search, LimitSearch):  # a chunk that is skipped has none
            search.merge(chunk.search)
        tally = tally.with_chunk(chunk)
    if not output.quiet:
        note_unknown(job, maximized, tally.unmatched, search.unknown)
    result = search.result()
    if result.best:
        again = show_command(net, job, result, options, target)
        total, is_proven = examination.total, examination.is_proven
        scope = FitScope(tally.variants, total, is_proven, tally.invalid)
        write_grid(fit_grid(job, limits, maximized, result, scope, again), "variants", output)
    else:
        note(nothing_fits(job, limits, result, tally))
    return bool(result.best)


def examined_chunks(
    examination: Examination, output: Output, workers: Workers | None
) -> Iterator[RowChunk]:
    """The chunks of all rounds; the search must have each when the next is asked for."""
    for number, job in enumerate(examination.rounds()):
        if not number:
            note_without_numpy(len(job.space), output)
        has_many = len(job.space) > FEW
        finish = examination.search.goal.finish
        yield from calculated(job, output, workers if has_many else None, finish=finish)


def note_unknown(job: Job, maximized: str, unmatched: int, unknown: int) -> None:
    """Say how many variants are not considered, as their number is not known."""
    if unmatched and job.join:
        variants = "variant has" if unmatched == 1 else "variants have"
        note(f"{unmatched:,} {variants} no row in {safe(job.join.path)}: not considered")
    if unknown:
        note(f"{count(unknown, 'variant')} without {safe(maximized)}: not considered")


def maximized_number(text: str, numbers: Sequence[str]) -> str:
    """The quantity or joined column that `--maximize` names.  Raises InvalidSweep."""
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
    point = dict(zip(job.axis_names, result.best[0].point, strict=False))
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
    job: Job, limits: Sequence[SearchLimit], result: SearchResult, tally: Tally
) -> str:
    """Why there is no variant, and the one that comes nearest."""
    text = f"none of {tally.variants:,} variants is within the limits"
    if result.nearest is None:
        known = " and is in the table" if job.join else ""
        first = f" (the first: {safe(tally.reason)})" if tally.reason else ""
        return f"{text}: none of them can be built{known}{first}"
    row = result.nearest
    values = ", ".join(f"{name}={value}" for name, value in zip(job.names, row.point, strict=True))
    numbers = dict(zip(job.quantities, row.numbers, strict=True))
    exceeded = ", ".join(
        f"{one.key} is {limit_amount(one, numbers[one.number])} of {limit_amount(one, one.most)}"
        for one in limits
        if share(numbers[one.number], one) > 1
    )
    return f"{text}; the nearest is {safe(values)}: {exceeded}"
