"""Variables of a file that decide which steps there are: their values are written as they are.

Code that takes another path has other modules, which the network that is exported does not have.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping

from ...datum import Datum
from ...document import Block, Body, Document, Step
from ...expression.expression import Expression, Reference
from ...problem import Span


def fixed_variables(
    document: Document, variables: Mapping[str, Datum], skipped: Container[Span]
) -> frozenset[str]:
    """The variables that hold a word, and the plain ones that conditions read.

    These are the conditions of variables alone, and those of the `skipped` steps, which are never
    active: with other values, the steps might be.  Steps are given by their positions.
    """
    found = {name for name, value in variables.items() if isinstance(value, str)}
    for block, step in all_steps(document):
        if step.when is None:
            continue
        if is_decided(step.when, block, variables) or step.span in skipped:
            found |= Origins(document, variables).of(step.when.names, block)
    plain = int | float | str | None
    return frozenset(name for name in found if isinstance(variables[name], plain))


class Origins:
    """The variables of the file that names depend on, also through the parameters of blocks."""

    def __init__(self, document: Document, variables: Mapping[str, Datum]) -> None:
        self.steps = list(all_steps(document))
        self.variables = variables
        self.seen: set[tuple[str, str]] = set()

    def of(self, names: Iterable[str], block: Block | None) -> set[str]:
        """The variables that names in a block, or outside of all, depend on."""
        found: set[str] = set()
        for name in expanded(frozenset(names), block):
            if block is not None and name in block.params:
                found |= self.of_parameter(name, block)
            elif name in self.variables:
                found.add(name)
        return found

    def of_parameter(self, name: str, block: Block) -> set[str]:
        """The variables in the arguments of all calls; those of a variable may be any block's."""
        if (block.name, name) in self.seen:
            return set()
        self.seen.add((block.name, name))
        default = block.params[name]
        found = set() if default is None else self.of(default.names - {name}, block)
        for around, step in self.steps:
            if step.type == "variable" or step.word == block.name:
                given = [step.arguments[name]] if name in step.arguments else step.value
                for expression in given:
                    found |= self.of(expression.names, around)
        return found


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


def all_steps(document: Document) -> Iterator[tuple[Block | None, Step]]:
    """All steps of a file, each with the block that it is in."""
    for step in steps_of(document.body):
        yield None, step
    for block in document.blocks.values():
        for step in steps_of(block.body):
            yield block, step


def references_of(step: Step) -> Iterator[Reference]:
    """The references that a step states as its inputs or operands."""
    yield from (reference for reference, _ in step.sources or ())
    yield from (one.reference for one in step.operands if one.reference is not None)


def steps_of(body: Body) -> Iterator[Step]:
    """The steps of a body, with those inside of them."""
    for step in body.steps:
        yield step
        if step.body is not None:
            yield from steps_of(step.body)
        for operand in step.operands:
            if operand.body is not None:
                yield from steps_of(operand.body)
