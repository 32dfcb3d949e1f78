"""The translation of joins: their branches, and a layer of these."""

from __future__ import annotations

from ...document import Operand, Step
from ...network import Node
from ..errors import NotStated
from ..python.argument_texts import LayerPlace
from ..python.evaluation import value_of
from ..python.loop_headers import across_entries, across_header
from ..python.operands import branch_names, is_branch, is_sometimes, referenced_values
from ..python.sites import Binding, Flows, Site, Sites, ValueFlow
from .builder import FunctionBuilder
from .layer_steps import add_calls, form_at
from .loop_steps import LoopHead
from .window_padding import WindowPadding


def join(builder: FunctionBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """A join: its branches, references and numbers, then a layer or an expression of these."""
    nodes = {site: builder.export.node(site.one_of(step)) for site in sites}
    if step.across is not None:
        operands = list(across(builder, step, sites, flows))
    else:
        operands = translated_operands(builder, step, sites, flows)
    check_operands(nodes, operands, step)
    place = LayerPlace(builder, step, nodes, tuple(operands), sites)
    forms = {site: form_at(builder, site, step, "") for site in sites}
    result = add_calls(builder, place, forms, WindowPadding())
    builder.bind(step.name, Binding(result))
    return result


def check_operands(nodes: dict[Site, Node], operands: list[ValueFlow], step: Step) -> None:
    """Raise NotStated unless a join reads these values at every site."""
    for site, node in nodes.items():
        if tuple(value for flow in operands for value in flow.all_at(site)) != node.inputs:
            raise NotStated(f"the operands of {step.word}")


def translated_operands(
    builder: FunctionBuilder, step: Step, sites: Sites, flows: Flows
) -> list[ValueFlow]:
    """The values of all operands; if some are there only sometimes, in a list."""
    pairs = list(zip(step.operands, branch_names(step), strict=True))
    found: list[ValueFlow] = []
    outside: dict[str, Binding] = {}
    with builder.scope() as names:
        for index, (operand, hint) in enumerate(pairs):
            if is_sometimes(operand, sites):
                found = [collected(builder, found, pairs[index:], sites, flows)]
                break
            found += operand_flows(builder, operand, hint, sites, flows)
        outside.update(names)
    for name, binding in outside.items():
        builder.bind(name, binding)
    return found


def operand_flows(
    builder: FunctionBuilder, operand: Operand, hint: str, sites: Sites, flows: Flows
) -> Flows:
    """The values of an operand; none of a number."""
    if is_branch(operand, sites):
        return branch(builder, operand, hint, sites, flows)
    return referenced_values(builder, operand, sites)


def branch(
    builder: FunctionBuilder, operand: Operand, hint: str, sites: Sites, flows: Flows
) -> Flows:
    """The steps of an operand, whose values follow each other under a name of their own."""
    assert operand.body is not None
    if operand.lone and not any(site.one_of(operand.body.steps[0]).is_active for site in sites):
        return ()
    with builder.scope() as names, builder.on_chain(hint):
        found = builder.body(operand.body, sites, flows)
    builder.bind(operand.name, Binding(found, dict(names)))
    if operand.name is None:
        for name, binding in names.items():
            builder.bind(name, binding)
    return found


def collected(
    builder: FunctionBuilder,
    operands: list[ValueFlow],
    pairs: list[tuple[Operand, str]],
    sites: Sites,
    flows: Flows,
) -> ValueFlow:
    """A list of the operands, to which those are added that are there only sometimes."""
    entries = {site: [value for flow in operands for value in flow.all_at(site)] for site in sites}
    code = builder.new_list("branches", ", ".join(map(builder.operand, operands)))
    for operand, hint in pairs:
        if not is_sometimes(operand, sites):
            found = operand_flows(builder, operand, hint, sites, flows)
            active = sites
            add_to_list(builder, code, found)
        else:
            active, test, step = condition_of(builder, operand, sites, flows)
            builder.add(f"if {test}:")
            with builder.inside(), builder.on_chain(hint):
                found = builder.active(step._replace(when=None), active, flows)
                add_to_list(builder, code, found)
        for site in active:
            entries[site] += [flow.at(site) for flow in found]
    return builder.listed(code, {site: tuple(values) for site, values in entries.items()})


def add_to_list(builder: FunctionBuilder, code: str, flows: Flows) -> None:
    for flow in flows:
        builder.add(f"{code}.append({builder.code(flow)})")


def condition_of(
    builder: FunctionBuilder, operand: Operand, sites: Sites, flows: Flows
) -> tuple[list[Site], str, Step]:
    """The sites at which an operand of one step is there, the test for that, and the step."""
    assert operand.body is not None
    [step] = operand.body.steps
    if step.when is None or step.repeat is not None or step.bindings is not None:
        raise NotStated("an operand that is there only sometimes")
    test = builder.text(step.when, flows, sites)
    active = [site for site in sites if site.one_of(step).is_active]
    for site in sites:
        if bool(value_of(test, site.names)) != (site in active):
            raise NotStated(f"the condition {step.when.text}")
    return active, test, step


# All operands for each entry of a list


def across(builder: FunctionBuilder, step: Step, sites: Sites, flows: Flows) -> list[ValueFlow]:
    """The operands once for each binding: a list that a loop makes."""
    head = LoopHead(builder, across_header(builder, step, sites, flows))
    bindings = head.enter_across(step, sites)
    code = builder.new_list("branches", "")
    builder.add(head.text)
    with head.iteration(), builder.inside(), builder.scope():
        found = [
            flow
            for operand, hint in zip(step.operands, branch_names(step), strict=True)
            for flow in operand_flows(builder, operand, hint, head.inside, flows)
        ]
        add_to_list(builder, code, tuple(found))
    entries = across_entries(bindings, tuple(found))
    return [builder.listed(code, entries)]
