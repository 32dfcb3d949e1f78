"""The translation of groups, conditions, outputs, and of `from` alone."""

from __future__ import annotations

from collections.abc import Sequence

from ...document import Step
from ...named_tuple import NamedTuple
from ..errors import NotStated
from ..python.sites import Binding, Channels, Flows, Sites, ValueFlow, Variable
from ..python.step_builder import first
from ..python.texts import holds
from .builder import ClassBuilder
from .program import ForwardStep, GuardStep, ModuleStep, Part, TrainingStep, When, chain_parts


def group(builder: ClassBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """`layers`: modules in sequence are one module if the group has a name."""
    if step.body is None:
        raise NotStated("a group without steps")
    if step.body.scope is None:
        return builder.body(step.body, sites, flows)
    with builder.scope() as names, builder.inside() as steps:
        found = builder.body(step.body, sites, flows)
    add_as_module(builder, step, steps, sites, flows, found)
    builder.bind(step.name, Binding(found, dict(names)))
    return found


def add_as_module(
    builder: ClassBuilder,
    step: Step,
    steps: Sequence[ForwardStep],
    sites: Sites,
    before: Flows,
    after: Flows,
) -> None:
    """Add the steps of a group, as one module if they are modules in sequence."""
    parts = None
    if len(before) == 1 and len(after) == 1:
        parts = chain_parts(steps, before[0].variable, after[0].variable)
    if not parts or any(builder.export.is_read_inside(site.one_of(step)) for site in sites):
        builder.steps += steps
        return
    hint = step.name or "layers"
    after[0].variable.hint = hint
    inputs, outputs = (before[0].variable,), (after[0].variable,)
    is_named = step.name is not None
    builder.steps.append(ModuleStep(hint, parts, inputs, outputs, is_named=is_named))


def when(builder: ClassBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """A step with a condition that holds at some sites; its expression is code already."""
    assert step.when is not None
    test = step.when.text
    active = [site for site in sites if site.one_of(step).is_active]
    version = builder.carried_version
    with builder.inside() as steps:
        found = builder.active(step._replace(when=None), active, flows)
    if builder.carried_version != version:
        raise NotStated("channels that change in a condition")
    if len(flows) != 1 or len(found) != 1:
        raise NotStated("a condition on several values")
    before, after = flows[0], found[0]
    values = {site: before.at(site) for site in sites}
    values |= {site: after.at(site) for site in active}
    result = ValueFlow(Variable(after.variable.hint), values, None)
    parts = chain_parts(steps, before.variable, after.variable)
    if any(builder.export.is_read_inside(site.one_of(step)) for site in active):
        parts = None
    result.channels, extra = merged_channels(builder, before, after, result, sites, active)
    if parts:
        whole = (*extra.before, When(test, (*parts, *extra.inside)))
        hint = step.name or "layers"
        builder.steps.append(ModuleStep(hint, whole, (before.variable,), (result.variable,)))
    elif extra.inside or not steps or steps[-1].outputs != (after.variable,):
        raise NotStated("a value or channels that depend on a condition")
    else:
        attribute = test.strip() if test.isidentifier() else f"use_{step.name or step.word}"
        inputs, outputs = (before.variable,), (result.variable,)
        builder.steps.append(GuardStep(attribute, test, tuple(steps), inputs, outputs))
    return (result,)


class Statements(NamedTuple):
    """Statements before a condition, and inside of it."""

    before: tuple[Part, ...] = ()
    inside: tuple[Part, ...] = ()


def merged_channels(
    builder: ClassBuilder,
    before: ValueFlow,
    after: ValueFlow,
    result: ValueFlow,
    sites: Sites,
    active: Sites,
) -> tuple[Channels, Statements]:
    """The channels after a condition, and the statements that they need."""
    texts = [flow.channels.text for flow in (after, before) if flow.channels is not None]
    wanted = lambda site: result.shape(site).channels
    for text in texts:
        if holds(text, sites, wanted):
            return builder.channels_text(text), Statements()
    entering, leaving = builder.channels(before), builder.channels(after)
    start = [] if entering == builder.carried_name else [builder.carry(entering, sites)]
    end = builder.carry(leaving, active)
    return builder.channels_text(builder.carried_name), Statements(tuple(start), (end,))


def output(builder: ClassBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """`output`: steps to the side, to one more output of the network."""
    if not builder.is_network or step.body is None:
        raise NotStated("an output inside of a block")
    node = builder.export.network.nodes[sites[0].one_of(step).end - 1]
    with builder.scope() as names, builder.inside() as steps:
        found = builder.body(step.body, sites, flows)
    with builder.inside() as whole:
        add_as_module(builder, step, steps, sites, flows, found)
    leaving = first(found)
    leaving.variable.hint = step.name or "output"
    if node.training_only:
        outputs = (leaving.variable,)
        builder.steps.append(TrainingStep(tuple(whole), (first(flows).variable,), outputs))
    else:
        builder.steps += whole
    builder.output_flows.append(leaving)
    builder.bind(step.name, Binding(found, dict(names)))
    return flows


def from_alone(builder: ClassBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """`from` alone: the steps go on with other values."""
    builder.bind(step.name, Binding(flows))
    return flows
