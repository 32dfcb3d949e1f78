"""Which steps are referred to from outside of some others."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain

from .drafts import DraftRef, DraftStep, all_steps

OUTPUT = -1
"""The number of what has the outputs of a block."""


class StepReaders:
    """The references to each step, found when they are first needed.

    They hold until one of the steps is changed.
    """

    def __init__(self, steps: Sequence[DraftStep], outputs: Iterable[DraftRef] = ()) -> None:
        self.steps = steps
        self.outputs = outputs

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The steps by their identity, numbered so that those in a step follow it at once."""
        return {id(step): number for number, step in enumerate(all_steps(self.steps))}

    @cached_property
    def sizes(self) -> dict[int, int]:
        """The number of steps in each, itself included, by its identity."""
        found: dict[int, int] = {}
        for step in reversed(list(all_steps(self.steps))):
            inner = chain(*step.branches, step.body or ())
            found[id(step)] = 1 + sum([found[id(part)] for part in inner])
        return found

    @cached_property
    def references(self) -> dict[int, list[tuple[int, DraftRef]]]:
        """By the number of the step that it is to: that of the step that has it, and itself."""
        found: dict[int, list[tuple[int, DraftRef]]] = {}
        for reader, ref in self.all_references():
            target = self.numbers.get(id(ref.target))
            if target is not None:
                found.setdefault(target, []).append((reader, ref))
        return found

    def all_references(self) -> Iterator[tuple[int, DraftRef]]:
        """The number of what has each reference, in order, and the reference."""
        for ref in self.outputs:
            yield OUTPUT, ref
        for number, step in enumerate(all_steps(self.steps)):
            for ref in step.references:
                yield number, ref

    @cached_property
    def targets(self) -> list[int]:
        """The numbers of the steps that are referred to, in order."""
        return sorted(self.references)

    @cached_property
    def first_readers(self) -> RangeMaximum:
        """Of each target the first reader, negative."""
        return RangeMaximum([-self.references[target][0][0] for target in self.targets])

    @cached_property
    def last_readers(self) -> RangeMaximum:
        return RangeMaximum([self.references[target][-1][0] for target in self.targets])

    def span(self, steps: Sequence[DraftStep]) -> range:
        """The numbers of steps that follow each other, and of those in them."""
        first, last = id(steps[0]), id(steps[-1])
        return range(self.numbers[first], self.numbers[last] + self.sizes[last])

    def targets_in(self, span: range) -> range:
        """The places in `targets` of those in a span."""
        return range(bisect_left(self.targets, span.start), bisect_left(self.targets, span.stop))

    def from_outside(self, steps: Sequence[DraftStep]) -> Iterator[DraftRef]:
        """The references that others have to steps that follow each other, or to those in them."""
        inside = self.span(steps)
        for place in self.targets_in(inside):
            for reader, ref in self.references[self.targets[place]]:
                if reader not in inside:
                    yield ref

    def is_read(self, steps: Sequence[DraftStep]) -> bool:
        """True if one of these steps, or what is in them, is referred to from elsewhere."""
        if not any(step.is_read for step in all_steps(steps)):
            return False
        inside = self.span(steps)
        return self.has_readers(inside, inside)

    def is_read_inside(self, step: DraftStep) -> bool:
        """True if a step in this one, and not itself, is referred to from elsewhere."""
        if not any(inner.is_read for inner in all_steps([step])):
            return False
        inside = self.span([step])
        return self.has_readers(inside[1:], inside)

    def has_readers(self, targets: range, inside: range) -> bool:
        """True if one of these targets is referred to from elsewhere than inside of some steps."""
        places = self.targets_in(targets)
        if not places:
            return False
        is_before = -self.first_readers.of(places) < inside.start
        return is_before or self.last_readers.of(places) >= inside.stop


class RangeMaximum:
    """The largest of any values that follow each other, in a time that does not depend on them.

    `levels` have the largest of 1, 2, 4, ... values from each on.
    """

    def __init__(self, values: list[int]) -> None:
        self.levels = [values]
        while len(values) > (width := 1 << len(self.levels) - 1):
            values = list(map(max, values, values[width:]))
            self.levels.append(values)

    def of(self, places: range) -> int:
        """The largest value at some places, which are not empty."""
        level = len(places).bit_length() - 1
        values = self.levels[level]
        return max(values[places.start], values[places.stop - (1 << level)])
