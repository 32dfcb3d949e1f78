"""Which variants a fit examines: all of a small space, else a sample and what is near the best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, combinations, islice, product

from .axis_values import Interval
from .job import Job
from .search import LimitSearch
from .space import SpacePoint

MAX_EXAMINED = 10_000_000
"""The variants of the largest space that is examined as a whole."""
SAMPLE = 20_000
"""The variants that are drawn of a larger one."""
STEPS = 8
"""The steps in which an interval is searched."""
REFINEMENTS = 8
"""How often the steps are halved around the best variants."""
MAX_REFINED = 10_000
"""The variants of a refinement in all combinations of the intervals' values."""
MAX_PAIRED_AXES = 12
"""The axes of which two are changed at a time."""
MAX_NEIGHBORS = 500_000
"""The neighbors that are examined at most."""

AxisTexts = Mapping[str, tuple[str, ...]]


class Examination:
    """The rounds of a fit, each a job whose rows the search has taken when the next one is made.

    A space of at most MAX_EXAMINED variants is examined as a whole; an interval counts as its
    STEPS.  Of a larger one, or with `sample`, a sample is, and then the neighbors of the best
    variants, until no neighbor is better.  Intervals are examined around the best variants in
    smaller and smaller steps.
    """

    def __init__(
        self, job: Job, search: LimitSearch, sample: int | None = None, seed: int = 0
    ) -> None:
        self.job = job
        self.search = search
        self.values = {name: values_of(values) for name, values in job.axes}
        self.first = job._replace(axes=tuple(self.values.items()))
        self.total = len(self.first.space)
        self.intervals = {name: values for name, values in job.axes if isinstance(values, Interval)}
        self.sample = sample or (SAMPLE if self.total > MAX_EXAMINED else None)
        self.is_whole = self.sample is None or self.sample >= self.total
        self.seed = seed
        self.tried: set[tuple[str, ...]] = set()

    @property
    def is_proven(self) -> bool:
        """Whether there are no other variants."""
        return self.is_whole and not self.intervals

    def rounds(self) -> Iterator[Job]:
        """The parts of the space to examine."""
        if self.is_whole:
            yield self.first
        else:
            sampled = self.first._replace(sample=self.sample, seed=self.seed)
            space = sampled.space
            self.tried.update(tuple(space.point(number).values()) for number in range(len(space)))
            yield sampled
            yield from self.climb(0)
        for times in range(1, REFINEMENTS + 1) if self.intervals else ():
            if (STEPS + 1) ** len(self.intervals) <= MAX_REFINED:
                yield from self.examine(self.around_best(times))
            else:
                yield from self.climb(times)

    def climb(self, times: int) -> Iterator[Job]:
        """The neighbors of the best variants, and theirs, until no neighbor is better."""
        leaders: set[tuple[str, ...]] = set()
        while len(self.tried) < MAX_NEIGHBORS + (self.sample or 0):
            found = {row.point[: len(self.values)] for row in self.search.leaders}
            if found <= leaders:
                return
            points = (self.neighbors(point, times) for point in sorted(found - leaders))
            yield from self.examine(chain.from_iterable(points))
            leaders |= found

    def examine(self, points: Iterable[tuple[str, ...]]) -> Iterator[Job]:
        """A job of those points that are not examined yet, if there are any."""
        new = [point for point in dict.fromkeys(points) if not self.is_examined(point)]
        self.tried.update(new)
        if new:
            rows = tuple([dict(zip(self.values, point, strict=True)) for point in new])
            yield self.job._replace(axes=(), rows=rows)

    def is_examined(self, point: tuple[str, ...]) -> bool:
        if point in self.tried:
            return True
        pairs = zip(point, self.values.values(), strict=True)
        return self.is_whole and all(value in values for value, values in pairs)

    def around_best(self, times: int) -> Iterator[tuple[str, ...]]:
        """The points around the best one, in all combinations of the intervals' values."""
        for row in islice(self.search.leaders, 1):
            best = dict(zip(self.values, row.point, strict=False))  # and joined values
            yield from product(*self.refined(best, times).values())

    def refined(self, best: SpacePoint, times: int) -> AxisTexts:
        """The values to try near a point: intervals are halved `times`, the others are kept."""
        return {
            name: around(self.intervals[name], float(text), times)
            if name in self.intervals
            else (text,)
            for name, text in best.items()
        }

    def neighbors(self, point: tuple[str, ...], times: int) -> Iterator[tuple[str, ...]]:
        """The points that differ in one value by a step, or in two."""
        moves = [
            (place, text)
            for place, name in enumerate(self.values)
            for text in self.adjacent_values(name, point[place], times)
        ]
        pairs = combinations(moves, 2) if len(point) <= MAX_PAIRED_AXES else ()
        for changes in chain(zip(moves), pairs):
            moved = list(point)
            for place, text in changes:
                moved[place] = text
            yield tuple(moved)

    def adjacent_values(self, name: str, text: str, times: int) -> Iterator[str]:
        """The values next to one: of an interval, at the distance of a step that is halved."""
        if name in self.intervals:
            interval = self.intervals[name]
            step = (interval.high - interval.low) / STEPS / 2**times
            for number in (float(text) - step, float(text) + step):
                yield f"{min(max(number, interval.low), interval.high):.6g}"
            return
        values = self.values[name]
        place = values.index(text)
        yield from values[max(0, place - 1) : place]
        yield from values[place + 1 : place + 2]


def values_of(values: tuple[str, ...] | Interval) -> tuple[str, ...]:
    """The values to try first, each once: those of an interval from end to end."""
    return steps_of(values) if isinstance(values, Interval) else tuple(dict.fromkeys(values))


def around(interval: Interval, middle: float, times: int) -> tuple[str, ...]:
    """Values of the part of an interval around a number.

    >>> around(Interval(0.0, 16.0), 15.0, times=2)
    ('13', '13.375', '13.75', '14.125', '14.5', '14.875', '15.25', '15.625', '16')
    """
    half = (interval.high - interval.low) / 2 ** (times + 1)
    low, high = max(interval.low, middle - half), min(interval.high, middle + half)
    return steps_of(Interval(low, high))


def steps_of(interval: Interval) -> tuple[str, ...]:
    """Values of an interval at equal distances, with both ends."""
    return tuple([interval.at(step / STEPS) for step in range(STEPS + 1)])
