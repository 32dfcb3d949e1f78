"""Classes for the iterations of a loop whose steps are not modules in sequence."""

from __future__ import annotations

from collections.abc import Sequence

from ...document import Body, Step
from ...expression.expression import Expression, Reference
from ...named_tuple import NamedTuple
from ...network import Value
from ..errors import NotStated
from ..python.block_parameters import CodeParameter
from ..python.docstrings import iteration_docstring
from ..python.evaluation import value_of
from ..python.expressions import names_in, renamed
from ..python.identifiers import VARIABLES, identifier
from ..python.sites import Channels, Collected, Flows, Site, Sites, ValueFlow, Variable
from ..python.step_builder import root_of
from ..python.texts import first_that_holds
from .builder import ClassBuilder
from .constructor_names import check_plan, names_read
from .program import ClassPlan

IN_CHANNELS = "in_channels"


class LoopPlace(NamedTuple):
    """A loop at all of its sites.

    `step` is the repeated one, with its iterations in `plain` as a step of its own; `targets` are
    the variables of the loop, `running` is the value at the start of an iteration.
    """

    builder: ClassBuilder
    step: Step
    plain: Step
    targets: tuple[str, ...]
    inside: Sites
    running: ValueFlow


class Captured(NamedTuple):
    """A value from outside that each iteration reads.

    `argument` is its expression in the loop, with {} for the variable outside.
    """

    outside: Variable
    argument: str
    flow: ValueFlow


class IterationClass(NamedTuple):
    """The class of the iterations of a loop.

    `text` constructs it, `channels` is the expression for the channels after it.  `extras` are
    further values that it returns, by name.  `loop_names` are the names of the loop that `forward`
    reads.
    """

    text: str
    channels: str
    captured: tuple[Captured, ...]
    extras: dict[str, ValueFlow]
    loop_names: tuple[str, ...]


class IterationBuilder(ClassBuilder):
    """Translates one iteration; names that it does not give are looked up around the loop."""

    def __init__(self, outside: ClassBuilder, targets: Sequence[str]) -> None:
        super().__init__(outside.export, outside.translate, outside.local)
        self.outside = outside
        self.block = outside.block
        self.targets = targets
        self.captured: list[Captured] = []
        self.loop_names: dict[str, None] = {}

    def resolve(self, reference: Reference, sites: Sites) -> Flows:
        if any(reference.name in scope for scope in self.scopes):
            return super().resolve(reference, sites)
        binding = self.outside.find(reference.name)
        if binding.iterations is not None:
            return (self.captured_entry(binding.iterations, reference, sites),)
        [found] = self.outside.resolve(reference, [self.outside_of(site) for site in sites])
        values = {site: found.at(self.outside_of(site)) for site in sites}
        return (self.capture(found.variable, "{}", reference.name, values, sites),)

    def outside_of(self, site: Site) -> Site:
        """The site around the loop."""
        found = site.parent
        if found is None or found.parent is None:
            raise NotStated("an iteration without a site around it")
        return found.parent

    def captured_entry(self, found: Collected, reference: Reference, sites: Sites) -> ValueFlow:
        """An entry of a list of values of an earlier loop."""
        at, *inner = reference.parts[1:]
        for name in inner:
            if not isinstance(name, str) or name not in found.inner:
                raise NotStated(f"the reference {reference.text}")
            found = found.inner[name]
        text = self.index_text(at, sites)
        values = {}
        for site in sites:
            entries = found.values[root_of(site, found.values)]
            index = value_of(text, site.names)
            if type(index) is not int or not -len(entries) <= index < len(entries):
                raise NotStated(f"the reference {reference.text}")
            values[site] = entries[index]
        hint = str(inner[-1]) if inner else reference.name
        return self.capture(found.variable, f"{{}}[{text}]", hint, values, sites)

    def index_text(self, at: object, sites: Sites) -> str:
        """The number of an iteration, of which only the loop itself knows."""
        if isinstance(at, int):
            return str(at)
        if not isinstance(at, Expression):
            raise NotStated("a reference to all iterations")
        used = set(self.used)
        text = self.text(at, (), sites)
        self.used = used
        if not names_in(text) <= set(self.targets):
            raise NotStated(f"the iteration {at.text}")
        self.loop_names |= dict.fromkeys(names_in(text))
        return text

    def capture(
        self,
        outside: Variable,
        argument: str,
        hint: str,
        values: dict[Site, Value],
        sites: Sites,
    ) -> ValueFlow:
        """A further input of the class."""
        for known in self.captured:
            if known.outside is outside and known.argument == argument:
                return known.flow
        flow = ValueFlow(Variable(hint), values, None)
        texts = [name for name in self.local.values() if self.varies(name, sites)]
        wanted = lambda site: flow.shape(site).channels
        text = first_that_holds(texts, sites, wanted)
        if text is not None:
            self.used |= {name for name, target in self.local.items() if target == text}
        flow.channels = self.channels_from([text] if text else [], flow, sites)
        self.captured.append(Captured(outside, argument, flow))
        return flow

    def varies(self, name: str, sites: Sites) -> bool:
        """Whether a name has several values, so that an equal number is not a coincidence."""
        return len({site.names.get(name) for site in sites}) > 1


def iteration_class(loop: LoopPlace) -> IterationClass:
    """The class of the iterations of a loop.  Raises NotStated."""
    outside, step, running = loop.builder, loop.plain, loop.running
    builder = IterationBuilder(outside, loop.targets)
    sites = []
    for site in loop.inside:
        names = {**site.names, IN_CHANNELS: running.shape(site).channels}
        sites.append(Site.of_iteration(names, site.one_of(step), site))
    values = {site: running.at(site) for site in sites}
    entering = ValueFlow(Variable("x"), values, Channels(IN_CHANNELS))
    if step.type == "group" and step.body is not None and step.when is None:
        found = builder.body(step.body, sites, (entering,))
    else:
        found = builder.once(step, sites, (entering,))
    if len(found) != 1:
        raise NotStated("a loop whose steps give several values")
    for site in sites:
        if (found[0].at(site),) != site.one_of(step).outputs:
            raise NotStated("the value after an iteration")
    extras = extra_values(builder, step, sites, found[0])
    docstring = iteration_docstring([site.one_of(loop.step) for site in loop.inside])
    text = finished(
        builder, loop.step.name or loop.step.word, docstring, (entering, running), found[0], extras
    )
    channels = channels_outside(builder, found[0], running)
    loop_names = tuple(name for name in loop.targets if name in builder.loop_names)
    return IterationClass(text, channels, tuple(builder.captured), extras, loop_names)


def extra_values(
    builder: IterationBuilder, step: Step, sites: Sites, leaving: ValueFlow
) -> dict[str, ValueFlow]:
    """The values inside an iteration that other steps read, by name.  Raises NotStated."""
    export = builder.export
    found: dict[str, ValueFlow] = {}
    for name, binding in builder.scopes[0].items():
        if len(binding.flows) != 1 or binding.flows[0].variable is leaving.variable:
            continue
        [flow] = binding.flows
        occurrences = {site: site.one_of(step) for site in sites}
        if any(
            export.is_read_outside(flow.at(site), one.start, one.end)
            for site, one in occurrences.items()
        ):
            found[name] = flow
    known = {(flow.at(site).node, flow.at(site).part) for flow in found.values() for site in sites}
    if any(set(export.read_inside(site.one_of(step))) - known for site in sites):
        raise NotStated("a value inside of an iteration that is read later")
    return found


def channels_outside(builder: IterationBuilder, leaving: ValueFlow, running: ValueFlow) -> str:
    """The expression around the class for the channels after it.  Raises NotStated."""
    channels = builder.channels(leaving)
    if builder.carried_name in names_in(channels) or "self" in names_in(channels):
        raise NotStated("channels that are known inside of an iteration only")
    if IN_CHANNELS not in names_in(channels):
        return channels
    return renamed(channels, {IN_CHANNELS: builder.outside.channels(running)})


class StepsClass(NamedTuple):
    """The class of the steps of a list of modules: what constructs it, and the value after it."""

    text: str
    leaving: ValueFlow


def class_of_steps(
    outside: ClassBuilder,
    name: str,
    body: Body,
    targets: Sequence[str],
    inside: Sites,
    running: ValueFlow,
) -> StepsClass:
    """The class of steps that each module of a list has.  Raises NotStated."""
    builder = IterationBuilder(outside, targets)
    sites = []
    for site in inside:
        names = {**site.names, IN_CHANNELS: running.shape(site).channels}
        sites.append(Site.around(names, site))
    entering = ValueFlow(Variable("x"), running.values, Channels(IN_CHANNELS))
    [found] = builder.body(body, sites, (entering,))
    if builder.captured:
        raise NotStated("values from around a list of modules")
    leaving = ValueFlow(
        found.variable,
        {site: found.at(one) for site, one in zip(inside, sites, strict=True)},
        None,
    )
    docstring = f"{entering.shape(sites[0])} -> {found.shape(sites[0])}, the first of {len(sites)}."
    text = finished(builder, name, docstring, (entering, running), found, {})
    leaving.channels = outside.channels_text(channels_outside(builder, found, running))
    return StepsClass(text, leaving)


def finished(
    builder: IterationBuilder,
    name: str,
    docstring: str,
    running: tuple[ValueFlow, ValueFlow],
    leaving: ValueFlow,
    extras: dict[str, ValueFlow],
) -> str:
    """Add the class; returns the expression that constructs it.

    `running` is the first input inside of the class, and around it.
    """
    export, outside = builder.export, builder.outside
    entering, around = running
    read = names_read(builder.steps, [])
    texts = [outside.channels(around)] if IN_CHANNELS in read else []
    parameters = [CodeParameter(IN_CHANNELS)] if IN_CHANNELS in read else []
    for local, target in builder.local.items():
        if target in read:
            outside.used.add(local)
            parameters.append(CodeParameter(target))
            texts.append(target)
    for variable in builder.variables:
        target = identifier(variable, VARIABLES)
        outside.variables[variable] = None
        parameters.append(CodeParameter(target, is_keyword=True))
        texts.append(f"{target}={target}")
    plan = ClassPlan(
        export.new_class_name(name),
        docstring,
        tuple(parameters),
        (),
        tuple(builder.steps),
        (entering.variable, *(one.flow.variable for one in builder.captured)),
        (leaving.variable, *(flow.variable for flow in extras.values())),
    )
    check_plan(plan, {*export.class_names, *export.helpers})
    export.plans.append(plan)
    return f"{plan.name}({', '.join(texts)})"
