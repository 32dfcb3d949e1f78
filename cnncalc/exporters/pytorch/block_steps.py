"""The translation of block calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from ...document import Block, Step
from ...named_tuple import NamedTuple
from ...parser.expansion.trace import TracedStep
from ...parser.signature import signature_of
from ..errors import NotStated
from ..python.evaluation import value_of
from ..python.expressions import names_in, renamed
from ..python.identifiers import identifier
from .block_classes import (
    LONGEST_EXPRESSION,
    OUT_CHANNELS,
    channels_name,
    class_of,
    parameter_name,
)
from .builder import ClassBuilder
from .module import BlockClass
from .names import VARIABLES
from .program import (
    Make,
    ModuleStep,
    Variable,
)
from .sites import Binding, Channels, Flows, Site, Sites, ValueFlow
from .texts import first_that_holds, is_equal


def block(builder: ClassBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """A call of a block: a module of its class."""
    name = called_block(step, sites)
    definition = builder.export.document.blocks[name]
    if step.type == "variable":
        if step.word in builder.local:
            raise NotStated("a block that a parameter holds")
        step = step.bound(name, signature_of(definition).parameters)
    found = class_of(builder.export, name, builder.translate)
    arguments = list(call_arguments(builder, definition, found, step, sites, flows))
    text = f"{found.plan.name}({', '.join(arguments)})"
    return called(builder, step, found, text, sites, flows)


def called_block(step: Step, sites: Sites) -> str:
    """The block that a step calls.  Raises NotStated if there are several."""
    names = {site.one_of(step).block for site in sites}
    if len(names) != 1 or names == {""}:
        raise NotStated("a variable that holds several blocks")
    return names.pop()


def call_arguments(
    builder: ClassBuilder,
    definition: Block,
    found: BlockClass,
    step: Step,
    sites: Sites,
    flows: Flows,
) -> Iterator[str]:
    """The arguments of a call of the class of a block, checked at every site."""
    if len(flows) != len(found.channels):
        raise NotStated(f"{definition.name} reads another number of values")
    for name, flow in zip(found.channels, flows, strict=True):
        if name:
            yield builder.channels(flow)
    is_positional = True
    for name in definition.params:
        if name not in step.arguments:
            is_positional = False
            continue
        text = builder.text(step.arguments[name], flows, sites)
        for site in sites:
            rank = len(flows[0].shape(site).spatial)
            wanted = builder.export.word(site.one_of(step).own[name], rank)
            if not is_equal(value_of(text, site.names), wanted):
                raise NotStated(f"{name} of {definition.name}")
        yield text if is_positional else f"{parameter_name(name)}={text}"
    for name in found.variables:
        if name in builder.local:
            raise NotStated(f"the variable {name} of the file, where a parameter has the name")
        builder.variables[name] = None
        yield f"{identifier(name, VARIABLES)}={identifier(name, VARIABLES)}"


def called(
    builder: ClassBuilder, step: Step, found: BlockClass, text: str, sites: Sites, flows: Flows
) -> Flows:
    """The step of a call, and the values after it."""
    occurrences = {site: site.one_of(step) for site in sites}
    hint = step.name or step.word
    count = len(next(iter(occurrences.values())).outputs)
    results = []
    for index in range(count):
        values = {site: occurrences[site].outputs[index] for site in sites}
        results.append(ValueFlow(Variable(hint if count == 1 else f"{hint}_{index}"), values, None))
    inner, extras = extra_flows(builder, step, found, occurrences)
    needs_attribute = OUT_CHANNELS in found.outputs
    attribute = builder.new_attribute(hint) if needs_attribute and step.name else ""
    for flow, channels in zip(results, found.outputs, strict=True):
        call = ClassCall(builder, step, sites, flows)
        flow.channels = channels_after(call, channels, flow, attribute)
    inputs = tuple(flow.variable for flow in flows)
    outputs = tuple(flow.variable for flow in (*results, *extras))
    uses = bool(attribute) and any(
        flow.channels is not None and attribute in flow.channels.text for flow in results
    )
    builder.steps.append(
        ModuleStep(
            hint, (Make(text),), inputs, outputs, attribute if uses else "", step.name is not None
        )
    )
    builder.bind(step.name, Binding(tuple(results), inner))
    return tuple(results)


def extra_flows(
    builder: ClassBuilder, step: Step, found: BlockClass, occurrences: dict[Site, TracedStep]
) -> tuple[dict[str, Binding], list[ValueFlow]]:
    """The values inside a block that its class returns, too, by their names."""
    if found.extras:
        raise NotStated("values inside of a block that are read outside")
    return {}, []


class ClassCall(NamedTuple):
    """A call of a block at all of its sites, with the values that it reads."""

    builder: ClassBuilder
    step: Step
    sites: Sites
    flows: Flows


def channels_after(
    call: ClassCall, channels: str, flow: ValueFlow, attribute: str
) -> Channels | None:
    """The channels after a call: an expression of its arguments, or an attribute."""
    builder, _, sites, _ = call
    wanted = channels_of(flow)
    candidates: list[str] = []
    if channels and channels != OUT_CHANNELS:
        with suppress(NotStated):
            candidates.append(substituted_channels(call, channels))
    chosen = first_that_holds(candidates, sites, wanted)
    if chosen is not None:
        return builder.channels_text(chosen)
    if attribute:
        text = f"self.{attribute}.{OUT_CHANNELS}"
        values = {wanted(site) for site in sites}
        if len(values) == 1:
            return Channels(text)
    return builder.channels_from([], flow, sites)


def channels_of(flow: ValueFlow) -> Callable[[Site], int]:
    """The channels of a value by site."""
    return lambda site: flow.shape(site).channels


def substituted_channels(call: ClassCall, channels: str) -> str:
    """The expression of a class for its channels, with the arguments of a call."""
    builder, step, sites, flows = call
    definition = builder.export.document.blocks[step.word]
    names: dict[str, str] = {}
    for index, flow in enumerate(flows):
        names[channels_name(definition, index)] = builder.channels(flow)
    for name, default in definition.params.items():
        if name in step.arguments:
            names[parameter_name(name)] = builder.text(step.arguments[name], flows, sites)
        elif default is not None and parameter_name(name) in names_in(channels):
            names[parameter_name(name)] = builder.text(default, flows, sites)
    text = renamed(channels, names)
    if len(text) > LONGEST_EXPRESSION:
        raise NotStated("a long expression")
    return text
