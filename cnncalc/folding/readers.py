"""Which steps are referred to from outside of some others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property

from .drafts import DraftRef, DraftStep, all_steps


class StepReaders:
    """The references to each step, found when they are first needed.

    They hold until one of the steps is changed.
    """

    def __init__(self, steps: Iterable[DraftStep], outputs: Iterable[DraftRef] = ()) -> None:
        self.steps = steps
        self.outputs = outputs

    @cached_property
    def references(self) -> dict[int, list[tuple[int | None, DraftRef]]]:
        """By the identity of the step that it is to: that of the step that has it, and itself.

        The outputs of a block are in none.
        """
        found: dict[int, list[tuple[int | None, DraftRef]]] = {}
        for ref in self.outputs:
            found.setdefault(id(ref.target), []).append((None, ref))
        for step in all_steps(self.steps):
            for ref in step.references:
                found.setdefault(id(ref.target), []).append((id(step), ref))
        return found

    def from_outside(self, inside: Collection[int]) -> Iterator[DraftRef]:
        """The references to some steps, by their identities, that others have."""
        for target in inside:
            for reader, ref in self.references.get(target, ()):
                if reader not in inside:
                    yield ref

    def is_read(self, steps: Sequence[DraftStep]) -> bool:
        """True if one of these steps, or what is in them, is referred to from elsewhere."""
        inner = list(all_steps(steps))
        if not any(step.is_read for step in inner):
            return False
        return any(True for _ in self.from_outside({id(step) for step in inner}))

    def is_read_inside(self, step: DraftStep) -> bool:
        """True if a step in this one, and not itself, is referred to from elsewhere."""
        inner = list(all_steps([step]))
        if not any(step.is_read for step in inner):
            return False
        refs = self.from_outside({id(step) for step in inner})
        return any(ref.target is not step for ref in refs)
