"""Runs a sweep: where its chunks are calculated, and which way their rows take."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ..sources.row_file import is_growing
from ..sweep.driver import bounds_of, chunk_size, chunks
from ..sweep.errors import InvalidSweep
from ..sweep.job import Job, RowChunk, RowFinish
from ..sweep.numpy_extra import has_numpy
from ..sweep.progress import Progress, Tally
from ..sweep.shard import Shard
from ..sweep.workers import Workers
from ..views.conversion import drawn_as
from ..views.sweep.formats import PLOTS
from ..views.sweep.row_lines import RowLines
from .sweep_job import Sweep
from .sweep_kept import groups_of, write_kept
from .sweep_output import Counted, Output, with_bar, write_summary
from .sweep_rows import append_rows, write_rows
from .sweep_size import size_statement
from .terminal import complain, note

MANY_ALONE = 2_000
"""Variants that take no more than seconds one by one."""

EXTRA = "pip install 'cnncalc[sweep]'"


def run_sweep(sweep: Sweep, output: Output, workers: Workers | None, shard: Shard | None) -> None:
    """Calculate a sweep, or one shard of it, and write it.  Raises InvalidSweep or UsageError."""
    manifest, total = sweep.manifest, len(sweep.job.space)
    has_rows = output.form == "csv" and (shard is not None or not manifest.is_reduced)
    is_appended = has_rows and output.path not in (None, "-") and is_growing(output.path)
    if shard and not is_appended:
        raise InvalidSweep("--shard writes rows for --merge: add -o FILE.csv")
    if output.restart and not is_appended:
        raise InvalidSweep("--restart starts a file of rows again: add -o FILE.csv")
    first, last = (shard or Shard()).bounds(total)
    note_without_numpy(last - first, output)
    begin = Progress(sweep.job.identity, total, first, Tally(), manifest, shard or Shard())
    finish = finish_of(begin, output.form, has_rows)
    calculate = partial(calculated, sweep.job, output, workers, last=last, finish=finish)
    if is_appended:
        assert output.path is not None
        size = size_statement(sweep.job, first, last, output.path, len(manifest.written))
        if size and not output.quiet:
            note(size)
        tally = append_rows(begin, calculate, output).tally
    else:
        counted = Counted(calculate())
        if has_rows:
            write_rows(manifest, counted, output.path)
        else:
            write_kept(manifest, counted, total, output)
        tally = counted.tally
    write_summary(tally, manifest, output)


def finish_of(begin: Progress, form: str, has_rows: bool) -> RowFinish | None:
    """What is made of rows where they are calculated, so that this process has little to do."""
    manifest = begin.manifest
    selection = manifest.selection
    if drawn_as(form) in PLOTS:
        return None
    if selection.is_small:
        return selection.finish
    if has_rows:
        return RowLines(len(manifest.written), begin.is_part)
    return groups_of(manifest).finish if manifest.per else None


def calculated(
    job: Job,
    output: Output,
    workers: Workers | None,
    first: int = 0,
    last: int | None = None,
    finish: RowFinish | None = None,
) -> Iterator[RowChunk]:
    """The chunks from a variant on, with a bar on a terminal."""
    last = len(job.space) if last is None else last
    size = chunk_size(last - first, workers.size if workers else 1)
    found = chunks(job, bounds_of(last, first, size), workers, finish)
    for chunk in with_bar(found, first, last, output.quiet):
        if chunk.is_skipped:
            complain(chunk.reason)
        yield chunk


def note_without_numpy(count: int, output: Output) -> None:
    """Say that so many variants take long, if they are calculated one by one."""
    if count > MANY_ALONE and not output.quiet and not has_numpy():
        note(f"{count:,} variants are calculated one by one, as numpy is not installed: {EXTRA}")
