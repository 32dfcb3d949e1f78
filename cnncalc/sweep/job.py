"""A sweep as a value that any process can take a part of: the text of the file, the space, and what
is asked of each variant."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter

from ..datum import Datum
from ..expression.expression import Unknown
from ..expression.grammar import compile_text
from ..named_tuple import NamedTuple
from ..parser import ReadFile, Request, read_document, variables_of
from ..problem import Refusal
from ..quantities import QUANTITIES
from .condition import VariantValues, parse_condition
from .plan import InvalidVariant, Plan
from .space import Space, SpacePoint
from .subject import AxisValues, Subject

FORMAT = 1
"""The version of all that decides which rows a job has."""


class Job(NamedTuple):
    """A sweep.

    - `data`, `name`: the text of the file, and what messages call it;
    - `request`: the variant and the settings of the whole sweep; `batch`: the size of the batch;
    - `axes`: the values of each axis, and `rows` the points of further ones, as in Space;
    - `sample`, `seed`: as in Space;
    - `quantities`: the names of the numbers of each row;
    - `conditions`: the rows that are kept; `per`: the axes by which variants are counted.
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

    @property
    def space(self) -> Space:
        return Space(dict(self.axes), [dict(row) for row in self.rows], self.sample, self.seed)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the axes, in the order of the values of a row."""
        return (*self.rows[0], *(name for name, _ in self.axes))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the values of each row, after its number."""
        return (*self.names, *self.quantities)

    @property
    def identity(self) -> str:
        """Twelve digits that differ for jobs with different rows."""
        request = [*self.request[:1], *map(sorted_items, self.request[1:3]), *self.request[3:]]
        facts = [FORMAT, request, self.batch, self.space.canonical()]
        text = json.dumps([*facts, self.quantities, self.conditions, self.per])
        digest = hashlib.blake2b(text.encode() + b"\0" + self.data, digest_size=6)
        return digest.hexdigest()


def sorted_items(mapping: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(mapping.items())


class Row(NamedTuple):
    """A variant: its number, the values of its axes, and its numbers."""

    number: int
    point: tuple[str, ...]
    numbers: tuple[int, ...]


class RowChunk(NamedTuple):
    """The rows of the variants from `first` to before `last`, and how many others there are.

    `reason` is that of the first invalid variant.  `groups` are the numbers of valid variants, kept
    or not, by their values of the axes in `per`.
    """

    first: int
    last: int
    rows: tuple[Row, ...]
    invalid: int
    excluded: int
    reason: str
    groups: Mapping[tuple[str, ...], int] = {}


class Sweeper:
    """Calculates the rows of a job."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.space = job.space
        file = read_document(job.data, job.name)
        self.plan = Plan(file)
        self.subject = subject_of(file, job.request)
        known = {*self.subject.variables, *job.columns}
        self.conditions = [parse_condition(text, known) for text in job.conditions]
        self.reads = [attrgetter(QUANTITIES[name].path) for name in job.quantities]
        self.needs_variables = not {
            name for condition in self.conditions for name in condition.names
        } <= set(job.columns)

    def chunk(self, first: int, last: int) -> RowChunk:
        """The rows from `first` to before `last`."""
        rows, reasons = [], []
        groups: Counter[tuple[str, ...]] = Counter()
        for number in range(first, last):
            point = self.space.point(number)
            try:
                row = self.row(number, point)
            except InvalidVariant as error:
                reasons.append(f"{stated(point)}: {error}")
                continue
            if self.job.per:
                groups[tuple([point[name] for name in self.job.per])] += 1
            if self.is_kept(row, point):
                rows.append(row)
        excluded = last - first - len(rows) - len(reasons)
        reason = reasons[0] if reasons else ""
        return RowChunk(first, last, tuple(rows), len(reasons), excluded, reason, groups)

    def row(self, number: int, point: SpacePoint) -> Row:
        """The numbers of a variant.  Raises InvalidVariant."""
        summary = self.plan.summary(self.subject.request_of(point), self.job.batch)
        return Row(number, tuple(point.values()), tuple([read(summary) for read in self.reads]))

    def is_kept(self, row: Row, point: SpacePoint) -> bool:
        """Whether all conditions hold for a row."""
        if not self.conditions:
            return True
        values: dict[str, Datum] = {}
        if self.needs_variables:
            values |= variables_of(self.plan.file, self.subject.request_of(point))
        values |= values_of(row, self.job.columns)
        return all(condition.holds(values) for condition in self.conditions)


def subject_of(file: ReadFile, request: Request) -> Subject:
    """What axes of a file can vary, with the settings of a request."""
    return Subject(variables_of(file, request), file.variants, request)


def values_of(row: Row, columns: Sequence[str]) -> Iterator[tuple[str, Datum]]:
    """The values of a row by column, those of axes evaluated."""
    texts = columns[: len(row.point)]
    for name, text in zip(texts, row.point, strict=True):
        yield name, evaluated(text)
    yield from zip(columns[len(row.point) :], row.numbers, strict=True)


@lru_cache(maxsize=4096)
def evaluated(text: str) -> Datum:
    """The value of a text as a file would state it; the text itself if it is not one."""
    try:
        return compile_text(text).run(VariantValues({}))
    except (Refusal, Unknown):
        return text


def stated(point: SpacePoint) -> str:
    """A point as a message states it.

    >>> stated({"width": "0.5", "classes": "10"})
    'width=0.5, classes=10'
    """
    return ", ".join(f"{name}={text}" for name, text in point.items())
