"""The translation of blocks to functions, and of their calls."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from ...document import Block, Step
from ...parser.expansion.trace import TracedStep
from ...parser.signature import signature_of
from ..errors import NotStated
from ..python.block_parameters import (
    CodeParameter,
    block_parameters,
    check_outputs,
    kept_parameters,
    let_statements,
    local_names,
    parameter_name,
    passed_parameters,
    passed_variables,
)
from ..python.docstrings import block_docstring
from ..python.identifiers import VARIABLES, identifier
from ..python.sites import Binding, Flows, Site, Sites, ValueFlow
from .builder import FunctionBuilder, KerasTranslator
from .export_state import BlockFunction, FunctionPlan, KerasExport


def function_of(
    export: KerasExport, name: str, translate: Mapping[str, KerasTranslator]
) -> BlockFunction:
    """The function of a block, made when it is first called.  Raises NotStated."""
    known = export.functions.get(name)
    if known is None:
        export.functions[name] = NotStated(f"{name} calls itself")
        try:
            known = make_function(export, export.document.blocks[name], translate)
            export.plans.append(known.plan)
        except NotStated as reason:
            export.reasons[name] = str(reason)
            known = reason
        export.functions[name] = known
    if isinstance(known, NotStated):
        raise NotStated(f"{name}: {known}")
    return known


def make_function(
    export: KerasExport, definition: Block, translate: Mapping[str, KerasTranslator]
) -> BlockFunction:
    """The function of a block.  Raises NotStated if one function cannot be all of its calls."""
    occurrences = export.calls[definition.name]
    if any(export.is_read_inside(one) for one in occurrences):
        raise NotStated("values inside of a block that are read outside")
    local = local_names(definition, export.variables)
    builder = FunctionBuilder(export, translate, local)
    sites = [site_of(export, one) for one in occurrences]
    builder.paths |= {site: one.path for site, one in zip(sites, occurrences, strict=True)}
    flows = entering_flows(builder, definition, occurrences, sites)
    builder.start = flows[:1]
    for name, flow in zip(("input", *input_names(definition)), flows[:1] + flows, strict=False):
        builder.bind(name, Binding((flow,)))
    found = builder.body(definition.body, sites, flows[:1])
    if definition.outputs is not None:
        found = tuple(
            flow
            for reference, _ in definition.outputs
            for flow in builder.resolve(reference, sites)
        )
    check_outputs(occurrences, sites, found)
    return finished(export, builder, definition, sites, flows, found, occurrences)


def input_names(definition: Block) -> tuple[str, ...]:
    """The names of the inputs, with that of a list of all others."""
    return (*definition.inputs, *([definition.rest] if definition.rest else []))


def site_of(export: KerasExport, occurrence: TracedStep) -> Site:
    """The names of a block at one call."""
    if not occurrence.inputs:
        raise NotStated("a block without an input")
    rank = len(occurrence.inputs[0].shape.spatial)
    names = export.block_words()
    names |= {
        identifier(name, VARIABLES): export.word(value, rank)
        for name, value in export.variables.items()
    }
    names |= {
        parameter_name(name): export.word(value, rank) for name, value in occurrence.own.items()
    }
    return Site(names, occurrence.inner)


def entering_flows(
    builder: FunctionBuilder, definition: Block, occurrences: Sequence[TracedStep], sites: Sites
) -> Flows:
    """The inputs of a block; a last list has all others."""
    count = max(1 if definition.rest is None else 0, len(definition.inputs))
    if any(len(one.inputs) < count for one in occurrences):
        raise NotStated("a number of inputs that differs")
    pairs = list(zip(sites, occurrences, strict=True))
    found: list[ValueFlow] = []
    for index in range(count):
        hint = definition.inputs[index] if definition.inputs else "inputs"
        values = {site: one.inputs[index] for site, one in pairs}
        found.append(builder.value(hint, values, is_named=index > 0))
    if definition.rest is not None:
        entries = {site: one.inputs[count:] for site, one in pairs}
        found.append(builder.listed(builder.new_value(definition.rest), entries))
    elif any(len(one.inputs) != count for one in occurrences):
        raise NotStated("a number of inputs that differs")
    return tuple(found)


def finished(
    export: KerasExport,
    builder: FunctionBuilder,
    definition: Block,
    sites: Sites,
    flows: Flows,
    found: Flows,
    occurrences: Sequence[TracedStep],
) -> BlockFunction:
    """The function of translated steps."""
    lets = let_statements(builder, definition, sites, flows)
    parameters = list(block_parameters(builder, definition, sites, flows, occurrences, lets))
    returned = f"return {', '.join(map(builder.code, found))}"
    lines = [*lets, *builder.lines.texts(), returned]
    read = names_read(lines)
    inputs = [CodeParameter(builder.code(flow)) for flow in flows]
    last = [CodeParameter("name", is_keyword=True)] if "name" in read else []
    last += [
        CodeParameter(identifier(name, VARIABLES), is_keyword=True) for name in builder.variables
    ]
    plan = FunctionPlan(
        export.block_names[definition.name],
        (*inputs, *kept_parameters(parameters, read), *last),
        block_docstring(occurrences),
        tuple(lines),
        builder.values,
    )
    kept = tuple(name for name in definition.params if parameter_name(name) in read)
    return BlockFunction(plan, kept, tuple(builder.variables), "name" in read)


def names_read(lines: Sequence[str]) -> set[str]:
    """All names that statements read."""
    body = "\n".join(f"    {line}" for line in lines)
    nodes = ast.walk(ast.parse(f"def function():\n{body}"))
    return {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


# Calls


def block(builder: FunctionBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """A call of the function of a block."""
    export = builder.export
    names = dict.fromkeys(site.one_of(step).block for site in sites)
    functions = [function_of(export, name, builder.translate) for name in names if name]
    definitions = [export.document.blocks[name] for name in names if name]
    holder = builder.local.get(step.word, "") if step.type == "variable" else ""
    if len(functions) != len(names) or (len(functions) > 1 and not holder):
        raise NotStated("a variable that holds several blocks")
    if len({interface(*pair) for pair in zip(functions, definitions, strict=True)}) != 1:
        raise NotStated("a parameter that holds blocks with other parameters")
    if holder:
        check_holder(builder, step, holder, sites)
    if step.type == "variable":
        step = step.bound(definitions[0].name, signature_of(definitions[0]).parameters)
    given = list(values_given(builder, definitions[0], flows))
    given += passed_parameters(builder, definitions[0], functions[0].params, step, sites, flows)
    if functions[0].is_named:
        given.append(f"name={builder.title(builder.own_name(step, sites))}")
    given += passed_variables(builder, functions[0].variables)
    text = f"{holder or export.block_names[definitions[0].name]}({', '.join(given)})"
    return returned_values(builder, step, text, sites)


def values_given(builder: FunctionBuilder, definition: Block, flows: Flows) -> list[str]:
    """The values that a call gives, the last ones perhaps as a list."""
    count = max(1 if definition.rest is None else 0, len(definition.inputs))
    plain, others = flows[:count], flows[count:]
    if any(flow.entries is not None for flow in plain):
        raise NotStated("a list of values for a block")
    found = list(map(builder.code, plain))
    if definition.rest is None:
        if others or len(plain) != count:
            raise NotStated(f"{definition.name} reads another number of values")
        return found
    is_list = len(others) == 1 and others[0].entries is not None
    listed = builder.code(others[0]) if is_list else ""
    return [*found, listed or f"[{', '.join(map(builder.operand, others))}]"]


def interface(found: BlockFunction, definition: Block) -> tuple[object, ...]:
    """What the functions have in common that one parameter may hold."""
    params = tuple((name, default is None) for name, default in definition.params.items())
    return params, definition.inputs, found.params, found.variables, found.is_named


def check_holder(builder: FunctionBuilder, step: Step, holder: str, sites: Sites) -> None:
    """Raise NotStated unless a variable of the code is the function of each call."""
    builder.used.add(step.word)
    for site in sites:
        name = builder.export.block_names[site.one_of(step).block]
        if site.names.get(holder) != name:
            raise NotStated(f"{holder} is not a function")


def returned_values(builder: FunctionBuilder, step: Step, text: str, sites: Sites) -> Flows:
    """Assign what a call returns to new values."""
    occurrences = {site: site.one_of(step) for site in sites}
    count = len(next(iter(occurrences.values())).outputs)
    hint = step.name or step.word
    found: list[ValueFlow] = []
    for index in range(count):
        values = {site: occurrences[site].outputs[index] for site in sites}
        name = hint if count == 1 else f"{hint}_{index}"
        found.append(builder.value(name, values, is_named=index > 0))
    builder.add(f"{', '.join(map(builder.code, found))} = {text}")
    builder.bind(step.name, Binding(tuple(found)))
    return tuple(found)
