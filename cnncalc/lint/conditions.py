"""The conditions of a document: each `when`, and what its value depends on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..named_tuple import NamedTuple
from .usage import all_steps, definitions

if TYPE_CHECKING:
    from ..document import Body, Document, Step
    from ..expression.expression import Expression
    from .context import LintContext


class Condition(NamedTuple):
    """A `when`.

    It is a switch if it depends on the input, or on a variable that no variant changes: such a
    variable is meant for `--set`.  It is constant if it reads only counters and bindings whose
    values are literals in the file.
    """

    expression: Expression
    is_switch: bool
    is_constant: bool


def constant_conditions(context: LintContext, value: bool) -> Iterator[Condition]:
    """The conditions that had this value in every iteration of every variant.

    None if some variant could not be built: it may have the other value there.
    """
    if not context.is_complete:
        return
    for found in conditions(context.document):
        if context.when_values.get(found.expression.span) == {value}:
            yield found


def conditions(document: Document) -> Iterator[Condition]:
    """Every `when` of a document."""
    switches = switch_names(document)
    for name, block in document.blocks.items():
        yield from conditions_in(block.body, switches[name], {})
    yield from conditions_in(document.body, switches[""], {})


def switch_names(document: Document) -> dict[str, set[str]]:
    """The names that depend on a switch: per block, and under "" for the network.

    Calls hand switches on to the parameters of blocks, so this iterates until nothing is added.
    """
    changed = {name for variant in document.variants.values() for name in variant.vars}
    switches = set(document.vars) - changed
    found = {
        name: switches - {word for word, _ in definitions(block)}
        for name, block in document.blocks.items()
    }
    found[""] = switches
    calls = list(block_calls(document))
    before = -1
    while before != (before := sum(map(len, found.values()))):
        propagate(document, calls, found)
    return found


def block_calls(document: Document) -> Iterator[tuple[str, Step]]:
    """Every step that calls a block, with the name of the block that contains it."""
    bodies = {"": document.body, **{name: block.body for name, block in document.blocks.items()}}
    for caller, body in bodies.items():
        for step in all_steps(body):
            if step.type in ("block", "variable"):
                yield caller, step


def propagate(
    document: Document, calls: list[tuple[str, Step]], found: dict[str, set[str]]
) -> None:
    """Add the names that become switches through one call or one definition."""
    for caller, step in calls:
        given = switched_arguments(step, found[caller])
        for name, block in document.blocks.items():
            if step.type == "variable" or step.word == name:
                found[name] |= given & set(block.params)
    for name, block in document.blocks.items():
        for word, expression in definitions(block):
            if expression is not None and expression.names & found[name]:
                found[name].add(word)


def switched_arguments(step: Step, switches: set[str]) -> set[str]:
    """The parameters to which a call gives a value that depends on a switch."""
    return {name for name, expression in step.arguments.items() if expression.names & switches}


def conditions_in(body: Body, switches: set[str], counters: dict[str, bool]) -> Iterator[Condition]:
    """The conditions of a body; `counters` maps each counter to whether its values are literals."""
    for step in body.steps:
        own = dict(counters)
        if step.repeat is not None:
            own["i"] = not step.repeat.names
        for name, expression in (*(step.bindings or ()), *(step.across or ())):
            own[name] = not expression.names
        if step.when is not None:
            yield condition(step.when, switches, own)
        for inner in (step.body, *(operand.body for operand in step.operands)):
            if inner:
                yield from conditions_in(inner, switches, own)


def condition(when: Expression, switches: set[str], counters: dict[str, bool]) -> Condition:
    """One `when`, classified."""
    reads_input = bool(when.references or when.names & {"in_channels", "in_size"})
    is_switch = reads_input or bool(when.names & (switches - set(counters)))
    is_constant = not reads_input and all(counters.get(name, False) for name in when.names)
    return Condition(when, is_switch, is_constant)
