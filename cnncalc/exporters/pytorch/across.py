"""The translation of joins with `across`: a list of modules.

Each is called with the same value, or each with its own entry of a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ...document import Body, Operand, Step
from ...expression.expression import Expression
from ...named_tuple import NamedTuple
from ..errors import NotStated
from ..python.evaluation import value_of
from ..python.expressions import names_in, renamed
from ..python.identifiers import VARIABLES, identifier, plural
from ..python.loop_headers import (
    AcrossSite,
    Header,
    across_entries,
    across_header,
    across_sites,
)
from ..python.operands import branch_names
from ..python.sites import Channels, Flows, Site, Sites, ValueFlow, Variable
from ..python.step_builder import first, root_of
from ..python.texts import text_of
from .builder import ClassBuilder
from .constructor_names import names_in_statement
from .iteration_classes import class_of_steps
from .loop_steps import head_of
from .program import Make, MapStep, Part, Repeat, chain_parts, texts_of
from .unindexed import unindexed


class Branches(NamedTuple):
    """The steps of an operand for each binding, at the sites of all bindings.

    `source` is the value, or the list of values, with which the modules are called; `entering` is
    the value that each of them reads.
    """

    body: Body
    inside: Sites
    source: Variable
    entering: ValueFlow


TranslateOperand = Callable[[ClassBuilder, Operand, str, Step, Sites, Flows], Flows]
"""What translates an operand of a join."""


def across(
    builder: ClassBuilder, step: Step, sites: Sites, flows: Flows, translated: TranslateOperand
) -> Flows:
    """The values of the operands for each binding: a list, or one by one.  Raises NotStated."""
    header = across_header(builder, step, sites, flows)
    bindings = across_sites(step, header, sites)
    state = builder.state()
    try:
        return (listed(builder, step, header, bindings, sites, flows),)
    except NotStated as reason:
        builder.restore(state)
        try:
            return one_by_one(builder, step, header, bindings, flows, translated)
        except NotStated:
            raise reason from None


def listed(
    builder: ClassBuilder,
    step: Step,
    header: Header,
    bindings: Sequence[AcrossSite],
    sites: Sites,
    flows: Flows,
) -> ValueFlow:
    """The values of an operand for each binding, as a list.  Raises NotStated."""
    if len(step.operands) != 1 or step.operands[0].body is None:
        raise NotStated("`across` with several operands")
    inside = [one.site for one in bindings]
    with bound(builder, dict(zip(header.names, header.targets, strict=True))):
        branches = branches_of(builder, step.operands[0].body, inside, flows)
        parts, found = modules_of(builder, header, branches)
    used = {name for text in texts_of(parts) for name in names_in_statement(text)}
    taken = {*builder.local.values(), *map(identifier, builder.export.variables)}
    counted = Repeat(*head_of(header, used), parts, is_nested=True)
    repeat = unindexed(counted, sites, taken)
    item = identifier(step.name or "branch", VARIABLES)
    variable = Variable(plural(step.name or "branch"), is_named=True, is_list=True)
    builder.steps.append(MapStep(variable.hint, item, (repeat,), (branches.source,), (variable,)))
    is_stacked = getattr(builder.export.node(sites[0].one_of(step)).layer, "axis", None) == 0
    result = ValueFlow(variable, {}, list_channels(builder, header, found, is_stacked))
    result.entries = across_entries(bindings, (found,))
    return result


def one_by_one(
    builder: ClassBuilder,
    step: Step,
    header: Header,
    bindings: Sequence[AcrossSite],
    flows: Flows,
    translated: TranslateOperand,
) -> Flows:
    """The values of the operands for each binding, which is the same at every site.

    The variables that say what `across` runs over are not arguments then.  Raises NotStated.
    """
    builder.export.decide(builder.block, [expression for _, expression in step.across or ()])
    found: list[ValueFlow] = []
    numbers = {one.number for one in bindings}
    for number in sorted(numbers):
        inside = [one.site for one in bindings if one.number == number]
        if len(inside) * len(numbers) != len(bindings):
            raise NotStated("`across`, of which there are not always as many")
        names = dict(constants(header, inside))
        with bound(builder, names), builder.scope():
            for operand, hint in zip(step.operands, branch_names(step), strict=True):
                made = translated(builder, operand, hint, step, inside, flows)
                found += [outside_of(flow, inside) for flow in made]
    return tuple(found)


def constants(header: Header, inside: Sites) -> Iterator[tuple[str, str]]:
    """The names of a loop with their values, which are the same at all sites."""
    for name, target in zip(header.names, header.targets, strict=True):
        values = {site.names[target] for site in inside}
        if len(values) > 1:
            raise NotStated(f"values of {name} that differ")
        yield name, text_of(values.pop())


def outside_of(flow: ValueFlow, inside: Sites) -> ValueFlow:
    """A value at the sites around those of a binding."""
    values = {site.parent: flow.at(site) for site in inside if site.parent is not None}
    return ValueFlow(flow.variable, values, flow.channels)


@contextmanager
def bound(builder: ClassBuilder, names: Mapping[str, str]) -> Iterator[None]:
    """Let names of the file be expressions of the constructor meanwhile."""
    outside = dict(builder.local)
    builder.local |= names
    try:
        yield
    finally:
        builder.local = outside


def branches_of(builder: ClassBuilder, body: Body, inside: Sites, flows: Flows) -> Branches:
    """What the steps of an operand read: an entry of a list each, or all the value before."""
    start, *others = body.steps
    sources = start.sources or ()
    if len(sources) != 1 or len(sources[0][0].parts) != 2:
        return Branches(body, inside, first(flows).variable, first(flows))
    name, part = sources[0][0].parts
    found = builder.find(str(name)).iterations
    if found is None or not isinstance(part, Expression) or start.when is not None:
        return Branches(body, inside, first(flows).variable, first(flows))
    text = builder.text(part, (), inside)
    taken: dict[Site, int] = {}
    values = {}
    for site in inside:
        root = root_of(site, found.values)
        taken[root] = taken.get(root, -1) + 1
        if value_of(text, site.names) != taken[root]:
            raise NotStated(f"the order of {sources[0][0].text}")
        values[site] = found.values[root][taken[root]]
    if any(len(found.values[root]) != index + 1 for root, index in taken.items()):
        raise NotStated(f"only some of {name}")
    entering = ValueFlow(Variable("x"), values, None)
    texts = [f"{found.each}[{text}]"] if found.each.isidentifier() else []
    entering.channels = builder.channels_from(texts, entering, inside)
    steps = (start._replace(sources=None), *others) if start.type != "from" else tuple(others)
    return Branches(body._replace(steps=steps), inside, found.variable, entering)


def modules_of(
    builder: ClassBuilder, header: Header, branches: Branches
) -> tuple[tuple[Part, ...], ValueFlow]:
    """What constructs the module of a binding, and its value: a chain, or a class of its own."""
    entering = branches.entering
    state = builder.state()
    try:
        with builder.scope(), builder.inside() as steps:
            found = first(builder.body(branches.body, branches.inside, (entering,)))
        parts = chain_parts(steps, entering.variable, found.variable)
        if parts:
            return parts, found
    except NotStated:
        pass
    builder.restore(state)
    made = class_of_steps(
        builder, "branch", branches.body, header.targets, branches.inside, entering
    )
    return (Make(made.text),), made.leaving


def list_channels(
    builder: ClassBuilder, header: Header, flow: ValueFlow, is_stacked: bool
) -> Channels | None:
    """The channels of the join of a list: those of one value, or of all if these are stacked."""
    channels = builder.channels(flow)
    if names_in(channels) & set(header.targets):
        return None
    if not is_stacked:
        return Channels(channels)
    source = header.sources[0]
    count = f"len({source})" if names_in(source) else str(len(value_of(source, {})))
    return builder.channels_text(renamed("n * c", {"n": count, "c": channels}))
