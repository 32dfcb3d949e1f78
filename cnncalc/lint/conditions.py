"""The conditions of a document: each `when`, and what it depends on."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from . import usage as reads

if TYPE_CHECKING:
    from ..document import Body, Document, Step
    from ..expression.value import Expression


class Condition(NamedTuple):
    """A `when`.

    It is a switch where it depends on a variable that no variant changes (`--set` is there for it), or on what enters.
    It is fixed where it reads only counters and bindings whose values stand in the file.
    """

    expression: "Expression"
    is_switch: bool
    is_fixed: bool


def conditions(document: "Document") -> Iterator[Condition]:
    """Every `when` of a document."""
    switches = switches_of(document)
    for name, block in document.blocks.items():
        yield from in_body(block.body, switches[name], {})
    yield from in_body(document.body, switches[""], {})


def switches_of(document: "Document") -> dict[str, set[str]]:
    """The names that depend on a switch, in each block and (under "") in the network."""
    changed = {name for variant in document.variants.values() for name in variant.vars}
    switches = set(document.vars) - changed
    found = {
        name: switches - {word for word, _ in reads.definitions(block)}
        for name, block in document.blocks.items()
    }
    found[""] = switches
    calls = [("", step) for step in reads.all_steps(document.body)]
    calls += [
        (name, step)
        for name, block in document.blocks.items()
        for step in reads.all_steps(block.body)
    ]
    calls = [(caller, step) for caller, step in calls if step.what in ("block", "variable")]
    before = -1
    while before != (before := sum(map(len, found.values()))):
        for caller, step in calls:
            for name, block in document.blocks.items():
                if step.what == "variable" or step.word == name:
                    found[name] |= handed_on(step, found[caller]) & set(block.params)
        for name, block in document.blocks.items():
            for word, expression in reads.definitions(block):
                if expression is not None and expression.names & found[name]:
                    found[name].add(word)
    return found


def handed_on(step: "Step", switches: set[str]) -> set[str]:
    """The parameters to which a call gives something that depends on a switch."""
    return {name for name, expression in step.arguments.items() if expression.names & switches}


def in_body(body: "Body", switches: set[str], counters: dict[str, bool]) -> Iterator[Condition]:
    """`counters` says of each counter whether its values are written in the file."""
    for step in body.steps:
        own = dict(counters)
        if step.repeat is not None:
            own["i"] = not step.repeat.names
        for name, expression in (*(step.bindings or ()), *(step.across or ())):
            own[name] = not expression.names
        if step.when is not None:
            names = step.when.names
            enters = bool(step.when.references or names & {"in_channels", "in_size"})
            fixed = not enters and all(own.get(name, False) for name in names)
            yield Condition(step.when, enters or bool(names & (switches - set(own))), fixed)
        for inner in (step.body, *(operand.body for operand in step.operands)):
            if inner:
                yield from in_body(inner, switches, own)
