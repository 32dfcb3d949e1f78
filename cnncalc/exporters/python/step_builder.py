"""The translation of steps to code: what does not depend on the framework."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from ...datum import Datum
from ...document import Body, Step
from ...expression.expression import Expression, Reference
from ...expression.grammar import compile_reference
from ...layers import LAYERS
from ...shape import Shape
from ..errors import NotStated
from .evaluation import value_of
from .expressions import names_in, substituted, template
from .identifiers import VARIABLES, identifier
from .sites import Binding, Flows, Site, Sites, ValueFlow
from .texts import simplified, text_of
from .traced_file import TracedFile

ShapePart = Callable[[Shape], Datum]
"""A part of a shape: its channels, its spatial sizes, or all sizes."""


class StepBuilder:
    """Translates the steps of a block, or of the network.

    `local` are the names of the code by those of the file: parameters, values of `let`, and
    variables of loops.  `used` are those that the code reads, `variables` the variables of the file
    among them.
    """

    def __init__(
        self, export: TracedFile, local: Mapping[str, str], *, is_network: bool = False
    ) -> None:
        self.export = export
        self.local = dict(local)
        self.is_network = is_network
        self.used: set[str] = set()
        self.variables: dict[str, None] = {}
        self.scopes: list[dict[str, Binding]] = [{}]

    # Steps

    def translated(self, form: str, step: Step, sites: Sites, flows: Flows) -> Flows:
        """Translate a step of a type, its iterations (`loop`), or its condition (`when`)."""
        raise NotImplementedError

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
            return self.translated("loop", step, sites, flows)
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
        tested = step._replace(when=Expression(test, step.span, step.when.run))
        return self.translated("when", tested, sites, flows)

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
        return self.translated(step.type, step, sites, flows)

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
        found = self.sources(step, sites, flows)
        for site in sites:
            inputs = site.one_of(step).inputs
            values = tuple(value for flow in found for value in flow.all_at(site))
            if inputs and values != inputs:
                raise NotStated(f"the references of {step.word}")
        return found

    def sources(self, step: Step, sites: Sites, flows: Flows) -> Flows:
        """The values that `from` refers to, or those before the step if it has none."""
        if step.sources is None:
            return flows
        found: list[ValueFlow] = []
        for reference, _ in step.sources:
            found += flows if reference.text == "[]" else self.resolve(reference, sites)
        return tuple(found)

    def resolve(self, reference: Reference, sites: Sites) -> Flows:
        """The values that a reference refers to.  Raises NotStated."""
        raise NotImplementedError

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

    # Expressions

    def state(self) -> tuple[object, ...]:
        """What an attempt to translate a step may change."""
        return set(self.used), dict(self.variables)

    def restore(self, state: tuple[object, ...]) -> None:
        """Undo an attempt."""
        used, variables, *_ = state
        assert isinstance(used, set) and isinstance(variables, dict)
        self.used, self.variables = used, variables

    def values_at(self, expression: Expression, flows: Flows, sites: Sites) -> dict[Site, Datum]:
        """The values of an expression at all sites, without using it.  Raises NotStated."""
        state = self.state()
        try:
            text = self.text(expression, flows, sites)
            return {site: value_of(text, site.names) for site in sites}
        finally:
            self.restore(state)

    def text(self, expression: Expression, flows: Flows, sites: Sites) -> str:
        """An expression of the file as code.  Raises NotStated."""
        return self.text_of(expression.text, flows, sites)

    def text_of(self, text: str, flows: Flows, sites: Sites) -> str:
        if text.startswith("{"):
            raise NotStated("a mapping")
        tree, shapes = template(text)
        is_reduced = False

        def expression_of(name: str) -> str:
            nonlocal is_reduced
            if name in shapes:
                call = shapes[name]
                return self.shape_text(call.function, call.reference, sites)
            if name == "in_channels":
                return self.channels(first(flows), sites)
            if name == "in_size":
                is_reduced = True
                return self.sizes(lambda shape: shape.spatial, first(flows), sites)
            found, reduced = self.name_text(name, flows, sites)
            is_reduced |= reduced
            return found

        found = substituted(tree, expression_of)
        return simplified(found, self.export.block_names.values()) if is_reduced else found

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
        """The code for a value of the file; a word for a layer is what the code has for it."""
        if not isinstance(value, str):
            return text_of(value)
        rank = len(first(flows).shape(sites[0]).spatial) if flows else 2
        word = self.export.word(value, rank)
        return repr(value) if word == value else str(word)

    def shape_text(self, function: str, reference: str, sites: Sites) -> str:
        """The code for `channels(x)`, `size(x)` or `shape(x)`."""
        found = self.resolve(compile_reference(reference), sites)
        if len(found) != 1 or found[0].entries is not None:
            raise NotStated(f"{function} of several values")
        [flow] = found
        if function == "channels":
            return self.channels(flow, sites)
        part: ShapePart = (lambda shape: shape.spatial) if function == "size" else tuple
        return self.sizes(part, flow, sites)

    def channels(self, flow: ValueFlow, sites: Sites) -> str:
        """The code for the channels of a value.  Raises NotStated if there is none."""
        raise NotImplementedError

    def sizes(self, part: ShapePart, flow: ValueFlow, sites: Sites) -> str:
        """The code for sizes of a value.  Raises NotStated if there is none."""
        raise NotImplementedError


def first(flows: Flows) -> ValueFlow:
    if not flows:
        raise NotStated("a step without an input")
    return flows[0]


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
