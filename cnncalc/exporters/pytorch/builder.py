"""The translation of steps to a class: what every type of step needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ...datum import Datum
from ...document import Body, Step
from ...expression.expression import Expression, Reference
from ...expression.grammar import compile_reference
from ...layers import LAYERS
from ...shape import Shape
from ..errors import NotStated
from ..python.evaluation import value_of
from ..python.expressions import names_in, renamed, substituted, template
from ..python.identifiers import identifier, unused
from .module import Export
from .names import VARIABLES
from .program import ExpressionStep, ForwardStep, Let, Variable
from .sites import Binding, Channels, Collected, Flows, Site, Sites, ValueFlow
from .texts import constant_text, first_that_holds, simplified, text_of

CARRIED = "channels"
"""The variable of generated code for a number of channels that changes in a loop."""

StepTranslator = Callable[["ClassBuilder", Step, Sites, Flows], Flows]


class ClassBuilder:
    """Translates the steps of a block, or of the network, to the plan of a class.

    `local` are the names of the constructor by those of the file: parameters, values of `let`, and
    variables of loops.  `used` are those that the code reads, `variables` the variables of the file
    among them.  `carried_version` counts the changes of `channels`.  `added_to_input` are the
    channels of values that are added to the input of a block, which must have as many.
    """

    def __init__(
        self,
        export: Export,
        translate: Mapping[str, StepTranslator],
        local: Mapping[str, str],
        *,
        is_network: bool = False,
    ) -> None:
        self.export = export
        self.translate = translate
        self.local = dict(local)
        self.is_network = is_network
        self.used: set[str] = set()
        self.variables: dict[str, None] = {}
        self.steps: list[ForwardStep] = []
        self.scopes: list[dict[str, Binding]] = [{}]
        self.carried_version = 0
        taken = {*self.local.values(), *map(identifier, export.variables)}
        self.carried_name = unused(CARRIED, taken)
        self.attributes: set[str] = set()
        self.output_flows: list[ValueFlow] = []
        self.added_to_input: dict[str, None] = {}

    # Steps

    def body(self, body: Body, sites: Sites, flows: Flows) -> Flows:
        """Translate the steps of a body."""
        for step in body.steps:
            flows = self.step(step, sites, flows)
        return flows

    def step(self, step: Step, sites: Sites, flows: Flows) -> Flows:
        """Translate a step; returns the values after it."""
        if step.shared is not None:
            raise NotStated("shared weights")
        is_repeated = step.repeat is not None or step.bindings is not None
        if is_repeated:
            return self.translate["loop"](self, step, sites, flows)
        return self.once(step, sites, flows)

    def once(self, step: Step, sites: Sites, flows: Flows) -> Flows:
        """Translate a step without its iterations."""
        occurrences = {site: site.one_of(step) for site in sites}
        active = [site for site in sites if occurrences[site].is_active]
        if not active:
            return flows
        if step.when is None or (len(active) == len(sites) and self.is_decided(step.when)):
            return self.active(step, sites, flows)
        if self.is_decided(step.when):
            raise NotStated("a condition of variables that holds only sometimes")
        test = self.text(step.when, flows, sites)
        if not names_in(test) and len(active) == len(sites):
            return self.active(step, sites, flows)
        if not all(
            bool(value_of(test, site.names)) == occurrences[site].is_active for site in sites
        ):
            raise NotStated(f"the condition {step.when.text}")
        return self.translate["when"](
            self, step._replace(when=Expression(test, step.span, step.when.run)), sites, flows
        )

    def is_decided(self, condition: Expression) -> bool:
        """Whether a condition reads nothing but variables whose values are written."""
        return not condition.references and all(
            name not in self.local and (name in self.export.variables or name in LAYERS)
            for name in condition.names
        )

    def active(self, step: Step, sites: Sites, flows: Flows) -> Flows:
        """Translate a step that is active at all of the sites."""
        if step.sources is not None:
            flows = self.referenced(step, sites, flows)
        return self.translate[step.type](self, step, sites, flows)

    def state(self) -> tuple[object, ...]:
        """What an attempt to translate a step may change."""
        return set(self.used), dict(self.variables), list(self.steps), len(self.export.plans)

    def restore(self, state: tuple[object, ...]) -> None:
        """Undo an attempt."""
        used, variables, steps, _ = state
        assert isinstance(used, set) and isinstance(variables, dict) and isinstance(steps, list)
        self.used, self.variables = used, variables
        self.steps[:] = steps

    @contextmanager
    def inside(self) -> Iterator[list[ForwardStep]]:
        """Collect the steps that are added meanwhile."""
        outside, self.steps = self.steps, []
        try:
            yield self.steps
        finally:
            self.steps = outside

    @contextmanager
    def scope(self) -> Iterator[dict[str, Binding]]:
        """Collect the names that are given meanwhile."""
        self.scopes.append({})
        try:
            yield self.scopes[-1]
        finally:
            self.scopes.pop()

    def bind(self, name: str | None, binding: Binding) -> None:
        if name:
            self.scopes[-1][name] = binding

    # References

    def referenced(self, step: Step, sites: Sites, flows: Flows) -> Flows:
        """The values that `from` refers to, which are checked at every site."""
        found: list[ValueFlow] = []
        for reference, _ in step.sources or ():
            found += flows if reference.text == "[]" else self.resolve(reference, sites)
        for site in sites:
            inputs = site.one_of(step).inputs
            if inputs and tuple(flow.at(site) for flow in found) != inputs:
                raise NotStated(f"the references of {step.word}")
        return tuple(found)

    def resolve(self, reference: Reference, sites: Sites) -> Flows:
        """The values that a reference refers to.  Raises NotStated."""
        binding = self.find(reference.name)
        parts = list(reference.parts[1:])
        while parts:
            part = self.position(parts.pop(0), sites)
            if isinstance(part, str) and part != "*":
                binding = inner_binding(binding, part)
            elif binding.iterations is not None:
                return self.collected(binding.iterations, part, parts, sites)
            elif isinstance(part, int) and -len(binding.flows) <= part < len(binding.flows):
                binding = Binding((binding.flows[part],))
            elif part == "*" and not parts:
                return binding.flows
            else:
                raise NotStated(f"the reference {reference.text}")
        return binding.flows

    def position(self, part: str | int | Expression, sites: Sites) -> str | int | Expression:
        """A part of a reference; the same number everywhere is that number."""
        if not isinstance(part, Expression):
            return part
        text = self.text(part, (), sites)
        values = {value_of(text, site.names) for site in sites}
        found = values.pop()
        return found if not values and type(found) is int else part

    def find(self, name: str) -> Binding:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        raise NotStated(f"the reference {name}")

    def collected(
        self, found: Collected, part: object, parts: Sequence[object], sites: Sites
    ) -> Flows:
        """The values of one iteration, or of all."""
        for inner in parts:
            if not isinstance(inner, str) or inner not in found.inner:
                raise NotStated(f"the reference to {inner} of an iteration")
            found = found.inner[inner]
        if part == "*" and found.channels:
            return (self.whole_list(found, sites),)
        if part == "*":
            return self.translate_all(found, sites)
        if not isinstance(part, int):
            raise NotStated("a reference to a computed iteration")
        return (self.translate_entry(found, part, sites),)

    def whole_list(self, found: Collected, sites: Sites) -> ValueFlow:
        """The values of all iterations as one list, of which a `concat` knows the channels."""
        entries = {site: tuple(found.values[root_of(site, found.values)]) for site in sites}
        values = {site: listed[0] for site, listed in entries.items() if listed}
        text = renamed("n * c", {"n": found.length, "c": found.channels})
        flow = ValueFlow(found.variable, values, self.channels_text(text))
        flow.entries = entries
        return flow

    def translate_all(self, found: Collected, sites: Sites) -> Flows:
        counts = {len(found.values[root_of(site, found.values)]) for site in sites}
        if len(counts) != 1:
            raise NotStated("all iterations, of which there are not always as many")
        return tuple(self.translate_entry(found, index, sites) for index in range(counts.pop()))

    def translate_entry(self, found: Collected, index: int, sites: Sites) -> ValueFlow:
        """The value of one iteration, as an entry of a list."""
        values = {site: found.values[root_of(site, found.values)][index] for site in sites}
        variable = Variable(f"{found.variable.hint}_{index}")
        self.steps.append(ExpressionStep(f"{{0}}[{index}]", (found.variable,), (variable,)))
        flow = ValueFlow(variable, values, None)
        flow.channels = self.channels_from([], flow, sites)
        return flow

    # Channels

    def channels(self, flow: ValueFlow) -> str:
        """The expression for the channels of a value.  Raises NotStated if there is none."""
        if flow.channels is None:
            raise NotStated("the channels of a value")
        text, version = flow.channels
        if version and version != self.carried_version:
            raise NotStated("the channels of a value before a loop")
        return text

    def channels_text(self, text: str) -> Channels:
        """An expression for channels as it holds now."""
        is_carried = self.carried_name in names_in(text)
        return Channels(text, self.carried_version if is_carried else 0)

    def channels_from(self, texts: Sequence[str], flow: ValueFlow, sites: Sites) -> Channels | None:
        """The first expression that gives the channels of a value everywhere, or their number."""
        wanted = lambda site: flow.shape(site).channels
        found = first_that_holds(texts, sites, wanted) or constant_text(sites, wanted)
        return None if found is None else self.channels_text(found)

    def carry(self, text: str, sites: Sites) -> Let:
        """The statement that changes `channels`."""
        for site in sites:
            site.names[self.carried_name] = value_of(text, site.names)
        self.carried_version += 1
        name = self.carried_name
        return Let(added_statement(name, text))

    # Expressions

    def text(self, expression: Expression, flows: Flows, sites: Sites) -> str:
        """An expression of the file as code.  Raises NotStated."""
        return self.text_of(expression.text, flows, sites)

    def text_of(self, text: str, flows: Flows, sites: Sites) -> str:
        if expression_is_mapping(text):
            raise NotStated("a mapping")
        tree, shapes = template(text)
        is_reduced = False

        def expression_of(name: str) -> str:
            nonlocal is_reduced
            if name in shapes:
                call = shapes[name]
                return self.shape_text(call.function, call.reference, flows, sites)
            if name == "in_channels":
                return self.channels(first(flows))
            if name == "in_size":
                return self.shape_constant(lambda shape: shape.spatial, first(flows), sites)
            found, reduced = self.name_text(name, flows, sites)
            is_reduced |= reduced
            return found

        found = substituted(tree, expression_of)
        classes = self.export.block_names.values()
        return simplified(found, classes) if is_reduced else found

    def name_text(self, name: str, flows: Flows, sites: Sites) -> tuple[str, bool]:
        """The code for a name, and whether that is a value which is written as it is."""
        if name in self.local:
            self.used.add(name)
            return self.local[name], False
        if name in self.export.variables:
            if name in self.export.fixed:
                return self.constant(self.export.variables[name], flows, sites), True
            self.variables[name] = None
            return identifier(name, VARIABLES), False
        return self.constant(name, flows, sites), True

    def constant(self, value: Datum, flows: Flows, sites: Sites) -> str:
        """The code for a value of the file; a word for a layer is its class."""
        if not isinstance(value, str):
            return text_of(value)
        rank = len(first(flows).shape(sites[0]).spatial) if flows else 2
        word = self.export.word(value, rank)
        return repr(value) if word == value else str(word)

    def shape_text(self, function: str, reference: str, flows: Flows, sites: Sites) -> str:
        """The code for `channels(x)`, `size(x)` or `shape(x)`."""
        [flow] = self.resolve(compile_reference(reference), sites)
        if function == "channels":
            return self.channels(flow)
        part = (lambda shape: shape.spatial) if function == "size" else tuple
        return self.shape_constant(part, flow, sites)

    def shape_constant(self, part: Callable[[Shape], Datum], flow: ValueFlow, sites: Sites) -> str:
        text = constant_text(sites, lambda site: part(flow.shape(site)))
        if text is None:
            raise NotStated("sizes that differ")
        return text

    # Names

    def new_attribute(self, hint: str) -> str:
        """An attribute that code refers to."""
        from .names import ATTRIBUTES

        found = unused(identifier(hint, ATTRIBUTES), self.attributes)
        self.attributes.add(found)
        return found


def inner_binding(binding: Binding, name: str) -> Binding:
    if name not in binding.inner:
        raise NotStated(f"the reference to {name} inside of a step")
    return binding.inner[name]


def root_of(site: Site, values: Mapping[Site, object]) -> Site:
    """The site itself or the one around it that has a value.  Raises NotStated if none has."""
    found: Site | None = site
    while found is not None:
        if found in values:
            return found
        found = found.parent
    raise NotStated("a list that is not made here")


def first(flows: Flows) -> ValueFlow:
    if not flows:
        raise NotStated("a step without an input")
    return flows[0]


def expression_is_mapping(text: str) -> bool:
    return text.startswith("{")


def added_statement(name: str, text: str) -> str:
    """`name = text`, or `name += rest` if the text is a sum that begins with the name."""
    start = f"{name} + "
    rest = text.removeprefix(start)
    if text.startswith(start) and not set(rest) & set("<>=") and " if " not in rest:
        return f"{name} += {rest}"
    return f"{name} = {text}"
