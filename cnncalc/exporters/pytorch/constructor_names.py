"""The names that the constructor of a class reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..python.expressions import names_in
from .program import ForwardStep, GuardStep, LoopStep, ModuleStep, TrainingStep, texts_of


def names_in_statement(text: str) -> frozenset[str]:
    """The names that an expression or an assignment reads."""
    _, mark, value = text.partition("= ")
    is_assignment = bool(mark) and text.partition(" ")[0].isidentifier()
    return names_in(value if is_assignment else text)


def names_read(steps: Sequence[ForwardStep], texts: Sequence[str]) -> set[str]:
    """All names that the constructor reads."""
    found: set[str] = set()
    for text in [*all_texts(steps), *texts]:
        bare = text.strip().removeprefix("if ").removesuffix(":")
        if bare:
            found |= names_in_statement(bare)
    return found


def all_texts(steps: Sequence[ForwardStep]) -> Iterator[str]:
    for step in steps:
        match step:
            case ModuleStep() | LoopStep():
                yield from texts_of(step.parts)
            case GuardStep():
                yield step.test
                yield from all_texts(step.steps)
            case TrainingStep():
                yield from all_texts(step.steps)
