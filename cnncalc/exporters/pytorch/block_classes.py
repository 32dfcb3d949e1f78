"""The translation of blocks to classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...document import Block
from ...parser.expansion.trace import TracedStep
from ..errors import NotStated
from ..python.block_parameters import (
    CodeParameter,
    block_parameters,
    check_outputs,
    kept_parameters,
    let_statements,
    local_names,
    parameter_name,
)
from ..python.docstrings import block_docstring
from ..python.expressions import names_in, renamed
from ..python.identifiers import VARIABLES, identifier
from ..python.sites import Binding, Channels, Collected, Flows, Site, Sites, ValueFlow, Variable
from ..python.texts import is_equal
from .builder import ClassBuilder, StepTranslator
from .constructor_names import check_plan, names_read, with_names, with_tests
from .module import BlockClass, Export
from .program import ClassPlan

OUT_CHANNELS = "out_channels"
LONGEST_EXPRESSION, SHORT = 60, 30
"""The characters of an expression for the channels after a block; a class has an attribute for a
longer one, and for one that is not short if a step has a name."""


def class_of(export: Export, name: str, translate: Mapping[str, StepTranslator]) -> BlockClass:
    """The class of a block, made when it is first called.  Raises NotStated."""
    known = export.classes.get(name)
    if known is None:
        export.classes[name] = NotStated(f"{name} calls itself")
        try:
            known = make_class(export, export.document.blocks[name], translate)
        except NotStated as reason:
            export.reasons[name] = str(reason)
            known = reason
        export.classes[name] = known
        if isinstance(known, BlockClass):
            export.plans.append(known.plan)
    if isinstance(known, NotStated):
        raise NotStated(f"{name}: {known}")
    return known


def input_names(definition: Block) -> tuple[str, ...]:
    """The names of the inputs of a block; that of a list of any number is the last."""
    rest = () if definition.rest is None else (definition.rest,)
    return (*definition.inputs, *rest)


def channels_name(definition: Block, index: int) -> str:
    """The parameter for the channels of an input, or of each input in a list."""
    names = input_names(definition)
    if len(names) < 2 and definition.rest is None:
        return "in_channels"
    return f"{identifier(names[index], VARIABLES)}_channels"


def size_name(definition: Block, index: int) -> str:
    """The parameter for the spatial sizes of an input."""
    return channels_name(definition, index).replace("channels", "size")


def make_class(
    export: Export, definition: Block, translate: Mapping[str, StepTranslator]
) -> BlockClass:
    """The class of a block.  Raises NotStated if one class cannot be all of its calls."""
    occurrences = export.calls[definition.name]
    local = local_names(definition, export.variables)
    builder = ClassBuilder(export, translate, local)
    builder.block = definition
    sites = [site_of(export, definition, one) for one in occurrences]
    flows = entering_flows(definition, occurrences, sites)
    for index in range(input_count(definition)):
        builder.entering[size_name(definition, index)] = flows[index]
    bind_inputs(builder, definition, flows)
    found = builder.body(definition.body, sites, flows[:1])
    if definition.outputs is not None:
        found = tuple(
            flow
            for reference, _ in definition.outputs
            for flow in builder.resolve(reference, sites)
        )
    found = builder.unlisted(found, sites)
    check_outputs(occurrences, sites, found)
    if any(export.is_read_inside(one) for one in occurrences):
        raise NotStated("values inside of a block that are read outside")
    return finished_class(export, builder, definition, sites, flows, found, occurrences)


def site_of(export: Export, definition: Block, occurrence: TracedStep) -> Site:
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
    channels = [value.shape.channels for value in occurrence.inputs]
    count = input_count(definition)
    for index, value in enumerate(occurrence.inputs[:count]):
        names[channels_name(definition, index)] = value.shape.channels
        names[size_name(definition, index)] = value.shape.spatial
    if definition.rest is not None:
        names[channels_name(definition, count)] = tuple(channels[count:])
    return Site(names, occurrence.inner)


def input_count(definition: Block) -> int:
    """The number of inputs that are not in a list."""
    return max(1 if definition.rest is None else 0, len(definition.inputs))


def bind_inputs(builder: ClassBuilder, definition: Block, flows: Flows) -> None:
    """The names of the inputs of a block."""
    count = input_count(definition)
    builder.bind("input", Binding(flows[:1] if count else ()))
    for name, flow in zip(definition.inputs, flows, strict=False):
        builder.bind(name, Binding((flow,)))
    for flow in flows[count:]:
        assert flow.channels is not None and flow.entries is not None
        listed = Collected(flow.variable, flow.entries, flow.channels.text, flow.each)
        builder.bind(definition.rest, Binding((), iterations=listed))


def entering_flows(definition: Block, occurrences: Sequence[TracedStep], sites: Sites) -> Flows:
    """The inputs of a block; a last list has all others."""
    count = input_count(definition)
    counts = {len(one.inputs) for one in occurrences}
    if min(counts) < count or (definition.rest is None and max(counts) > count):
        raise NotStated("a number of inputs that differs")
    found = []
    for index in range(count):
        hint = definition.inputs[index] if definition.inputs else "x"
        values = {site: one.inputs[index] for site, one in zip(sites, occurrences, strict=True)}
        channels = Channels(channels_name(definition, index))
        found.append(ValueFlow(Variable(hint), values, channels))
    if definition.rest is not None:
        each = channels_name(definition, count)
        listed = ValueFlow(Variable(definition.rest, is_list=True), {}, Channels(f"sum({each})"))
        listed.entries = {
            site: one.inputs[count:] for site, one in zip(sites, occurrences, strict=True)
        }
        listed.each = each
        found.append(listed)
    return tuple(found)


def finished_class(
    export: Export,
    builder: ClassBuilder,
    definition: Block,
    sites: Sites,
    flows: Flows,
    found: Flows,
    occurrences: Sequence[TracedStep],
) -> BlockClass:
    """The class of translated steps."""
    same = parameter_of_input(builder, definition, sites)
    if same:
        builder.steps = with_names(builder.steps, {"in_channels": same})
    lets = let_statements(builder, definition, sites, flows)
    parameters = list(block_parameters(builder, definition, sites, flows, occurrences, lets))
    outputs, attribute = output_channels(builder, found, lets)
    read = names_read(builder.steps, [*lets, *(one.default for one in parameters)])
    names = [channels_name(definition, index) for index in range(len(flows))]
    channels = tuple(name if name in read else "" for name in names)
    if attribute and not names_in(attribute).isdisjoint({*names} - {*channels}):
        attribute = ""  # the constructor does not take what it would need
    sizes = tuple(name if name in read else "" for name in builder.entering)
    first = [CodeParameter(name) for name in (*channels, *sizes) if name]
    last = [
        CodeParameter(identifier(name, VARIABLES), is_keyword=True) for name in builder.variables
    ]
    steps, lets = with_tests(builder.steps, lets)
    plan = ClassPlan(
        export.block_names[definition.name],
        block_docstring(occurrences),
        (*first, *kept_parameters(parameters, read), *last),
        tuple(lets),
        tuple(steps),
        tuple(flow.variable for flow in flows),
        tuple(flow.variable for flow in found),
    )
    check_plan(plan, {*export.class_names, *export.helpers})
    kept = tuple(name for name in definition.params if parameter_name(name) in read)
    return BlockClass(plan, channels, sizes, kept, tuple(builder.variables), outputs, attribute)


def parameter_of_input(builder: ClassBuilder, definition: Block, sites: Sites) -> str:
    """The required parameter that is the number of input channels; "" if none is.

    So it is where a value of as many channels as a parameter says is added to the input.
    """
    if len(input_names(definition)) > 1 or definition.rest is not None or definition.lets:
        return ""
    for name, default in definition.params.items():
        text = parameter_name(name)
        if default is not None or text not in builder.added_to_input:
            continue
        if all(is_equal(site.names[text], site.names["in_channels"]) for site in sites):
            builder.used.add(name)
            return text
    return ""


def output_channels(
    builder: ClassBuilder, found: Flows, lets: Sequence[str]
) -> tuple[tuple[str, ...], str]:
    """Expressions of the parameters for the channels after a block, and of the attribute."""
    values = dict(let.split(" = ", 1) for let in lets if " = " in let and not let.startswith(" "))
    outputs: list[str] = []
    attribute = ""
    for flow in found:
        try:
            text = attribute = builder.channels(flow)
        except NotStated:
            outputs.append("")
            continue
        for name, value in reversed(list(values.items())):
            text = renamed(text, {name: value})
        is_inside = bool({builder.carried_name, "self"} & names_in(text))
        outputs.append("" if is_inside or len(text) > LONGEST_EXPRESSION else text)
    return tuple(outputs), attribute if len(found) == 1 else ""
