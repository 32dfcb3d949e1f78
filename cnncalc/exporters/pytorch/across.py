"""The translation of joins with `across`: a list of modules, each called with the same value."""

from __future__ import annotations

from ...document import Step
from ..errors import NotStated
from ..python.evaluation import value_of
from ..python.expressions import names_in, renamed
from ..python.identifiers import VARIABLES, identifier, plural
from ..python.loop_headers import Header, across_entries, across_header, across_sites
from ..python.sites import Channels, Flows, Site, Sites, ValueFlow, Variable
from ..python.step_builder import first
from .builder import ClassBuilder
from .constructor_names import names_in_statement
from .loop_steps import head_of
from .program import ForwardStep, MapStep, Repeat, chain_parts, texts_of


def across(builder: ClassBuilder, step: Step, sites: Sites, flows: Flows) -> ValueFlow:
    """The values of an operand for each binding, as a list.  Raises NotStated."""
    if len(step.operands) != 1 or len(flows) != 1 or step.operands[0].body is None:
        raise NotStated("`across` with several operands")
    header = across_header(builder, step, sites, flows)
    bindings = across_sites(step, header, sites)
    inside = [one.site for one in bindings]
    outside = dict(builder.local)
    builder.local |= zip(header.names, header.targets, strict=True)
    try:
        with builder.scope(), builder.inside() as steps:
            found = builder.body(step.operands[0].body, inside, flows)
    finally:
        builder.local = outside
    variable = Variable(plural(step.name or "branch"), is_named=True)
    builder.steps.append(map_step(step, header, steps, first(flows), first(found), variable))
    result = ValueFlow(variable, {}, list_channels(builder, step, header, first(found), inside))
    result.entries = across_entries(bindings, found)
    return result


def map_step(
    step: Step,
    header: Header,
    steps: list[ForwardStep],
    before: ValueFlow,
    after: ValueFlow,
    variable: Variable,
) -> MapStep:
    """The step that calls each module.  Raises NotStated if the operand is not a module."""
    parts = chain_parts(steps, before.variable, after.variable)
    if not parts:
        raise NotStated("`across` with steps that are not modules in sequence")
    used = {name for text in texts_of(parts) for name in names_in_statement(text)}
    repeat = Repeat(*head_of(header, used), parts, is_nested=True)
    item = identifier(step.name or "branch", VARIABLES)
    inputs, outputs = (before.variable,), (variable,)
    return MapStep(variable.hint, item, (repeat,), inputs, outputs)


def list_channels(
    builder: ClassBuilder, step: Step, header: Header, flow: ValueFlow, inside: list[Site]
) -> Channels | None:
    """The channels of the join of a list: those of one value, or of all in a `concat`."""
    channels = builder.channels(flow)
    if names_in(channels) & set(header.targets):
        return None
    if step.word != "concat":
        return Channels(channels)
    source = header.sources[0]
    count = f"len({source})" if names_in(source) else str(len(value_of(source, {})))
    return builder.channels_text(renamed("n * c", {"n": count, "c": channels}))
