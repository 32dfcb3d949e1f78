"""Runs a sweep: its chunks, what is kept of them, and where it is written."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import closing
from functools import partial
from math import inf

import click

from ..escape import safe
from ..named_tuple import NamedTuple
from ..sources.row_file import CannotResume, RowFile
from ..sweep.driver import Workers, bounds_of, chunks
from ..sweep.errors import InvalidSweep
from ..sweep.groups import Groups
from ..sweep.job import Row, RowChunk, evaluated
from ..sweep.objectives import Objective
from ..sweep.progress import Progress, Tally, parse_progress
from ..sweep.reducers import AllRows, FirstRows, FrontRows, Reducer
from ..views.csv import csv_line
from ..views.grid.formats import GridRequest, render
from ..views.grid.grid import Grid, Remark
from ..views.grid.sweep import groups_grid, sweep_grid
from ..views.style import Style
from ..views.sweep_summary import summary_text
from ..views.values import machine
from ..worker_process import start_worker
from .sweep_job import Sweep
from .terminal import note, write, write_output

MAX_ROWS = 1_000_000
"""The rows that are kept in memory at most."""


class Output(NamedTuple):
    """Where a sweep is written, in which format and style, and whether it says how far it is."""

    form: str
    path: str | None
    style: Style
    restart: bool
    quiet: bool

    @property
    def is_file(self) -> bool:
        return self.path not in (None, "-")


def run_sweep(sweep: Sweep, output: Output, jobs: int) -> None:
    """Calculate a sweep and write it.  Raises InvalidSweep or UsageError."""
    is_appended = output.form == "csv" and output.is_file and not sweep.is_reduced
    if output.restart and not is_appended:
        raise InvalidSweep("--restart begins a file of rows anew: add -o FILE.csv")
    workers = workers_of(jobs)
    if is_appended:
        tally = append_to_file(sweep, output, workers)
    elif output.form == "csv" and not sweep.is_reduced:
        tally = write_rows(sweep, output, workers)
    else:
        tally = write_grid(sweep, output, workers)
    if not output.quiet:
        on_paper = output.form == "table" and not output.is_file
        (write if on_paper else note_line)(summary_text(tally, sweep.job.conditions, output.style))


def workers_of(jobs: int) -> Workers | None:
    """The processes of `--jobs`; None for this one alone."""
    return Workers(partial(pool, jobs), jobs) if jobs > 1 else None


def pool(jobs: int) -> Executor:
    """Worker processes, which end with this one."""
    return ProcessPoolExecutor(jobs, initializer=start_worker)


def note_line(text: str) -> None:
    note(text.rstrip("\n"))


def calculated(
    sweep: Sweep, output: Output, workers: Workers | None, first: int = 0
) -> Iterator[RowChunk]:
    """The chunks from a variant on, with a bar on a terminal."""
    total = len(sweep.job.space)
    found = chunks(sweep.job, bounds_of(total, first), workers)
    if output.quiet or not sys.stderr.isatty():
        yield from found
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("variants", total=total, completed=first)
        for chunk in found:
            bar.update(task, completed=chunk.last)
            yield chunk


# Rows one after the other


def write_rows(sweep: Sweep, output: Output, workers: Workers | None) -> Tally:
    """Write the rows as CSV to standard output, as they come."""
    tally = Tally()
    write(header(sweep), "csv")
    for chunk in calculated(sweep, output, workers):
        write(lines_of(chunk, sweep), "csv")
        tally = tally.with_chunk(chunk)
    return tally


def append_to_file(sweep: Sweep, output: Output, workers: Workers | None) -> Tally:
    """Write the rows as CSV to a file, from where an interrupted sweep ended."""
    assert output.path is not None
    job = sweep.job
    try:
        file = RowFile(output.path, output.restart)
        progress = earlier_progress(file, job.identity)
    except CannotResume as error:
        raise click.UsageError(safe(str(error))) from None
    total = len(job.space)
    with closing(file):
        if progress is None:
            progress = Progress(job.identity, total, 0, Tally())
            file.append(header(sweep), progress.to_json())
        elif not output.quiet and progress.next:
            note(f"{safe(output.path)}: resumed at variant {progress.next:,} of {total:,}")
        for chunk in calculated(sweep, output, workers, progress.next):
            progress = progress.with_chunk(chunk)
            file.append(lines_of(chunk, sweep), progress.to_json())
    return progress.tally


def earlier_progress(file: RowFile, identity: str) -> Progress | None:
    """What an interrupted sweep left; None if the file is new.  Raises CannotResume."""
    if file.state is None:
        return None
    progress = parse_progress(file.state)
    if progress is None:
        raise CannotResume(f"{file.path} has a state that is not that of a sweep: --restart")
    if progress.identity != identity:
        raise CannotResume(f"{file.path} has another sweep: choose another file, or --restart")
    return progress


def header(sweep: Sweep) -> str:
    return csv_line(["n", *sweep.job.names, *sweep.shown])


def lines_of(chunk: RowChunk, sweep: Sweep) -> str:
    return "".join([csv_line(cells_of(row, len(sweep.shown))) for row in chunk.rows])


def cells_of(row: Row, shown: int) -> list[str]:
    return [str(row.number), *row.point, *map(machine, row.numbers[:shown])]


# Rows that are kept


def write_grid(sweep: Sweep, output: Output, workers: Workers | None) -> Tally:
    """Keep rows or groups, and write them as a grid."""
    tally = Tally()
    if sweep.job.per:
        positions = [sweep.job.names.index(name) for name in sweep.job.per]
        groups = Groups(positions, len(sweep.shown))
        for chunk in calculated(sweep, output, workers):
            groups.add(chunk)
            tally = tally.with_chunk(chunk)
        grid, key = groups_grid(sweep.job.per, sweep.shown, groups.groups), "groups"
    else:
        kept = reducer_of(sweep)
        for chunk in calculated(sweep, output, workers):
            for row in chunk.rows:
                kept.add(row)
            tally = tally.with_chunk(chunk)
        rows = in_order(sweep, kept.rows)
        grid, key = sweep_grid(sweep.job.names, sweep.shown, rows), "variants"
    grid = grid._replace(remark=Remark("", {"file": sweep.job.name}))
    write_output(rendered(grid, output, key), output.form, output.path)
    return tally


def rendered(grid: Grid, output: Output, key: str) -> str:
    return render(output.form, GridRequest(grid, output.style, "cnncalc/sweep/1", key))


def reducer_of(sweep: Sweep) -> Reducer:
    """What keeps the rows that are asked for.  Raises UsageError if these may be too many."""
    columns = sweep.job.columns
    if sweep.objectives:
        return FrontRows(lambda row: tuple([cost(row, columns, one) for one in sweep.objectives]))
    if sweep.sort and sweep.top:
        order = sweep.sort
        return FirstRows(lambda row: (cost(row, columns, order),), sweep.top)
    if len(sweep.job.space) > MAX_ROWS:
        message = f"{len(sweep.job.space):,} variants are too many for a table"
        raise click.UsageError(f"{message}: add -o FILE.csv, --top, --pareto or --per")
    return AllRows()


def in_order(sweep: Sweep, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows in the order of `--sort`, as many as `--top` says."""
    if sweep.sort is None:
        return rows
    by_cost = partial(cost, columns=sweep.job.columns, objective=sweep.sort)
    return sorted(rows, key=by_cost)[: sweep.top]


def cost(row: Row, columns: tuple[str, ...], objective: Objective) -> float:
    """What an objective makes small: a number of a row, or its negative; infinity without one."""
    values = [*row.point, *row.numbers]
    value = values[columns.index(objective.name)]
    number = evaluated(value) if isinstance(value, str) else value
    if number is None:
        return inf
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise click.UsageError(f"{safe(objective.name)} is {safe(str(value))}, not a number")
    return objective.cost(number)
