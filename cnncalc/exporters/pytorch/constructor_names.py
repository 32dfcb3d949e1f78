"""The names that the constructor of a class reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from ..errors import NotStated
from ..python.evaluation import FUNCTIONS
from ..python.expressions import names_in, renamed
from .program import (
    ClassPlan,
    ForwardStep,
    GuardStep,
    Let,
    LoopStep,
    Make,
    MapStep,
    ModuleStep,
    Part,
    Repeat,
    TrainingStep,
    When,
    is_complete,
    texts_of,
)

ASSIGNMENT = r"(\w+ \+?= )(.*)"


def names_in_statement(text: str) -> frozenset[str]:
    """The names that an expression or an assignment reads.

    >>> sorted(names_in_statement("x == y")), sorted(names_in_statement("x += y"))
    (['x', 'y'], ['y'])
    """
    found = re.fullmatch(ASSIGNMENT, text)
    return names_in(text if found is None else found[2])


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
            case ModuleStep() | LoopStep() | MapStep():
                yield from texts_of(step.parts)
            case GuardStep():
                yield step.test
                yield from all_texts(step.steps)
            case TrainingStep():
                yield from all_texts(step.steps)


# Names that are made


def names_made(steps: Sequence[ForwardStep]) -> Iterator[str]:
    """The variables of loops, and those of the statements around them."""
    for step in steps:
        match step:
            case ModuleStep() | LoopStep() | MapStep():
                yield from names_made_by(step.parts)
            case GuardStep() | TrainingStep():
                yield from names_made(step.steps)


def names_made_by(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        match part:
            case When(_, inner):
                yield from names_made_by(inner)
            case Let(text):
                yield text.partition(" ")[0]
            case Repeat():
                yield from part.target.split(", ")
                yield from (text.partition(" ")[0] for text in (*part.before, *part.after))
                yield from names_made_by(part.parts)


KNOWN = {"self", "nn", "torch", "math", "F", *(name.partition(".")[0] for name in FUNCTIONS)}


def undefined_names(plan: ClassPlan, classes: Collection[str]) -> set[str]:
    """The names that the constructor of a class reads, but nothing gives: a part is not stated."""
    given = {one.name for one in plan.parameters} | set(names_made(plan.steps))
    lets = [let.strip() for let in plan.lets if not let.startswith("if ")]
    given |= {let.partition(" = ")[0] for let in lets}
    return names_read(plan.steps, lets) - given - KNOWN - set(classes)


# Other names


def with_names(steps: Sequence[ForwardStep], names: Mapping[str, str]) -> list[ForwardStep]:
    """Steps whose constructors read other names."""
    found: list[ForwardStep] = []
    for step in steps:
        match step:
            case ModuleStep() | LoopStep() | MapStep():
                found.append(step._replace(parts=parts_with_names(step.parts, names)))
            case GuardStep():
                inner = tuple(with_names(step.steps, names))
                found.append(step._replace(test=renamed(step.test, names), steps=inner))
            case TrainingStep():
                found.append(step._replace(steps=tuple(with_names(step.steps, names))))
            case _:
                found.append(step)
    return found


def parts_with_names(parts: Sequence[Part], names: Mapping[str, str]) -> tuple[Part, ...]:
    return changed_parts(parts, lambda text: renamed(text, names))


def changed_parts(parts: Sequence[Part], change: Callable[[str], str]) -> tuple[Part, ...]:
    """Parts in which all expressions are changed."""
    found: list[Part] = []
    for part in parts:
        match part:
            case Make(text):
                found.append(Make(change(text)))
            case Let(text):
                found.append(Let(changed_statement(text, change)))
            case When(test, inner):
                found.append(When(change(test), changed_parts(inner, change)))
            case Repeat():
                before = tuple(changed_statement(text, change) for text in part.before)
                after = tuple(changed_statement(text, change) for text in part.after)
                inner = changed_parts(part.parts, change)
                source = change(part.source)
                found.append(part._replace(source=source, parts=inner, before=before, after=after))
    return tuple(found)


def changed_statement(text: str, change: Callable[[str], str]) -> str:
    """An assignment whose value is changed."""
    found = re.fullmatch(ASSIGNMENT, text)
    assert found is not None
    return f"{found[1]}{change(found[2])}"


def with_tests(
    steps: Sequence[ForwardStep], lets: Sequence[str]
) -> tuple[list[ForwardStep], list[str]]:
    """Steps and assignments; a value that only one test reads is that test itself."""
    found, left = list(steps), list(lets)
    for let in lets:
        name, _, value = let.partition(" = ")
        others = [one for one in left if one != let]
        is_read = name in names_read([one for one in steps if not is_test(one, name)], others)
        tests = [index for index, one in enumerate(found) if is_test(one, name)]
        if len(tests) == 1 and not is_read and not let.startswith((" ", "if ")):
            guard = found[tests[0]]
            assert isinstance(guard, GuardStep)
            found[tests[0]] = guard._replace(test=value)
            left.remove(let)
    return found, left


def is_test(step: ForwardStep, name: str) -> bool:
    """Whether a step is taken if a value with this name holds, which nothing inside it reads."""
    return (
        isinstance(step, GuardStep) and step.test == name and name not in names_read(step.steps, [])
    )


def check_plan(plan: ClassPlan, classes: Collection[str]) -> None:
    """Raise NotStated if a class reads a value or a name that is not known there."""
    if not is_complete(plan):
        raise NotStated("a value that is not known there")
    names = undefined_names(plan, classes)
    if names:
        raise NotStated(f"{min(names)} is not known there")
