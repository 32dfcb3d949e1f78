"""From the words of `sweep` to what they ask for: the job, and what is kept of its rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import click

from .. import __version__
from ..escape import safe
from ..named_tuple import NamedTuple
from ..parser import ReadFile, RequestError, build, read_document
from ..problem import suggestion
from ..quantities import TABLE
from ..sources.files import read_file
from ..sweep.columns import column_called
from ..sweep.condition import parse_condition
from ..sweep.errors import InvalidSweep
from ..sweep.job import Job, subject_of
from ..sweep.manifest import Manifest
from ..sweep.objectives import Objective, parse_objectives
from ..sweep.points import parse_points
from ..sweep.space import SpacePoint, parse_axes
from .device import DeviceOptions, numbers_there
from .loading import load, print_problems
from .options import NetworkOptions, sort_order

NUMBERS = tuple([one.name for one in TABLE if one.path and one.unit != "shape"])
"""The quantities of a whole network."""
SHOWN = ("params", "macs", "weight_bytes", "activations", "peak_bytes", "depth")
"""Those of a row if `--columns` names none; with a device, also those on it."""


class SweepWords(NamedTuple):
    """What the command line says of the space, and of the rows that are kept."""

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
        )


def sweep_of(
    net: str, words: SweepWords, options: NetworkOptions, target: DeviceOptions = DeviceOptions()
) -> Sweep:
    """The sweep that the command line asks for.

    Raises InvalidSweep or UsageError for words that do not fit each other or the file.
    """
    check_words(words)
    source = load(net, options.inputs)
    file = checked_file(read_document(source.data, source.name))
    request = options.request(source.variant)
    try:
        subject = subject_of(file, request)
    except RequestError as error:
        raise click.UsageError(f"{safe(source.name)}: {safe(str(error))}") from None
    axes = subject.axes(parse_axes(words.over))
    rows = points_of(words.points)
    subject.axes(dict.fromkeys(rows[0], ()))
    subject.check_values(axes)
    numbers = numbers_of(target)
    known = (*rows[0], *axes, *numbers)
    shown = shown_quantities(words.columns, target)
    objectives = parse_objectives(words.pareto, known) if words.pareto else ()
    sort = sort_objective(words.sort, known)
    conditions = [parse_condition(text, {*known, *subject.variables}) for text in words.where]
    named = {column for condition in conditions for column in condition.columns.values()}
    named |= {objective.name for objective in (*objectives, *([sort] if sort else []))}
    hidden = tuple([name for name in numbers if name in named and name not in shown])
    job = Job(
        source.data,
        source.name,
        request,
        options.batch,
        tuple(axes.items()),
        tuple(rows),
        words.sample,
        words.seed or 0,
        (*shown, *hidden),
        tuple(words.where),
        axes_named(words.per, (*rows[0], *axes)),
        target.device,
        target.runtime,
    )
    return Sweep(job, shown, objectives, sort, words.top)


def check_words(words: SweepWords) -> None:
    """Raise InvalidSweep for options that would have no effect, or that miss another one."""
    if not (words.over or words.points):
        raise InvalidSweep("nothing varies: add --over VAR=VALUES or --from FILE.csv")
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
    return parse_points(read_file(path, named=True).decode("utf-8", "replace"), path)


def numbers_of(target: DeviceOptions) -> tuple[str, ...]:
    """The quantities of a whole network, and those on the device if one is named."""
    return tuple(dict.fromkeys((*NUMBERS, *numbers_there(target))))


def shown_quantities(columns: str | None, target: DeviceOptions) -> tuple[str, ...]:
    """The quantities that `--columns` names.  Raises UsageError."""
    numbers = numbers_of(target)
    if columns is None:
        return tuple(dict.fromkeys((*SHOWN, *numbers_there(target))))
    found = []
    for text in columns.split(","):
        name = column_called(text.strip(), numbers)
        if name is None:
            hint = suggestion(text.strip(), numbers)
            raise click.UsageError(f"there is no number {safe(text.strip()) or '``'}: {hint}")
        found.append(name)
    return tuple(dict.fromkeys(found))


def sort_objective(text: str | None, known: Collection[str]) -> Objective | None:
    """The order that `--sort` states: the largest first, or with `-` the smallest."""
    backwards, name = sort_order(text)
    if name is None:
        return None
    column = column_called(name, known)
    if column is None:
        raise click.UsageError(
            f"--sort: there is no column {safe(name)}: {suggestion(name, known)}"
        )
    return Objective("min" if backwards else "max", column)


def axes_named(text: str | None, axes: Collection[str]) -> tuple[str, ...]:
    """The axes that `--per` names.  Raises UsageError."""
    names = tuple([name.strip() for name in text.split(",")]) if text else ()
    for name in names:
        if name not in axes:
            raise click.UsageError(f"--per: {safe(name)} is not varied: {suggestion(name, axes)}")
    return names
