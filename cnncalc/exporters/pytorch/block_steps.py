"""The translation of block calls."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import suppress

from ...document import Block, Step
from ...named_tuple import NamedTuple
from ...parser.signature import signature_of
from ..errors import NotStated
from ..python.block_parameters import parameter_name, passed_parameters, passed_variables
from ..python.evaluation import parsed, value_of
from ..python.expressions import names_in, renamed
from ..python.identifiers import VARIABLES, identifier, unused, with_prefix
from ..python.sites import Binding, Channels, Flows, Site, Sites, ValueFlow, Variable
from ..python.texts import first_that_holds, without_calls
from .block_classes import (
    LONGEST_EXPRESSION,
    OUT_CHANNELS,
    SHORT,
    channels_name,
    class_of,
    input_count,
)
from .builder import ClassBuilder
from .module import BlockClass
from .program import Let, Make, ModuleStep, Part


def block(builder: ClassBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """A call of a block: a module of its class."""
    export = builder.export
    names = dict.fromkeys(site.one_of(step).block for site in sites)
    classes = [class_of(export, name, builder.translate) for name in names if name]
    definitions = [export.document.blocks[name] for name in names if name]
    holder = builder.local.get(step.word, "") if step.type == "variable" else ""
    if len(classes) != len(names) or (len(classes) > 1 and not holder):
        raise NotStated("a variable that holds several blocks")
    if len({interface(*pair) for pair in zip(classes, definitions, strict=True)}) != 1:
        raise NotStated("a parameter that holds blocks with other parameters")
    if holder:
        check_holder(builder, step, holder, sites)
    if step.type == "variable":
        step = step.bound(definitions[0].name, signature_of(definitions[0]).parameters)
    if definitions[0].rest is None:
        flows = builder.unlisted(flows, sites)
    arguments = list(call_arguments(builder, definitions[0], classes[0], step, sites, flows))
    text = f"{holder or classes[0].plan.name}({', '.join(arguments)})"
    return called(builder, step, classes[0], text, sites, flows)


def interface(found: BlockClass, definition: Block) -> tuple[object, ...]:
    """What the classes have in common that one parameter may hold."""
    params = tuple((name, default is None) for name, default in definition.params.items())
    return params, found.params, found.channels, found.sizes, found.variables, found.outputs


def check_holder(builder: ClassBuilder, step: Step, holder: str, sites: Sites) -> None:
    """Raise NotStated unless a variable of the constructor is the class of each call."""
    builder.used.add(step.word)
    for site in sites:
        name = builder.export.block_names[site.one_of(step).block]
        if site.names.get(holder) != name:
            raise NotStated(f"{holder} is not a class")


def call_arguments(
    builder: ClassBuilder,
    definition: Block,
    found: BlockClass,
    step: Step,
    sites: Sites,
    flows: Flows,
) -> Iterator[str]:
    """The arguments of a call of the class of a block, checked at every site."""
    channels = input_channels(builder, definition, flows)
    for name, text in zip(found.channels, channels, strict=True):
        if name and not text:
            raise NotStated("the channels of a value")
        if name:
            yield text
    for name, flow in zip(found.sizes, flows, strict=False):
        if name:
            yield builder.sizes(lambda shape: shape.spatial, flow, sites)
    yield from passed_parameters(builder, definition, found.params, step, sites, flows)
    yield from passed_variables(builder, found.variables)


def input_channels(builder: ClassBuilder, definition: Block, flows: Flows) -> list[str]:
    """The channels of the inputs of a call, a tuple for those in a list; "" if not known."""
    count = input_count(definition)
    plain, listed = flows[:count], flows[count:]
    is_list = [flow.entries is not None for flow in flows]
    if len(plain) < count or any(is_list[:count]) or (listed and definition.rest is None):
        raise NotStated(f"{definition.name} reads another number of values")
    found = [known_channels(builder, flow) for flow in plain]
    if definition.rest is not None:
        found.append(tuple_of_channels(builder, listed))
    return found


def known_channels(builder: ClassBuilder, flow: ValueFlow) -> str:
    """The expression for the channels of a value; "" if there is none."""
    with suppress(NotStated):
        return builder.channels(flow)
    return ""


def tuple_of_channels(builder: ClassBuilder, flows: Flows) -> str:
    """The expression for the channels of each of some values; "" if there is none."""
    if len(flows) == 1 and flows[0].entries is not None:
        return flows[0].each
    texts = [known_channels(builder, flow) if flow.entries is None else flow.each for flow in flows]
    if not all(texts):
        return ""
    pairs = zip(texts, flows, strict=True)
    entries = [text if flow.entries is None else entries_text(text) for text, flow in pairs]
    return f"({', '.join(entries)},)" if len(entries) == 1 else f"({', '.join(entries)})"


def entries_text(text: str) -> str:
    """The entries of a tuple in another one.

    >>> entries_text("(3, c)"), entries_text("channels")
    ('3, c', '*channels')
    """
    tree = parsed(text)
    return ", ".join(map(ast.unparse, tree.elts)) if isinstance(tree, ast.Tuple) else f"*{text}"


def called(
    builder: ClassBuilder, step: Step, found: BlockClass, text: str, sites: Sites, flows: Flows
) -> Flows:
    """The step of a call, and the values after it."""
    occurrences = {site: site.one_of(step) for site in sites}
    hint = with_prefix(step.name, step.word) or step.word
    count = len(next(iter(occurrences.values())).outputs)
    results = []
    for index in range(count):
        values = {site: occurrences[site].outputs[index] for site in sites}
        results.append(ValueFlow(Variable(hint if count == 1 else f"{hint}_{index}"), values, None))
    attribute = builder.new_attribute(hint) if found.attribute and step.name else ""
    for flow, channels in zip(results, found.outputs, strict=True):
        call = ClassCall(builder, step, sites, flows)
        flow.channels = channels_after(call, channels, flow, attribute)
    inputs = tuple(flow.variable for flow in flows)
    outputs = tuple(flow.variable for flow in results)
    parts: tuple[Part, ...] = (Make(text),)
    if builder.export.names_modules and len(results) == 1 and results[0].channels is None:
        name = module_name(builder, found, hint, results[0], sites)
        parts = (Let(f"{name} = {text}"), Make(name)) if name else parts
    uses = bool(attribute) and any(
        flow.channels is not None and attribute in flow.channels.text for flow in results
    )
    if uses:
        builder.export.with_channels.add(found.plan.name)
    name = attribute if uses else ""
    made = ModuleStep(hint, parts, inputs, outputs, name, step.name is not None)
    builder.steps.append(made)
    builder.bind(step.name, Binding(tuple(results)))
    return tuple(results)


def module_name(
    builder: ClassBuilder, found: BlockClass, hint: str, flow: ValueFlow, sites: Sites
) -> str:
    """A variable for a module whose channels only its attribute has; "" if it has none."""
    if not found.attribute:
        return ""
    taken = {*builder.local.values(), *map(identifier, builder.export.variables)}
    name = unused(identifier(hint, VARIABLES), taken)
    text = f"{name}.{OUT_CHANNELS}"
    for site in sites:
        site.names[text] = flow.shape(site).channels
    flow.channels = builder.channels_text(text)
    builder.export.with_channels.add(found.plan.name)
    return name


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
    candidates: list[str] = []
    with suppress(NotStated):
        candidates += [substituted_channels(call, channels)] if channels else []
    if attribute:
        text = f"self.{attribute}.{OUT_CHANNELS}"
        for site in sites:
            site.names[text] = flow.shape(site).channels
        is_short = candidates and OUT_CHANNELS not in candidates[0]
        candidates.insert(1 if is_short and len(candidates[0]) <= SHORT else 0, text)
    chosen = first_that_holds(candidates, sites, channels_of(flow))
    if chosen is not None:
        return builder.channels_text(chosen)
    return builder.channels_from([], flow, sites)


def channels_of(flow: ValueFlow) -> Callable[[Site], int]:
    """The channels of a value by site."""
    return lambda site: flow.shape(site).channels


def substituted_channels(call: ClassCall, channels: str) -> str:
    """The expression of a class for its channels, with the arguments of a call."""
    builder, step, sites, flows = call
    definition = builder.export.document.blocks[step.word]
    names: dict[str, str] = {}
    for index, known in enumerate(input_channels(builder, definition, flows)):
        names |= {channels_name(definition, index): known} if known else {}
    for name, default in definition.params.items():
        if name in step.arguments:
            names[parameter_name(name)] = builder.text(step.arguments[name], flows, sites)
        elif default is not None and parameter_name(name) in names_in(channels):
            names[parameter_name(name)] = builder.text(default, flows, sites)
    text = without_calls(renamed(channels, names), sites)
    if not names_in(text):
        return str(value_of(text, {}))
    if len(text) > LONGEST_EXPRESSION:
        raise NotStated("a long expression")
    return text
