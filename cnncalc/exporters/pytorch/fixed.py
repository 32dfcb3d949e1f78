"""Variables of a file that decide which steps there are: their values are written as they are.

Code that takes another path has other modules, which the network that is exported does not have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...datum import Datum
from ...document import Block, Body, Document, Step
from ...expression.expression import Expression


def fixed_variables(document: Document, variables: Mapping[str, Datum]) -> frozenset[str]:
    """The variables that hold a word, and the plain ones that conditions read."""
    found = {name for name, value in variables.items() if isinstance(value, str)}
    for block, step in all_steps(document):
        if step.when is not None and is_decided(step.when, block, variables):
            found |= reads(step.when.names, block, variables)
    plain = int | float | str | None
    return frozenset(name for name in found if isinstance(variables[name], plain))


def is_decided(condition: Expression, block: Block | None, variables: Mapping[str, Datum]) -> bool:
    """Whether a condition depends on nothing but variables of the file."""
    if condition.references:
        return False
    names = expanded(condition.names, block)
    own = set() if block is None else set(block.params)
    return (
        not names & own
        and not names & {"in_channels", "in_size"}
        and names <= known(names, variables)
    )


def known(names: frozenset[str], variables: Mapping[str, Datum]) -> set[str]:
    """The names that are variables of the file or words."""
    from ...layers import LAYERS

    return {name for name in names if name in variables or name in LAYERS}


def expanded(names: frozenset[str], block: Block | None) -> frozenset[str]:
    """Names with those that the values of `let` read instead of the names of these."""
    lets = {} if block is None else dict(block.lets)
    found: set[str] = set()
    left = list(names)
    seen: set[str] = set()
    while left:
        name = left.pop()
        if name in lets and name not in seen:
            seen.add(name)
            left += lets[name].names
        elif name not in lets:
            found.add(name)
    return frozenset(found)


def reads(
    names: frozenset[str], block: Block | None, variables: Mapping[str, Datum]
) -> frozenset[str]:
    """The variables of the file that names depend on."""
    return frozenset(name for name in expanded(names, block) if name in variables)


def all_steps(document: Document) -> Iterator[tuple[Block | None, Step]]:
    """All steps of a file, each with the block that it is in."""
    for step in steps_of(document.body):
        yield None, step
    for block in document.blocks.values():
        for step in steps_of(block.body):
            yield block, step


def steps_of(body: Body) -> Iterator[Step]:
    """The steps of a body, with those inside of them."""
    for step in body.steps:
        yield step
        if step.body is not None:
            yield from steps_of(step.body)
        for operand in step.operands:
            if operand.body is not None:
                yield from steps_of(operand.body)
