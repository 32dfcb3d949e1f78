"""Which names the steps of a document read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..document import Block, Body, Document, Expectations, Facts, Step
    from ..expression.value import Expression, Reference


def all_steps(body: Body) -> Iterator[Step]:
    """Every step of a body, and those inside it, in file order."""
    for step in body.steps:
        yield step
        for operand in step.operands:
            if operand.body:
                yield from all_steps(operand.body)
        if step.body:
            yield from all_steps(step.body)


def bodies(document: Document) -> Iterator[Body]:
    yield from (block.body for block in document.blocks.values())
    yield document.body


def of_reference(reference: Reference) -> set[str]:
    """The names in the computed parts of a reference."""
    return {
        name for part in reference.parts if not isinstance(part, str | int) for name in part.names
    }


def references_of(block: Block) -> set[str]:
    """The names of values that a block refers to."""
    found = {reference.name for reference, _ in block.outputs or ()}
    expressions = [expression for _, expression in definitions(block)]
    for step in all_steps(block.body):
        found |= {reference.name for reference, _ in step.sources or ()}
        found |= {operand.reference.name for operand in step.operands if operand.reference}
        expressions += [
            step.when,
            step.repeat,
            step.trainable,
            *step.value,
            *step.arguments.values(),
        ]
        expressions += [
            expression for _, expression in (*(step.bindings or ()), *(step.across or ()))
        ]
        expressions += [operand.expression for operand in step.operands]
    return found | {
        reference.name
        for expression in expressions
        if expression
        for reference in expression.references
    }


def of_all(expressions: Iterable[Expression | None]) -> set[str]:
    return {
        name for expression in expressions if expression is not None for name in expression.names
    }


def of_step(step: Step) -> set[str]:
    """The names that a step reads, and those inside it, but not those that it binds."""
    across = dict(step.across or ())
    inner = of_all(
        [step.when, step.trainable, *step.value, *step.arguments.values(), *across.values()]
    )
    within: set[str] = set()
    for operand in step.operands:
        within |= of_reference(operand.reference) if operand.reference else set()
        within |= of_all([operand.expression]) | (of_body(operand.body) if operand.body else set())
    inner |= within - set(across)
    inner |= of_body(step.body) if step.body else set()
    inner |= {step.word} if step.what == "variable" else set()
    inner -= {name for name, _ in step.bindings or ()}
    inner |= of_all([step.repeat]) | of_all(dict(step.bindings or ()).values())
    return inner | {name for reference, _ in step.sources or () for name in of_reference(reference)}


def of_body(body: Body) -> set[str]:
    return {name for step in body.steps for name in of_step(step)}


def inside(block: Block) -> set[str]:
    """The names that the steps and outputs of a block read."""
    outputs = {name for reference, _ in block.outputs or () for name in of_reference(reference)}
    return of_body(block.body) | outputs


def definitions(block: Block) -> list[tuple[str, Expression | None]]:
    """The parameters and `let`s of a block, each of which may read those before it."""
    return [*block.params.items(), *block.lets]


def of_block(block: Block) -> set[str]:
    """The names that a block reads and does not define."""
    seen: set[str] = set()
    free: set[str] = set()
    for name, expression in definitions(block):
        free |= of_all([expression]) - seen
        seen.add(name)
    return free | (inside(block) - seen)


def of_document(document: Document) -> set[str]:
    """The names that a document reads outside of its blocks, and its blocks do not define: variables, blocks and words."""
    read = of_body(document.body) | {
        name for block in document.blocks.values() for name in of_block(block)
    }
    read |= of_facts(document.facts) | of_all(document.vars.values())
    for variant in document.variants.values():
        read |= of_all(variant.vars.values()) | of_facts(variant.facts)
    return read


def of_facts(facts: Facts) -> set[str]:
    shapes = [expression for _, expression in facts.input.shapes] if facts.input else []
    return of_all(shapes) | of_expect(facts.expect)


def of_expect(expect: Expectations) -> set[str]:
    return of_all(expression for _, expression, _ in expect.shapes)
