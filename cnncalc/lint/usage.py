"""The names that each part of a document reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..document import Block, Body, Document, Metadata, Step
    from ..expression.expression import Expression, Reference


def all_steps(body: Body) -> Iterator[Step]:
    """Every step of a body, nested ones included, in file order."""
    for step in body.steps:
        yield step
        for operand in step.operands:
            if operand.body:
                yield from all_steps(operand.body)
        if step.body:
            yield from all_steps(step.body)


def bodies(document: Document) -> Iterator[Body]:
    """The bodies of all blocks and of the network."""
    yield from (block.body for block in document.blocks.values())
    yield document.body


def definitions(block: Block) -> list[tuple[str, Expression | None]]:
    """The parameters and `let`s of a block; each may read those before it."""
    return [*block.params.items(), *block.lets]


def unread_definitions(block: Block) -> list[str]:
    """The parameters and `let`s that neither a later one nor the body of their block reads."""
    unread = []
    read = names_in_block(block)
    for name, expression in reversed(definitions(block)):
        if name not in read:
            unread.append(name)
        read |= names_in_expressions([expression])
    return unread[::-1]


# Values that are referred to


def references_in_block(block: Block) -> set[str]:
    """The names of values that a block refers to."""
    found = {reference.name for reference, _ in block.outputs or ()}
    expressions = [expression for _, expression in definitions(block)]
    for step in all_steps(block.body):
        found |= {reference.name for reference, _ in step.sources or ()}
        found |= {operand.reference.name for operand in step.operands if operand.reference}
        expressions += step_expressions(step)
    for expression in expressions:
        if expression is not None:
            found |= {reference.name for reference in expression.references}
    return found


def step_expressions(step: Step) -> list[Expression | None]:
    """The expressions of a step itself, without those of nested steps."""
    bindings = (*(step.bindings or ()), *(step.across or ()))
    return [
        step.when,
        step.repeat,
        step.trainable,
        step.dtype,
        *step.value,
        *step.arguments.values(),
        *(expression for _, expression in bindings),
        *(operand.expression for operand in step.operands),
    ]


# Names that are read


def names_in_reference(reference: Reference) -> set[str]:
    """The names in the computed parts of a reference."""
    computed = [part for part in reference.parts if not isinstance(part, str | int)]
    return {name for part in computed for name in part.names}


def names_in_expressions(expressions: Iterable[Expression | None]) -> set[str]:
    """The names that expressions read; a missing one (None) reads none."""
    present = [expression for expression in expressions if expression is not None]
    return {name for expression in present for name in expression.names}


def names_in_step(step: Step) -> set[str]:
    """The names that a step and its nested steps read, without those that the step binds."""
    across = dict(step.across or ())
    bindings = dict(step.bindings or ())
    own = [step.when, step.trainable, step.dtype]
    inner = names_in_expressions([*own, *step.value, *step.arguments.values(), *across.values()])
    inner |= names_in_operands(step) - set(across)
    inner |= names_in_body(step.body) if step.body else set()
    inner |= {step.word} if step.type == "variable" else set()
    inner -= set(bindings)
    inner |= names_in_expressions([step.repeat, *bindings.values()])
    for reference, _ in step.sources or ():
        inner |= names_in_reference(reference)
    return inner


def names_in_operands(step: Step) -> set[str]:
    """The names that the operands of a step read."""
    found: set[str] = set()
    for operand in step.operands:
        if operand.reference:
            found |= names_in_reference(operand.reference)
        if operand.body:
            found |= names_in_body(operand.body)
        found |= names_in_expressions([operand.expression])
    return found


def names_in_body(body: Body) -> set[str]:
    """The names that the steps of a body read."""
    return {name for step in body.steps for name in names_in_step(step)}


def names_in_block(block: Block) -> set[str]:
    """The names that the steps and outputs of a block read."""
    found = names_in_body(block.body)
    for reference, _ in block.outputs or ():
        found |= names_in_reference(reference)
    return found


def free_names(block: Block) -> set[str]:
    """The names that a block reads and does not define."""
    defined: set[str] = set()
    free: set[str] = set()
    for name, expression in definitions(block):
        free |= names_in_expressions([expression]) - defined
        defined.add(name)
    return free | (names_in_block(block) - defined)


def names_in_document(document: Document) -> set[str]:
    """The variables and blocks that a document reads, with the free names of its blocks."""
    read = names_in_body(document.body)
    for block in document.blocks.values():
        read |= free_names(block)
    read |= names_in_metadata(document.metadata)
    read |= names_in_expressions([document.dtype, *document.vars.values()])
    for variant in document.variants.values():
        read |= names_in_expressions(variant.vars.values()) | names_in_metadata(variant.metadata)
    return read


def names_in_metadata(metadata: Metadata) -> set[str]:
    """The names that the input shapes and the expected shapes read."""
    shapes = [expression for _, expression in metadata.input.shapes] if metadata.input else []
    expected = [expression for _, expression, _ in metadata.expect.shapes]
    return names_in_expressions([*shapes, *expected])
