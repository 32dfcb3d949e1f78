"""The translation of steps with `repeat` or `for`."""

from __future__ import annotations

from collections.abc import Sequence

from ...document import Step
from ...named_tuple import NamedTuple
from ...network import Value
from ...parser.expansion.trace import TracedStep
from ..errors import NotStated
from ..python.evaluation import value_of
from ..python.expressions import names_in
from ..python.identifiers import identifier
from .builder import ClassBuilder, first
from .construction import plural
from .names import VARIABLES
from .program import Let, LoopStep, ModuleStep, Part, Repeat, Variable, chain_parts, texts_of
from .sites import Binding, Collected, Flows, Site, Sites, ValueFlow
from .texts import holds


class Header(NamedTuple):
    """The head of a loop: the names of the file that it binds, and what they run over."""

    names: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def source(self) -> str:
        """What the loop runs over, as one expression."""
        if len(self.sources) == 1:
            return self.sources[0]
        return f"zip({', '.join(self.sources)})"


def loop(builder: ClassBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """The iterations of a step: one loop in the constructor."""
    header = header_of(builder, step, sites, flows)
    inside = iteration_sites(step, header, sites)
    if not inside:
        return flows
    entering = first(flows)
    if len(flows) != 1:
        raise NotStated("a loop over several values")
    return Loop(builder, step, header, sites, inside, entering).translated()


def header_of(builder: ClassBuilder, step: Step, sites: Sites, flows: Flows) -> Header:
    """The head of a loop.  Raises NotStated unless it is what every site did."""
    if step.bindings is None:
        assert step.repeat is not None
        names: tuple[str, ...] = ("i",)
        sources: tuple[str, ...] = (f"range({builder.text(step.repeat, flows, sites)})",)
    else:
        names = tuple(name for name, _ in step.bindings)
        sources = tuple(
            column(builder.text(expression, flows, sites), sites) for _, expression in step.bindings
        )
    for index, name in enumerate(names):
        for site in sites:
            done = [one.variables.get(name) for one in site.all_of(step)]
            stated = value_of(sources[index], site.names)
            if name == "i" and step.bindings is None:
                done = list(range(len(done)))
            if tuple(builder.export.word(value, 2) for value in done) != tuple(stated):
                raise NotStated(f"the values of {name}")
    return Header(names, sources)


def column(text: str, sites: Sites) -> str:
    """What a name runs over: a list, or the numbers below a count."""
    is_list = all(isinstance(value_of(text, site.names), tuple) for site in sites)
    return text if is_list else f"range({text})"


def iteration_sites(step: Step, header: Header, sites: Sites) -> list[Site]:
    """A site for each iteration at each site."""
    found = []
    for site in sites:
        for index, occurrence in enumerate(site.all_of(step)):
            names = dict(site.names)
            for name in header.names:
                counts = name == "i" and step.bindings is None
                names[variable_name(name)] = index if counts else occurrence.variables[name]
            found.append(Site.of_iteration(names, occurrence, site))
    return found


def variable_name(name: str) -> str:
    return identifier(name, VARIABLES)


class Loop:
    """One loop while it is translated."""

    def __init__(
        self,
        builder: ClassBuilder,
        step: Step,
        header: Header,
        sites: Sites,
        inside: Sites,
        entering: ValueFlow,
    ) -> None:
        self.builder = builder
        self.step = step
        self.header = header
        self.sites = sites
        self.inside = inside
        self.entering = entering

    def translated(self) -> Flows:
        builder, step = self.builder, self.step
        values = {site: self.entering_value(site) for site in self.inside}
        running = ValueFlow(Variable(step.name or "x"), values, None)
        carries = any(self.changes_channels(site) for site in self.inside)
        before = self.start(running, carries)
        outside = dict(builder.local)
        builder.local |= {name: variable_name(name) for name in self.header.names}
        plain = step._replace(repeat=None, bindings=None, name=None, sources=None)
        with builder.scope() as names, builder.inside() as steps:
            leaving = builder.once(plain, self.inside, (running,))
        builder.local = outside
        if len(leaving) != 1:
            raise NotStated("a loop whose steps give several values")
        after = self.end(leaving[0], carries)
        parts = chain_parts(steps, running.variable, leaving[0].variable)
        if parts is None or names_with_values(names):
            raise NotStated("a loop of steps that are not modules in sequence")
        if any(builder.export.is_read_inside(one) for one in self.occurrences()):
            raise NotStated("a value inside of an iteration that is read later")
        return self.finished(parts, before, after, leaving[0])

    def occurrences(self) -> list[TracedStep]:
        return [one for site in self.sites for one in site.all_of(self.step)]

    def entering_value(self, site: Site) -> Value:
        inputs = site.one_of(self.step).inputs
        if len(inputs) != 1:
            raise NotStated("a loop whose steps do not read one value")
        return inputs[0]

    def changes_channels(self, site: Site) -> bool:
        occurrence = site.one_of(self.step)
        if not occurrence.is_active or len(occurrence.outputs) != 1:
            return False
        return occurrence.outputs[0].shape.channels != occurrence.inputs[0].shape.channels

    def start(self, running: ValueFlow, carries: bool) -> list[Let]:
        """The channels at the start of an iteration, and the statement before the loop."""
        builder = self.builder
        text = builder.channels(self.entering)
        if not carries:
            running.channels = builder.channels_text(text)
            wanted = lambda site: running.shape(site).channels
            if not holds(text, self.inside, wanted):
                raise NotStated("the channels of an iteration")
            return []
        before = [] if text == builder.carried_name else [builder.carry(text, self.sites)]
        for site in self.inside:
            site.names[builder.carried_name] = running.shape(site).channels
        running.channels = builder.channels_text(builder.carried_name)
        return before

    def end(self, leaving: ValueFlow, carries: bool) -> list[Let]:
        """The statement at the end of an iteration."""
        builder = self.builder
        if not carries:
            return []
        text = builder.channels(leaving)
        if text == builder.carried_name:
            return []
        return [builder.carry(text, self.inside)]

    def finished(
        self, parts: Sequence[Part], before: Sequence[Let], after: Sequence[Let], leaving: ValueFlow
    ) -> Flows:
        """The step of the whole loop, and the value after it."""
        builder, step = self.builder, self.step
        result = self.result(bool(before or after), leaving)
        used = {name for text in texts_of(parts) for name in names_in_statement(text)}
        used |= {name for let in after for name in names_in_statement(let.text)}
        targets = [variable_name(name) for name in self.header.names]
        target = ", ".join(name if name in used else "_" for name in targets)
        is_nested = step.type == "group" and step.name is not None
        repeat = Repeat(
            target,
            self.header.source,
            tuple(parts),
            tuple(let.text for let in before),
            tuple(let.text for let in after),
            is_nested,
            step.name or "",
        )
        hint = plural(step.name) if step.name else "layers"
        is_named = step.name is not None
        inputs, outputs = (self.entering.variable,), (result.variable,)
        collected = self.collected()
        if collected is None:
            builder.steps.append(ModuleStep(hint, (repeat,), inputs, outputs, is_named=is_named))
        else:
            whole = repeat._replace(is_nested=True)
            item = identifier(step.name or "layer", VARIABLES)
            variables = (*outputs, collected.variable)
            builder.steps.append(LoopStep(hint, item, (whole,), inputs, variables, (None,)))
        builder.bind(step.name, Binding((result,), iterations=collected))
        return (result,)

    def result(self, carries: bool, leaving: ValueFlow) -> ValueFlow:
        """The value after the loop: that of the last iteration, or the one before the loop."""
        builder, step = self.builder, self.step
        values: dict[Site, Value] = {}
        for site in self.sites:
            active = [one for one in site.all_of(step) if one.is_active]
            values[site] = active[-1].outputs[0] if active else self.entering.at(site)
        variable = Variable(step.name or "x")
        texts = []
        if carries:
            for site in self.sites:
                site.names[builder.carried_name] = values[site].shape.channels
            builder.carried_version += 1
            texts = [builder.carried_name]
        elif self.entering.channels is not None:
            texts = [self.entering.channels.text]
        result = ValueFlow(variable, values, None)
        result.channels = builder.channels_from(texts, result, self.sites)
        return result

    def collected(self) -> Collected | None:
        """The list of the values of all iterations, if steps after the loop read them."""
        step = self.step
        if step.name is None or not any(self.is_read_later(site) for site in self.sites):
            return None
        if not all(one.is_active for site in self.sites for one in site.all_of(step)):
            raise NotStated("iterations that are skipped, and referred to")
        values = {site: [one.outputs[0] for one in site.all_of(step)] for site in self.sites}
        variable = Variable(plural(step.name), is_named=True)
        return Collected(variable, values)

    def is_read_later(self, site: Site) -> bool:
        """Whether the value of an iteration but the last is read after the loop."""
        done = site.all_of(self.step)
        start, end = done[0].start, done[-1].end
        return any(
            self.builder.export.is_read_outside(one.outputs[0], start, end)
            for one in done[:-1]
            if one.is_active
        )


def names_with_values(names: dict[str, Binding]) -> bool:
    return False


def names_in_statement(text: str) -> frozenset[str]:
    """The names that an expression or an assignment reads."""
    _, mark, value = text.partition("= ")
    is_assignment = bool(mark) and text.partition(" ")[0].isidentifier()
    return names_in(value if is_assignment else text)
