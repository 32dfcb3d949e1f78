"""The translation of joins and their operands."""

from __future__ import annotations

from collections.abc import Sequence

from ...document import Operand, Step
from ...network import Node
from ..errors import NotStated
from .builder import ClassBuilder
from .program import ExpressionStep, ForwardStep, ModuleStep, Part, Variable, When, chain_parts
from .sites import Binding, Flows, Site, Sites, ValueFlow

NAMES = {"add": "residual", "mul": "gate"}
"""The names of the only branch of a join."""


def join(builder: ClassBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """A join: its branches, references and numbers, then an expression of these."""
    if step.across is not None:
        raise NotStated("`across`")
    nodes = {site: builder.export.node(site.one_of(step)) for site in sites}
    hints = branch_names(step)
    operands: list[ValueFlow] = []
    with builder.scope() as names:
        for operand, hint in zip(step.operands, hints, strict=True):
            operands += translated(builder, operand, hint, step, sites, flows)
    for name, binding in names.items():
        builder.bind(name, binding)
    result = joined(builder, step, nodes, operands, sites)
    builder.bind(step.name, Binding((result,)))
    return (result,)


def joined(
    builder: ClassBuilder,
    step: Step,
    nodes: dict[Site, Node],
    operands: Sequence[ValueFlow],
    sites: Sites,
) -> ValueFlow:
    """The value of a join.  Raises NotStated unless it reads these values at every site."""
    for site in sites:
        if tuple(flow.at(site) for flow in operands) != nodes[site].inputs:
            raise NotStated(f"the operands of {step.word}")
    forms = [builder.export.form(nodes[site]) for site in sites]
    if any(form != forms[0] for form in forms):
        raise NotStated(f"{step.word} has several forms")
    values = {site: site.one_of(step).outputs[0] for site in sites}
    result = ValueFlow(Variable(step.name or step.word), values, None)
    inputs = tuple(flow.variable for flow in operands)
    outputs = (result.variable,)
    if forms[0].modules:
        from .layer_steps import LayerPlace, add_modules

        place = LayerPlace(builder, step, nodes, tuple(operands), sites)
        add_modules(place, forms[0], outputs, step.name or step.word, "")
    else:
        text = with_batches(forms[0].expression, step, operands)
        builder.steps.append(ExpressionStep(text, inputs, outputs, is_join=True))
    result.channels = builder.channels_from(channel_texts(builder, step, operands), result, sites)
    return result


def with_batches(text: str, step: Step, operands: Sequence[ValueFlow]) -> str:
    """The expression of a join; a value of all samples is repeated for each of them."""
    shared = [flow.variable.is_shared for flow in operands]
    if step.word != "concat" or not any(shared) or all(shared):
        return text
    batched = shared.index(False)
    for index, flow in enumerate(operands):
        if flow.variable.is_shared:
            rank = len(next(iter(flow.values.values())).shape)
            sizes = ", ".join(["-1"] * rank)
            text = text.replace(f"{{{index}}}", f"{{{index}}}.expand(len({{{batched}}}), {sizes})")
    return text


def channel_texts(builder: ClassBuilder, step: Step, operands: Sequence[ValueFlow]) -> list[str]:
    """Expressions that may be the channels of a join."""
    try:
        texts = [builder.channels(flow) for flow in operands]
    except NotStated:
        return []
    if step.word == "concat":
        return [" + ".join(texts)] if all(" if " not in text for text in texts) else []
    return texts


def branch_names(step: Step) -> list[str]:
    """The names of the branches of a join, which the file may not give."""
    bodies = [
        index
        for index, operand in enumerate(step.operands)
        if operand.body is not None and operand.body.steps
    ]
    found = [operand.name or f"branch{index + 1}" for index, operand in enumerate(step.operands)]
    unnamed = [index for index in bodies if step.operands[index].name is None]
    if len(unnamed) == 1 == len(bodies):
        found[unnamed[0]] = NAMES.get(step.word, "branch")
    elif step.word == "add" and len(unnamed) == 2 == len(step.operands):
        short, long = sorted(unnamed, key=lambda index: length(step.operands[index]))
        if length(step.operands[short]) == 1:
            found[short], found[long] = "shortcut", "residual"
    return found


def length(operand: Operand) -> int:
    return len(operand.body.steps) if operand.body is not None else 0


def translated(
    builder: ClassBuilder, operand: Operand, hint: str, step: Step, sites: Sites, flows: Flows
) -> Flows:
    """The values of an operand; none of a number."""
    if is_branch(operand, sites):
        return branch(builder, operand, hint, step, sites, flows)
    if operand.reference is not None:
        try:
            return builder.resolve(operand.reference, sites)
        except NotStated:
            if operand.expression is None:
                raise
    return ()


def is_branch(operand: Operand, sites: Sites) -> bool:
    """Whether an operand is steps, and not a reference or a number."""
    if operand.body is None:
        return False
    if not operand.body.steps:
        return True
    return any(site.all_of(operand.body.steps[0]) for site in sites)


def branch(
    builder: ClassBuilder, operand: Operand, hint: str, step: Step, sites: Sites, flows: Flows
) -> Flows:
    """The steps of an operand: one module, if they are modules in sequence."""
    assert operand.body is not None
    if operand.lone:
        active = [site.one_of(operand.body.steps[0]).is_active for site in sites]
        if not all(active):
            if any(active):
                raise NotStated("an operand that is there only sometimes")
            return ()
    with builder.scope() as names, builder.inside() as steps:
        found = builder.body(operand.body, sites, flows)
    if len(found) != 1 or len(flows) != 1:
        builder.steps += steps
    else:
        add_branch(builder, steps, flows[0], found[0], hint, sites, operand)
    builder.bind(operand.name, Binding(found, dict(names)))
    if operand.name is None:
        for name, binding in names.items():
            builder.bind(name, binding)
    return found


def add_branch(
    builder: ClassBuilder,
    steps: Sequence[ForwardStep],
    before: ValueFlow,
    after: ValueFlow,
    hint: str,
    sites: Sites,
    operand: Operand,
) -> None:
    """Add the steps of a branch."""
    parts = chain_parts(steps, before.variable, after.variable)
    is_read = (
        any(
            builder.export.is_read_inside(one)
            for site in sites
            for step in operand.body.steps
            for one in site.all_of(step)
        )
        if operand.body is not None
        else False
    )
    if after.variable is not before.variable:
        after.variable.hint = hint
    if not parts or is_read or is_single_named(steps):
        builder.steps += steps
        return
    parts = as_one_condition(parts)
    inputs, outputs = (before.variable,), (after.variable,)
    builder.steps.append(ModuleStep(hint, parts, inputs, outputs, is_named=False))


def is_single_named(steps: Sequence[ForwardStep]) -> bool:
    return len(steps) == 1 and isinstance(steps[0], ModuleStep) and steps[0].is_named


def as_one_condition(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Neighboring modules under one condition as one part."""
    found: list[Part] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, When) and isinstance(last, When) and part.test == last.test:
            found[-1] = When(part.test, (*last.parts, *part.parts))
        else:
            found.append(part)
    return tuple(found)
