"""The translation of steps with `repeat` or `for`."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

from ...document import Step
from ...named_tuple import NamedTuple
from ...network import Value
from ...parser.expansion.trace import TracedStep
from ..errors import NotStated
from ..python.expressions import names_in, renamed
from ..python.identifiers import VARIABLES, identifier, list_name, plural
from ..python.loop_headers import Header, header_of, iteration_sites
from ..python.sites import Binding, Collected, Flows, Site, Sites, ValueFlow, Variable
from ..python.step_builder import first
from ..python.texts import holds
from .builder import ClassBuilder
from .constructor_names import names_in_statement
from .iteration_classes import Captured, IterationClass, LoopPlace, iteration_class
from .program import Let, LoopStep, Make, ModuleStep, Part, Repeat, chain_parts, texts_of
from .unindexed import unindexed


def loop(builder: ClassBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """The iterations of a step: one loop in the constructor."""
    flows = builder.sources(step, sites, flows)
    header = header_of(builder, step, sites, flows)
    inside = iteration_sites(step, header, sites)
    if not inside:
        return flows
    entering = first(flows)
    if len(flows) != 1:
        raise NotStated("a loop over several values")
    return Loop(builder, step, header, sites, inside, entering).translated()


class Iterations(NamedTuple):
    """What constructs the modules of an iteration, with their class if they have one."""

    parts: tuple[Part, ...]
    found: IterationClass | None = None

    @property
    def captured(self) -> tuple[Captured, ...]:
        return () if self.found is None else self.found.captured


class Loop:
    """One loop while it is translated.

    `running` is the value at the start of an iteration, `plain` the step without its iterations;
    the loop `carries` the channels if they change.  `leaving_text` is the expression for the
    channels after an iteration.
    """

    running: ValueFlow
    plain: Step
    carries: bool
    leaving_text: str

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
        """The step of the loop: modules in sequence, or modules of a class of the iterations."""
        builder = self.builder
        state = builder.state()
        try:
            return self.of_modules()
        except NotStated as reason:
            builder.restore(state)
            try:
                return self.of_classes()
            except NotStated as other:
                both = dict.fromkeys((str(reason), str(other)))
                raise NotStated("; ".join(both)) from None

    def begin(self) -> list[Let]:
        """The value at the start of an iteration, and the statement before the loop."""
        self.check_inputs()
        values = {site: self.entering_value(site) for site in self.inside}
        self.running = ValueFlow(Variable("y"), values, None)
        self.carries = any(self.changes_channels(site) for site in self.inside)
        self.plain = self.step._replace(repeat=None, bindings=None, name=None, sources=None)
        return self.start(self.running, self.carries)

    def of_modules(self) -> Flows:
        """The loop as modules in sequence.  Raises NotStated."""
        builder = self.builder
        before = self.begin()
        outside = dict(builder.local)
        builder.local |= zip(self.header.names, self.header.targets, strict=True)
        try:
            with builder.scope(), builder.inside() as steps:
                leaving = builder.once(self.plain, self.inside, (self.running,))
        finally:
            builder.local = outside
        if len(leaving) != 1:
            raise NotStated("a loop whose steps give several values")
        after = self.end(leaving[0], self.carries)
        self.leaving_text = leaving[0].channels.text if leaving[0].channels is not None else ""
        parts = chain_parts(steps, self.running.variable, leaving[0].variable)
        if parts is None:
            raise NotStated("a loop of steps that are not modules in sequence")
        if any(builder.export.is_read_inside(one) for one in self.occurrences()):
            raise NotStated("a value inside of an iteration that is read later")
        return self.finished(Iterations(parts), before, after)

    def of_classes(self) -> Flows:
        """The loop as modules of one class.  Raises NotStated."""
        builder = self.builder
        before = self.begin()
        if not all(site.one_of(self.step).is_active for site in self.inside):
            raise NotStated("iterations that are skipped")
        outside = dict(builder.local)
        builder.local |= zip(self.header.names, self.header.targets, strict=True)
        try:
            targets = self.header.targets
            place = LoopPlace(builder, self.step, self.plain, targets, self.inside, self.running)
            found = iteration_class(place)
            values = {site: site.one_of(self.step).outputs[0] for site in self.inside}
            leaving = ValueFlow(Variable("y"), values, None)
            leaving.channels = builder.channels_from([found.channels], leaving, self.inside)
            if leaving.channels is None and self.carries:
                leaving.channels = builder.channels_text(found.channels)
            after = self.end(leaving, self.carries)
            self.leaving_text = found.channels
        finally:
            builder.local = outside
        return self.finished(Iterations((Make(found.text),), found), before, after)

    def check_inputs(self) -> None:
        """Raise NotStated unless each iteration reads the value after the one before it."""
        for site in self.sites:
            current: tuple[Value, ...] = (self.entering.at(site),)
            for occurrence in site.all_of(self.step):
                if occurrence.inputs != current:
                    raise NotStated("a loop whose steps do not read one value")
                current = occurrence.outputs if occurrence.is_active else current

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
        self, iterations: Iterations, before: Sequence[Let], after: Sequence[Let]
    ) -> Flows:
        """The step of the whole loop, and the value after it."""
        builder, step = self.builder, self.step
        if not iterations.parts:
            builder.bind(step.name, Binding((self.entering,)))
            return (self.entering,)
        result = self.result(bool(before or after))
        used = {name for text in texts_of(iterations.parts) for name in names_in_statement(text)}
        used |= {name for let in after for name in names_in_statement(let.text)}
        used |= {name for let in before for name in names_in_statement(let.text)}
        counted = Repeat(
            *head_of(self.header, used),
            iterations.parts,
            tuple(let.text for let in before),
            tuple(let.text for let in after),
            step.type == "group" and step.name is not None,
            step.name or "",
        )
        taken = {*builder.local.values(), *map(identifier, builder.export.variables)}
        repeat = unindexed(counted, self.sites, {*taken, builder.carried_name})
        collected = self.collected(iterations.found)
        inputs, outputs = (self.entering.variable,), (result.variable,)
        hint = plural(step.name) if step.name else "layers"
        if collected is None and not iterations.captured:
            is_named = step.name is not None
            builder.steps.append(ModuleStep(hint, (repeat,), inputs, outputs, is_named=is_named))
        else:
            self.add_loop(repeat, iterations, collected, inputs, outputs)
        builder.bind(step.name, Binding((result,), iterations=collected))
        return (result,)

    def add_loop(
        self,
        repeat: Repeat,
        iterations: Iterations,
        collected: Collected | None,
        inputs: tuple[Variable, ...],
        outputs: tuple[Variable, ...],
    ) -> None:
        """Add a loop of `forward`."""
        step, found = self.step, iterations.found
        which: list[int | None] = []
        lists: list[Variable] = []
        if collected is not None and self.is_collected():
            which.append(None)
            lists.append(collected.variable)
        extras = list(found.extras) if found is not None else []
        for name in extras:
            assert collected is not None
            which.append(extras.index(name) + 1)
            lists.append(collected.inner[name].variable)
        captured = iterations.captured
        names = found.loop_names if found is not None else ()
        made = LoopStep(
            plural(step.name) if step.name else "layers",
            identifier(step.name or "layer", VARIABLES),
            (repeat._replace(is_nested=True),),
            (*inputs, *(one.outside for one in captured)),
            (*outputs, *lists),
            tuple(which),
            1 + len(extras),
            names,
            tuple(self.source_of(name) for name in names),
            tuple(one.argument.format(f"{{{k}}}") for k, one in enumerate(captured, 1)),
            tuple(extras),
        )
        self.builder.steps.append(made)

    def source_of(self, name: str) -> str:
        """What a name runs over in `forward`, where nothing of the constructor is known."""
        source = self.header.sources[self.header.targets.index(name)]
        if names_in(source) - {"range"}:
            raise NotStated(f"the values of {name} in `forward`")
        return source

    def result(self, carries: bool) -> ValueFlow:
        """The value after the loop: that of the last iteration, or the one before the loop."""
        builder, step = self.builder, self.step
        values: dict[Site, Value] = {}
        for site in self.sites:
            active = [one for one in site.all_of(step) if one.is_active]
            values[site] = active[-1].outputs[0] if active else self.entering.at(site)
        variable = Variable("y")
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

    def is_collected(self) -> bool:
        """Whether steps after the loop read the value of an iteration but the last.

        A reference to all iterations does, however many there are, unless the file states one.
        """
        if any(self.is_read_later(site) for site in self.sites):
            return True
        is_counted = not names_in(self.header.sources[0]) - {"range"}
        return not is_counted and self.builder.export.reads_all(self.builder.block, self.step)

    def collected(self, found: IterationClass | None) -> Collected | None:
        """The lists of the values of all iterations, if steps after the loop read them."""
        step = self.step
        extras = found.extras if found is not None else {}
        if step.name is None or not (extras or self.is_collected()):
            return None
        if not all(one.is_active for site in self.sites for one in site.all_of(step)):
            raise NotStated("iterations that are skipped, and referred to")
        values = {site: [one.outputs[0] for one in site.all_of(step)] for site in self.sites}
        inner = {}
        for name, flow in extras.items():
            by_site: dict[Site, list[Value]] = {site: [] for site in self.sites}
            for inside, value in flow.values.items():
                by_site[self.site_around(inside)].append(value)
            inner[name] = Collected(Variable(list_name(name), is_named=True), by_site)
        channels, each = self.entry_texts(values)
        variable = Variable(list_name(step.name), is_named=True, is_list=True)
        return Collected(variable, values, channels, each, inner)

    def entry_texts(self, values: dict[Site, list[Value]]) -> tuple[str, str]:
        """Expressions for the channels of all values and of each; "" if there are none."""
        for site, entries in values.items():
            for value in entries:
                if not holds(self.leaving_text, [site], constant(value.shape.channels)):
                    return "", ""
        source = self.header.sources[0]
        count = source[6:-1] if source.startswith("range(") else f"len({source})"
        names = {"n": count, "c": self.leaving_text}
        return renamed("n * c", names), renamed("(c,) * n", names)

    def site_around(self, inside: Site) -> Site:
        found: Site | None = inside
        while found is not None and found not in self.sites:
            found = found.parent
        assert found is not None
        return found

    def is_read_later(self, site: Site) -> bool:
        """Whether the value of an iteration but the last is read after the loop."""
        done = site.all_of(self.step)
        if not done:
            return False
        start, end = done[0].start, done[-1].end
        return any(
            self.builder.export.is_read_outside(one.outputs[0], start, end)
            for one in done[:-1]
            if one.is_active
        )


def constant(value: int) -> Callable[[Site], int]:
    return lambda _: value


def head_of(header: Header, used: Container[str]) -> tuple[str, str]:
    """The names that a loop binds, and what it runs over, without names that nothing reads."""
    pairs = zip(header.targets, header.sources, strict=True)
    kept = [(target, source) for target, source in pairs if target in used]
    targets, sources = zip(*kept or [("_", header.sources[0])], strict=True)
    return ", ".join(targets), header._replace(sources=sources).source
