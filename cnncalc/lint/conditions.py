"""The conditions of a document: each `when`, and what its value depends on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
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


class SwitchNames:
    """The names that depend on a switch in a block, or in the network.

    `common` are the variables that are switches; a name that the block defines hides one of them.
    """

    def __init__(self, common: Set[str], defined: Set[str]) -> None:
        self.common = common
        self.defined = defined
        self.own: set[str] = set()

    def among(self, names: Iterable[str]) -> bool:
        """Whether one of some names depends on a switch."""
        return any(name in self for name in names)

    def __contains__(self, name: str) -> bool:
        return name in self.own or (name in self.common and name not in self.defined)


Target = tuple[str | None, str]
"""A block, or None for every block that a variable may call, and one of its names."""


def switch_names(document: Document) -> dict[str, SwitchNames]:
    """The names that depend on a switch: per block, and under "" for the network.

    Calls hand switches on to the parameters of blocks: each name that becomes one is followed
    once.
    """
    changed = {name for variant in document.variants.values() for name in variant.vars}
    common = set(document.vars) - changed
    found = {"": SwitchNames(common, set())}
    with_param: dict[str, list[str]] = {}
    for name, block in document.blocks.items():
        found[name] = SwitchNames(common, {word for word, _ in definitions(block)})
        for param in block.params:
            with_param.setdefault(param, []).append(name)
    readers: dict[tuple[str, str], list[Target]] = {}
    waiting: list[Target] = []
    for reader, expression, target in handed_on(document):
        if found[reader].among(expression.names):
            waiting.append(target)
        for name in expression.names:
            readers.setdefault((reader, name), []).append(target)
    seen = set(waiting)
    while waiting:
        scope, name = waiting.pop()
        following: list[Target] = []
        if scope is None:
            following += [(block, name) for block in with_param.get(name, ())]
        elif name not in found[scope].own:
            found[scope].own.add(name)
            following += readers.get((scope, name), ())
        waiting += [target for target in following if target not in seen]
        seen.update(following)
    return found


def handed_on(document: Document) -> Iterator[tuple[str, Expression, Target]]:
    """Each expression whose value becomes a name, with its scope and that name."""
    for scope, step in block_calls(document):
        callee = None if step.type == "variable" else step.word
        for name, expression in step.arguments.items():
            if callee is None or name in document.blocks[callee].params:
                yield scope, expression, (callee, name)
    for scope, block in document.blocks.items():
        for name, defined in definitions(block):
            if defined is not None:
                yield scope, defined, (scope, name)


def block_calls(document: Document) -> Iterator[tuple[str, Step]]:
    """Every step that calls a block, with the name of the block that contains it."""
    bodies = {"": document.body, **{name: block.body for name, block in document.blocks.items()}}
    for caller, body in bodies.items():
        for step in all_steps(body):
            if step.type == "variable" or (step.type == "block" and step.word in document.blocks):
                yield caller, step


def conditions_in(
    body: Body, switches: SwitchNames, counters: dict[str, bool]
) -> Iterator[Condition]:
    """The conditions of a body; `counters` maps each counter to whether its values are literals."""
    for step in body.steps:
        own = counters
        if step.repeat is not None or step.bindings or step.across:
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


def condition(when: Expression, switches: SwitchNames, counters: dict[str, bool]) -> Condition:
    """One `when`, classified."""
    reads_input = bool(when.references or when.names & {"in_channels", "in_size"})
    is_switch = reads_input or switches.among(name for name in when.names if name not in counters)
    is_constant = not reads_input and all(counters.get(name, False) for name in when.names)
    return Condition(when, is_switch, is_constant)
