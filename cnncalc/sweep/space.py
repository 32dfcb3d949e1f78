"""The space of a sweep: its axes, and the variant that each number stands for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from math import prod

from .axis_values import Interval, parse_values
from .errors import InvalidSweep
from .permutation import permuted

SpacePoint = dict[str, str]
"""The value of each axis, as a file would state it."""


class Space:
    """The product of axes, or a sample of it.

    - `axes`: the values of each axis, by name; the last axis varies fastest;
    - `rows`: points of further axes, which vary slowest;
    - `sample`: how many variants to draw, None for all of them; `seed`: which of the samples.

    Variant n is a pure function of all this and of n, so that any part of a sweep can be calculated
    anywhere, and again.
    """

    def __init__(
        self,
        axes: Mapping[str, tuple[str, ...] | Interval],
        rows: Sequence[SpacePoint] = ({},),
        sample: int | None = None,
        seed: int = 0,
    ) -> None:
        self.axes = axes
        self.rows = rows
        self.sample = sample
        self.seed = seed
        intervals = [name for name, values in axes.items() if isinstance(values, Interval)]
        if intervals and sample is None:
            name = intervals[0]
            raise InvalidSweep(f"{name} has no step: write {name}=LOW..HIGH:STEP, or --sample N")
        self.is_continuous = bool(intervals)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the axes, in the order of a point."""
        return (*self.rows[0], *self.axes)

    @cached_property
    def grid_size(self) -> int:
        """The number of points of the product of all axes but intervals."""
        sizes = [len(values) for values in self.axes.values() if not isinstance(values, Interval)]
        return len(self.rows) * prod(sizes)

    def __len__(self) -> int:
        """The number of variants; of a sample without intervals, at most that of the grid."""
        if self.sample is None:
            return self.grid_size
        return self.sample if self.is_continuous else min(self.sample, self.grid_size)

    def point(self, number: int) -> SpacePoint:
        """The values of a variant, which are counted from 0."""
        if self.sample is None:
            return self.grid_point(number)
        if not self.is_continuous:
            return self.grid_point(permuted(number, self.grid_size, self.seed))
        fractions = {name: self.fraction(number, name) for name in self.axes}
        found = dict(self.rows[int(self.fraction(number, "") * len(self.rows))])
        for name, values in self.axes.items():
            if isinstance(values, Interval):
                found[name] = values.at(fractions[name])
            else:
                found[name] = values[int(fractions[name] * len(values))]
        return found

    def columns(self, first: int, last: int) -> dict[str, list[str]]:
        """The values of each axis for the variants from `first` to before `last`, as in `point`."""
        numbers: Sequence[int] = range(first, last)
        if self.is_continuous:
            points = [self.point(number) for number in numbers]
            return {name: [point[name] for point in points] for name in self.names}
        if self.sample is not None:
            numbers = [permuted(number, self.grid_size, self.seed) for number in numbers]
        return self.grid_columns(numbers)

    def grid_columns(self, numbers: Sequence[int]) -> dict[str, list[str]]:
        """The values of each axis for some points of the product of all axes."""
        found: dict[str, list[str]] = {}
        period = 1
        for name, values in reversed(list(self.axes.items())):
            assert not isinstance(values, Interval)
            size = len(values)
            found[name] = [values[number // period % size] for number in numbers]
            period *= size
        for name in self.rows[0]:
            found[name] = [self.rows[number // period][name] for number in numbers]
        return {name: found[name] for name in self.names}

    def grid_point(self, number: int) -> SpacePoint:
        """A point of the product of all axes, the last varying fastest."""
        own: SpacePoint = {}
        for name, values in reversed(list(self.axes.items())):
            assert not isinstance(values, Interval)
            number, index = divmod(number, len(values))
            own[name] = values[index]
        return {**self.rows[number], **dict(reversed(list(own.items())))}

    def fraction(self, number: int, axis: str) -> float:
        """A number from 0 to 1 that looks random, for an axis of a variant."""
        text = f"{self.seed}/{number}/{axis}"
        digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
        return (int.from_bytes(digest, "big") >> 11) / (1 << 53)

    def canonical(self) -> str:
        """The space as text: equal for equal spaces."""
        axes = {name: list(values) for name, values in self.axes.items()}
        facts = [axes, list(self.rows), self.sample, self.seed if self.sample else 0]
        return json.dumps(facts, ensure_ascii=False)


def parse_axes(stated: Sequence[str]) -> dict[str, tuple[str, ...] | Interval]:
    """The axes of several `VAR=VALUES`.  Raises InvalidSweep."""
    axes: dict[str, tuple[str, ...] | Interval] = {}
    for text in stated:
        name, equals, values = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise InvalidSweep(f"`{text}` is not VAR=VALUES, as in width=0.5,1,2")
        if name in axes:
            raise InvalidSweep(f"{name} is given twice: join its values with commas")
        try:
            axes[name] = parse_values(values)
        except InvalidSweep as error:
            raise InvalidSweep(f"{name}: {error}") from None
    return axes
