"""From the words of `sweep` to what they ask for: the job, and what is kept of its rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import click

from .. import __version__
from ..escape import safe
from ..named_tuple import NamedTuple
from ..parser import ReadFile, RequestError, build, read_document
from ..problem import suggestion
from ..quantities import QUANTITIES, TABLE
from ..sweep.columns import column_called
from ..sweep.condition import parse_condition
from ..sweep.errors import InvalidSweep
from ..sweep.job import Job, subject_of
from ..sweep.join import JoinedTable, parse_join, repeated_values
from ..sweep.manifest import Manifest
from ..sweep.objectives import Objective, parse_objectives, parse_plot
from ..sweep.points import parse_points
from ..sweep.space import SpacePoint, parse_axes
from ..sweep.subject import GENERAL, AxisValues, Subject, check_entries
from .device import DeviceOptions, numbers_there
from .loading import ALL_VARIANTS, load, print_problems
from .options import NetworkOptions, sort_order
from .table_files import table_text
from .terminal import note

NUMBERS = tuple([one.name for one in TABLE if one.path and one.unit != "shape"])
"""The quantities of a whole network."""
SHOWN = ("params", "macs", "weight_bytes", "activations", "peak_bytes", "depth")
"""Those of a row if `--columns` names none; with a device, also those on it."""


class SweepWords(NamedTuple):
    """What the command line says of the space, and of the rows that are kept.

    `to_vary` is what to add if nothing varies.
    """

    over: Sequence[str] = ()
    points: str | None = None
    sample: int | None = None
    seed: int | None = None
    where: Sequence[str] = ()
    pareto: str | None = None
    sort: str | None = None
    top: int | None = None
    per: str | None = None
    columns: str | None = None
    join: str | None = None
    plot: str | None = None
    is_plotted: bool = False
    to_vary: str = "--over VAR=VALUES or --from FILE.csv"


class ChosenColumns(NamedTuple):
    """What options say of columns: those to show, those that select rows, and others in use."""

    shown: tuple[str, ...]
    objectives: tuple[Objective, ...]
    sort: Objective | None
    used: tuple[str, ...]

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.shown, *self.used)))

    @property
    def quantities(self) -> tuple[str, ...]:
        """The numbers of networks among them."""
        return tuple([name for name in self.named if name in QUANTITIES])


class Sweep(NamedTuple):
    """A job, and what is made of its rows.

    `shown` are the first of its quantities; the others are needed to select rows.
    """

    job: Job
    shown: tuple[str, ...]
    objectives: tuple[Objective, ...] = ()
    sort: Objective | None = None
    top: int | None = None

    @property
    def manifest(self) -> Manifest:
        """What its rows are, and which are kept."""
        job = self.job
        return Manifest(
            __version__,
            job.name,
            job.names,
            job.quantities,
            self.shown,
            job.conditions,
            job.per,
            self.objectives,
            self.sort,
            self.top,
            *((job.join.path, len(job.join.rows)) if job.join else ()),
        )


def sweep_of(
    net: str, words: SweepWords, options: NetworkOptions, target: DeviceOptions = DeviceOptions()
) -> Sweep:
    """The sweep that the command line asks for.

    Raises InvalidSweep or UsageError for words that do not fit each other or the file.
    """
    source = load(net, options.inputs)
    has_all = source.variant == ALL_VARIANTS
    check_words(words, has_all)
    file = checked_file(read_document(source.data, source.name))
    request = options.request(None if has_all else source.variant)
    try:
        subject = subject_of(file, request)
    except RequestError as error:
        raise click.UsageError(f"{safe(source.name)}: {safe(str(error))}") from None
    if has_all:
        words = words._replace(over=(all_variants(subject, source.name), *words.over))
    axes, rows = axes_of(words, subject, file)
    join = join_of(words.join, axes, rows, subject)
    names = (*rows[0], *axes, *(join.columns if join else ()))
    chosen = chosen_columns(words, names, subject.variables, target)
    job = Job(
        source.data,
        source.name,
        request,
        options.batch,
        tuple(axes.items()),
        tuple(rows),
        words.sample,
        words.seed or 0,
        chosen.quantities,
        tuple(words.where),
        columns_named(words.per, names, "--per", "is not varied"),
        target.device,
        target.runtime,
        join and join.keeping(chosen.named),
    )
    shown = tuple([name for name in chosen.shown if name in job.quantities])
    return Sweep(job, shown, chosen.objectives, chosen.sort, words.top)


def all_variants(subject: Subject, name: str) -> str:
    """The `--over` that `NET@*` abbreviates.  Raises UsageError if there is no such axis."""
    if not subject.variants:
        raise click.UsageError(f"{safe(name)} has no variants: omit @{ALL_VARIANTS}")
    if "variant" in subject.variables:
        raise click.UsageError(f"{safe(name)} has a variable `variant`: name one of its variants")
    return f"variant={','.join(subject.variants)}"


def axes_of(
    words: SweepWords, subject: Subject, file: ReadFile
) -> tuple[dict[str, AxisValues], tuple[SpacePoint, ...]]:
    """The axes of `--over`, and the points of `--from`.  Raises InvalidSweep."""
    assert file.document is not None
    axes = subject.axes(parse_axes(words.over))
    rows = points_of(words.points)
    columns = subject.axes(dict.fromkeys(rows[0], ()))
    for name in rows[0]:
        if name not in columns:
            message = f"{name} in {words.points} stands for all entries"
            raise InvalidSweep(f"{message}: add a column for each, such as {name[:-2]}0]")
        if name in axes:
            raise InvalidSweep(f"{name} is varied and a column of {words.points}: omit one of both")
    check_entries((*columns, *axes), file.document)
    subject.check_values(axes)
    for name in (*columns, *axes):
        if name in subject.variables and name in GENERAL:
            note(f"{name} is a variable of {safe(file.name)}: it varies, not {GENERAL[name]}")
    return axes, rows


def join_of(
    path: str | None,
    axes: Mapping[str, AxisValues],
    rows: Sequence[SpacePoint],
    subject: Subject,
) -> JoinedTable | None:
    """The table of `--join`.  Raises InvalidSweep if it does not tell all variants apart."""
    if path is None:
        return None
    join = parse_join(table_text(path), path, (*rows[0], *axes), subject.variables)
    for name in repeated_values(axes, rows):
        raise InvalidSweep(f"{name} has a value twice, so that a row of {path} has two variants")
    return join


def chosen_columns(
    words: SweepWords, names: Sequence[str], variables: Collection[str], target: DeviceOptions
) -> ChosenColumns:
    """What the options name.  Raises InvalidSweep or UsageError."""
    numbers = numbers_of(target)
    known = (*names, *numbers)
    shown = (*names, *SHOWN, *numbers_there(target))
    if words.columns is not None:
        shown = columns_named(words.columns, known, "--columns")
    objectives = parse_objectives(words.pareto, known) if words.pareto is not None else ()
    sort = sort_objective(words.sort, known)
    conditions = [parse_condition(text, {*known, *variables}) for text in words.where]
    used = [column for condition in conditions for column in condition.columns.values()]
    used += [objective.name for objective in (*objectives, *([sort] if sort else []))]
    if words.is_plotted:
        used += parse_plot(words.plot, known, objectives)
    return ChosenColumns(tuple(dict.fromkeys(shown)), objectives, sort, tuple(used))


def check_words(words: SweepWords, has_all: bool) -> None:
    """Raise InvalidSweep for options that would have no effect, or that miss another one.

    `has_all`: all variants of the file are an axis.
    """
    if not (words.over or words.points or has_all):
        raise InvalidSweep(f"nothing varies: add {words.to_vary}")
    if words.seed is not None and words.sample is None:
        raise InvalidSweep("--seed selects a sample: add --sample N")
    if words.top and not words.sort:
        raise InvalidSweep("--top needs --sort COLUMN, which says which rows are first")
    if words.per and (words.sort or words.pareto):
        raise InvalidSweep("--per has no rows to select: omit --sort and --pareto")


def checked_file(file: ReadFile) -> ReadFile:
    """The file; if it has errors, print them and exit with 1."""
    if not file.is_valid:
        print_problems(file.problems, build(file))
        raise click.exceptions.Exit(1)
    return file


def points_of(path: str | None) -> tuple[SpacePoint, ...]:
    """The points of the file of `--from`; one without axes if there is none."""
    if path is None:
        return ({},)
    return parse_points(table_text(path), path)


def numbers_of(target: DeviceOptions) -> tuple[str, ...]:
    """The quantities of a whole network, and those on the device if one is named."""
    return tuple(dict.fromkeys((*NUMBERS, *numbers_there(target))))


def sort_objective(text: str | None, known: Collection[str]) -> Objective | None:
    """The order that `--sort` states: the largest first, or with `-` the smallest."""
    backwards, name = sort_order(text)
    if name is None:
        return None
    column = column_called(name, known)
    if column is None:
        raise click.UsageError(
            f"--sort: there is no column `{safe(name)}`: {suggestion(name, known)}"
        )
    return Objective("min" if backwards else "max", column)


def columns_named(
    text: str | None, known: Collection[str], option: str, fault: str = "is not a column"
) -> tuple[str, ...]:
    """The columns that an option names.  Raises UsageError with what is wrong with another name."""
    found = []
    for name in text.split(",") if text is not None else ():
        column = column_called(name.strip(), known)
        if column is None:
            hint = suggestion(name.strip(), known)
            raise click.UsageError(f"{option}: {safe(name.strip()) or '``'} {fault}: {hint}")
        found.append(column)
    return tuple(dict.fromkeys(found))
