"""A sweep as a value that any process can take a part of: the text of the file, the space, and what
is asked of each variant."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from ..devices.device import Device, RuntimeName
    from ..engine.summary import Summary

FORMAT = 2
"""The version of all that decides which rows a job has."""


class Job(NamedTuple):
    """A sweep.

    - `data`, `name`: the text of the file, and what messages call it;
    - `request`: the variant and the settings of the whole sweep; `batch`: the size of the batch;
    - `axes`: the values of each axis, and `rows` the points of further ones, as in Space;
    - `sample`, `seed`: as in Space;
    - `quantities`: the names of the numbers of each row;
    - `conditions`: the rows that are kept; `per`: the axes by which variants are counted;
    - `device`, `runtime`: where the networks run, for quantities that depend on it.
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
    def is_deployed(self) -> bool:
        """Whether some numbers are those on a device, which a network alone does not have."""
        return not all(QUANTITIES[name].path for name in self.quantities)

    @property
    def identity(self) -> str:
        """Twelve digits that differ for jobs with different rows."""
        request = [*self.request[:1], *map(sorted_items, self.request[1:3]), *self.request[3:]]
        facts = [FORMAT, request, self.batch, self.space.canonical()]
        facts += [self.quantities, self.conditions, self.per]
        facts += [self.device, self.runtime]
        text = json.dumps(facts, default=sorted)  # of the sets of a device
        digest = hashlib.blake2b(text.encode() + b"\0" + self.data, digest_size=6)
        return digest.hexdigest()


def sorted_items(mapping: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(mapping.items())


RowNumber = int | float | None
"""A number of a variant; None if it is not known, such as a time on a device without speeds."""


class Row(NamedTuple):
    """A variant: its number, the values of its axes, and its numbers."""

    number: int
    point: tuple[str, ...]
    numbers: tuple[RowNumber, ...]


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
        self.reads = [(name, reader(name)) for name in job.quantities]
        self.needs_variables = not {
            column for condition in self.conditions for column in condition.columns.values()
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
        on_device = self.numbers_on_device(summary) if self.job.is_deployed else {}
        numbers = [read(summary) if read else on_device.get(name) for name, read in self.reads]
        return Row(number, tuple(point.values()), tuple(numbers))

    def numbers_on_device(self, summary: Summary) -> Mapping[str, RowNumber]:
        """What a network needs on the device of the job.  Raises InvalidVariant."""
        from ..devices.arena import TooManyBuffers
        from ..devices.deploy import deploy
        from ..devices.tflm import UnsupportedOnDevice

        try:
            return deploy(summary, self.job.device, self.job.runtime).numbers
        except (UnsupportedOnDevice, TooManyBuffers) as error:
            raise InvalidVariant(str(error)) from None

    def is_kept(self, row: Row, point: SpacePoint) -> bool:
        """Whether all conditions hold for a row."""
        if not self.conditions:
            return True
        values: dict[str, Datum] = {}
        if self.needs_variables:
            values |= variables_of(self.plan.file, self.subject.request_of(point))
        values |= values_of(row, self.job.columns)
        return all(condition.holds(values) for condition in self.conditions)


def reader(name: str) -> Callable[[Summary], int] | None:
    """What reads a quantity of a network; None if the network alone does not have it."""
    path = QUANTITIES[name].path
    return attrgetter(path) if path else None


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
