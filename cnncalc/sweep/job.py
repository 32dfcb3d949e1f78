"""A sweep as a value that any process can take a part of: the text of the file, the space, and what
is asked of each variant."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from ..datum import Datum
from ..named_tuple import NamedTuple
from ..parser import ReadFile, Request, read_document, variables_of
from ..quantities import QUANTITIES
from .condition import parse_condition
from .evaluation import evaluated
from .join import JoinedTable
from .numpy_extra import has_numpy
from .plan import InvalidVariant, Plan
from .space import Space, SpacePoint
from .subject import AxisValues, Subject

if TYPE_CHECKING:
    from ..devices.device import Device, RuntimeName
    from ..engine.summary import Summary

FORMAT = 3
"""The version of all that decides which rows a job has."""


class Job(NamedTuple):
    """A sweep.

    - `data`, `name`: the text of the file, and what messages call it;
    - `request`: the variant and the settings of the whole sweep; `batch`: the size of the batch;
    - `axes`: the values of each axis, and `rows` the points of further ones, as in Space;
    - `sample`, `seed`: as in Space;
    - `quantities`: the names of the numbers of each row;
    - `conditions`: the rows that are kept; `per`: the axes by which variants are counted;
    - `device`, `runtime`: where the networks run, for quantities that depend on it;
    - `join`: further columns of the variants, from a table.
    """

    data: bytes
    name: str
    request: Request
    batch: int
    axes: tuple[tuple[str, AxisValues], ...]
    rows: tuple[Mapping[str, str], ...]
    sample: int | None
    seed: int
    quantities: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    per: tuple[str, ...] = ()
    device: Device | None = None
    runtime: RuntimeName | None = None
    join: JoinedTable | None = None

    @property
    def space(self) -> Space:
        return Space(dict(self.axes), [dict(row) for row in self.rows], self.sample, self.seed)

    @property
    def axis_names(self) -> tuple[str, ...]:
        return (*self.rows[0], *(name for name, _ in self.axes))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the values of a row: of the axes, and of what is joined to them."""
        return (*self.axis_names, *(self.join.columns if self.join else ()))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the values of each row, after its number."""
        return (*self.names, *self.quantities)

    @property
    def is_deployed(self) -> bool:
        """Whether some numbers are those on a device, which a network alone does not have."""
        return not all(QUANTITIES[name].path for name in self.quantities)

    @property
    def identity(self) -> str:
        """Twelve digits that differ for jobs with different rows."""
        request = [*self.request[:1], *map(sorted_items, self.request[1:3]), *self.request[3:6]]
        facts = [FORMAT, request, self.batch, self.space.canonical()]
        facts += [self.quantities, self.conditions, self.per]
        facts += [self.device, self.runtime, self.join and self.join.facts]
        text = json.dumps(facts, default=sorted)  # of the sets of a device
        digest = hashlib.blake2b(text.encode() + b"\0" + self.data, digest_size=6)
        return digest.hexdigest()


def sorted_items(mapping: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(mapping.items())


RowNumber = int | float | None
"""A number of a variant; None if it is not known, such as a time on a device without speeds."""


class Row(NamedTuple):
    """A variant: its number, the values of its axes and of joined columns, and its numbers."""

    number: int
    point: tuple[str, ...]
    numbers: tuple[RowNumber, ...]


class GroupNumbers(NamedTuple):
    """How many rows a group has, and the numbers of each quantity in them."""

    rows: int
    columns: tuple[array[float], ...]


class RowChunk(NamedTuple):
    """The rows of the variants from `first` to before `last`, and how many others there are.

    `reason` is that of the first invalid variant.  `groups` are the numbers of valid variants, kept
    or not, by their values of the axes in `per`.  `unmatched` is how many valid variants have no
    row in the table of a join.  A chunk that ended its workers is skipped: all of its variants
    count as invalid.  A RowFinish replaces rows by `lines`, their text, or by `numbers`, those of
    each group, or by a `search` that took them, or drops them; `finished` is how many.
    """

    first: int
    last: int
    rows: tuple[Row, ...]
    invalid: int
    excluded: int
    reason: str
    groups: Mapping[tuple[str, ...], int] = {}
    unmatched: int = 0
    is_skipped: bool = False
    finished: int = 0
    lines: bytes = b""
    numbers: Mapping[tuple[str, ...], GroupNumbers] = {}
    search: object = None

    @property
    def kept(self) -> int:
        """How many variants all conditions hold for."""
        return len(self.rows) + self.finished


class RowFinish(Protocol):
    """Makes of the rows of a chunk what is needed of them, in the process that calculated them."""

    def __call__(self, chunk: RowChunk, /) -> RowChunk: ...


LEAST_FOR_LANES = 64
"""Sweeps of fewer variants take less time than the import of numpy."""


class Sweeper:
    """Calculates the rows of a job: all variants of a chunk at once, where there is numpy."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.space = job.space
        file = read_document(job.data, job.name)
        self.plan = Plan(file)
        self.subject = subject_of(file, job.request)
        known = {*self.subject.variables, *job.columns}
        self.conditions = [parse_condition(text, known) for text in job.conditions]
        self.reads = [(name, reader(name)) for name in job.quantities]
        self.named = {
            column for condition in self.conditions for column in condition.columns.values()
        }
        self.needs_variables = not self.named <= set(job.columns)
        self.has_lanes = has_numpy() and len(self.space) >= LEAST_FOR_LANES and not job.is_deployed

    def chunk(self, first: int, last: int) -> RowChunk:
        """The rows from `first` to before `last`."""
        columns = self.space.columns(first, last)
        points = list(zip(*columns.values(), strict=True))
        valid, reasons = [], []
        for number, found in enumerate(self.numbers(columns, points), first):
            point = points[number - first]
            if isinstance(found, str):
                reasons.append((point, found))
            else:
                valid.append(Row(number, point, found))
        matched = self.matched(valid)
        rows = self.kept(matched)
        reason = "".join([f"{self.stated(point)}: {found}" for point, found in reasons[:1]])
        excluded, unmatched = len(matched) - len(rows), len(valid) - len(matched)
        groups = self.grouped(matched)
        return RowChunk(first, last, tuple(rows), len(reasons), excluded, reason, groups, unmatched)

    def stated(self, point: tuple[str, ...]) -> str:
        return stated(dict(zip(self.job.axis_names, point, strict=True)))

    def numbers_on_device(self, summary: Summary) -> Mapping[str, RowNumber]:
        """What a network needs on the device of the job.  Raises InvalidVariant."""
        from ..devices.arena import TooManyBuffers
        from ..devices.deploy import deploy
        from ..devices.tflm import UnsupportedOnDevice

        try:
            return deploy(summary, self.job.device, self.job.runtime).numbers
        except (UnsupportedOnDevice, TooManyBuffers) as error:
            raise InvalidVariant(str(error)) from None

    def matched(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows that have one in the table of the join, with its cells; all without a join."""
        join = self.job.join
        if join is None:
            return rows
        found = []
        for row in rows:
            cells = join.cells(self.key_values(row, join))
            if cells is not None:
                found.append(row._replace(point=(*row.point, *cells)))
        return found

    def key_values(self, row: Row, join: JoinedTable) -> Mapping[str, Datum]:
        """The values of a variant that keys may name: those of its axes, and of all variables."""
        values = dict(zip(self.job.axis_names, map(evaluated, row.point), strict=True))
        if set(join.keys) <= set(values):
            return values
        return {**self.variables(row), **values}

    def grouped(self, rows: Sequence[Row]) -> Mapping[tuple[str, ...], int]:
        """How many rows have the same values in the columns of `per`."""
        if not self.job.per:
            return {}
        places = [self.job.names.index(name) for name in self.job.per]
        return Counter([tuple([row.point[place] for place in places]) for row in rows])

    def numbers(
        self, columns: Mapping[str, Sequence[str]], points: Sequence[tuple[str, ...]]
    ) -> Iterator[tuple[RowNumber, ...] | str]:
        """The numbers of each variant, or the reason that it is invalid.

        Of variants that are invalid for one reason, the first one has it, and the others a text.
        """
        if not self.has_lanes:
            yield from map(self.alone, points)
            return
        from .lanes.calculation import LaneCalculator

        reads = [read for _, read in self.reads if read]
        calculator = LaneCalculator(self.plan, self.subject, reads, self.job.batch)
        firsts: dict[object, bool] = {}  # whether the first of variants with an error has it alone
        for point, found in zip(points, calculator.numbers(columns, len(points)), strict=True):
            if isinstance(found, tuple):
                yield found
            elif found is not None and firsts.get(found):
                yield "as others"
            else:
                one = self.alone(point)
                firsts.setdefault(found, isinstance(one, str))
                yield one

    def alone(self, point: tuple[str, ...]) -> tuple[RowNumber, ...] | str:
        """The numbers of a variant, or the reason that it is invalid."""
        try:
            request = self.subject.request_of(dict(zip(self.job.axis_names, point, strict=True)))
            summary = self.plan.summary(request, self.job.batch)
            on_device = self.numbers_on_device(summary) if self.job.is_deployed else {}
        except InvalidVariant as error:
            return str(error)
        numbers = [read(summary) if read else on_device.get(name) for name, read in self.reads]
        return tuple(numbers)

    def kept(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows for which all conditions hold."""
        if not self.conditions:
            return rows
        answers: Sequence[bool | None] = [None] * len(rows)
        if self.has_lanes and not self.needs_variables:
            from .lanes.calculation import answers_of

            answers = answers_of(self.conditions, self.named_columns(rows), len(rows))
        return [
            row
            for row, answer in zip(rows, answers, strict=True)
            if (self.is_kept(row) if answer is None else answer)
        ]

    def named_columns(self, rows: Sequence[Row]) -> Mapping[str, Sequence[Datum]]:
        """The values of the columns that conditions name."""
        found: dict[str, Sequence[Datum]] = {}
        for place, name in enumerate(self.job.columns):
            if name not in self.named:
                continue
            number = place - len(self.job.names)
            if number < 0:
                found[name] = [evaluated(row.point[place]) for row in rows]
            else:
                found[name] = [row.numbers[number] for row in rows]
        return found

    def is_kept(self, row: Row) -> bool:
        """Whether all conditions hold for a row."""
        values: dict[str, Datum] = dict(self.variables(row)) if self.needs_variables else {}
        values |= values_of(row, self.job.columns)
        return all(condition.holds(values) for condition in self.conditions)

    def variables(self, row: Row) -> Mapping[str, Datum]:
        """The values of the variables of the file for a variant."""
        point = dict(zip(self.job.axis_names, row.point, strict=False))
        return variables_of(self.plan.file, self.subject.request_of(point))


def reader(name: str) -> Callable[[Summary], int] | None:
    """What reads a quantity of a network; None if the network alone does not have it."""
    path = QUANTITIES[name].path
    return attrgetter(path) if path else None


def subject_of(file: ReadFile, request: Request) -> Subject:
    """What axes of a file can vary, with the settings of a request."""

    @cache
    def variables_in(variant: str) -> Mapping[str, Datum]:
        return variables_of(file, request._replace(variant=variant))

    return Subject(variables_of(file, request), file.variants, request, variables_in)


def values_of(row: Row, columns: Sequence[str]) -> Iterator[tuple[str, Datum]]:
    """The values of a row by column, those of axes evaluated."""
    texts = columns[: len(row.point)]
    for name, text in zip(texts, row.point, strict=True):
        yield name, evaluated(text)
    yield from zip(columns[len(row.point) :], row.numbers, strict=True)


def stated(point: SpacePoint) -> str:
    """A point as a message states it.

    >>> stated({"width": "0.5", "classes": "10"})
    'width=0.5, classes=10'
    """
    return ", ".join(f"{name}={text}" for name, text in point.items())
