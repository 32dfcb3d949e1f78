"""The translation of groups, conditions, outputs, and of `from` alone."""

from __future__ import annotations

from ...document import Step
from ..errors import NotStated
from ..python.sites import Binding, Flows, Sites
from ..python.step_builder import first
from .builder import FunctionBuilder


def group(builder: FunctionBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """`layers`: the steps one after the other."""
    if step.body is None:
        raise NotStated("a group without steps")
    if step.body.scope is None:
        return builder.body(step.body, sites, flows)
    with builder.scope() as names:
        found = builder.body(step.body, sites, flows)
    builder.bind(step.name, Binding(found, dict(names)))
    return found


def when(builder: FunctionBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """A step with a condition that holds at some sites; its expression is code already."""
    assert step.when is not None
    active = [site for site in sites if site.one_of(step).is_active]
    before = first(flows)
    if len(flows) != 1:
        raise NotStated("a condition on several values")
    values = {site: before.at(site) for site in sites}
    result = builder.value(step.name or "y", values)
    code = builder.code(result)
    builder.add(f"{code} = {builder.code(before)}")
    builder.add(f"if {step.when.text}:")
    with builder.inside():
        found = builder.active(step._replace(when=None), active, flows)
        if len(found) != 1:
            raise NotStated("a condition on several values")
        builder.add(f"{code} = {builder.code(found[0])}")
    after = {**values, **{site: found[0].at(site) for site in active}}
    merged = builder.element(code, after)
    builder.bind(step.name, Binding((merged,)))
    return (merged,)


def output(builder: FunctionBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """`output`: steps to the side, to one more output; those of training only are omitted."""
    if not builder.is_network or step.body is None:
        raise NotStated("an output inside of a block")
    node = builder.export.network.nodes[sites[0].one_of(step).end - 1]
    if node.training_only:
        return flows
    with builder.scope() as names, builder.on_chain(step.name or "output"):
        found = builder.body(step.body, sites, flows)
    builder.output_flows.append(first(found))
    builder.bind(step.name, Binding(found, dict(names)))
    return flows


def from_alone(builder: FunctionBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """`from` alone: the steps go on with other values."""
    builder.bind(step.name, Binding(flows))
    return flows
