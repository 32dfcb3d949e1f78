"""The translation of steps to a class: what every type of step needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ...document import Block, Step
from ...expression.expression import Reference
from ...shape import Shape
from ..errors import NotStated
from ..python.evaluation import value_of
from ..python.expressions import names_in
from ..python.identifiers import identifier, unused
from ..python.sites import Binding, Channels, Collected, Flows, Sites, ValueFlow, Variable
from ..python.step_builder import ShapePart, StepBuilder, inner_binding, root_of
from ..python.texts import constant_text, first_that_holds
from .module import Export
from .program import ExpressionStep, ForwardStep, Let

CARRIED = "channels"
"""The variable of generated code for a number of channels that changes in a loop."""

StepTranslator = Callable[["ClassBuilder", Step, Sites, Flows], Flows]


class ClassBuilder(StepBuilder):
    """Translates the steps of a block, or of the network, to the plan of a class.

    `local` are the names of the constructor.  `carried_version` counts the changes of `channels`.
    `added_to_input` are the channels of values that are added to the input of a block, which must
    have as many.  `entering` are the inputs of the `block`, by the parameters for their spatial
    sizes.
    """

    export: Export

    def __init__(
        self,
        export: Export,
        translate: Mapping[str, StepTranslator],
        local: Mapping[str, str],
        *,
        is_network: bool = False,
    ) -> None:
        super().__init__(export, local, is_network=is_network)
        self.translate = translate
        self.steps: list[ForwardStep] = []
        self.carried_version = 0
        taken = {*self.local.values(), *map(identifier, export.variables)}
        self.carried_name = unused(CARRIED, taken)
        self.attributes: set[str] = set()
        self.output_flows: list[ValueFlow] = []
        self.added_to_input: dict[str, None] = {}
        self.entering: dict[str, ValueFlow] = {}
        self.block: Block | None = None

    def translated(self, form: str, step: Step, sites: Sites, flows: Flows) -> Flows:
        return self.translate[form](self, step, sites, flows)

    def state(self) -> tuple[object, ...]:
        return (*super().state(), list(self.steps))

    def restore(self, state: tuple[object, ...]) -> None:
        super().restore(state)
        steps = state[-1]
        assert isinstance(steps, list)
        self.steps[:] = steps

    @contextmanager
    def inside(self) -> Iterator[list[ForwardStep]]:
        """Collect the steps that are added meanwhile."""
        outside, self.steps = self.steps, []
        try:
            yield self.steps
        finally:
            self.steps = outside

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

    def collected(
        self, found: Collected, part: object, parts: Sequence[object], sites: Sites
    ) -> Flows:
        """The values of one iteration, or of all."""
        for inner in parts:
            if not isinstance(inner, str) or inner not in found.inner:
                raise NotStated(f"the reference to {inner} of an iteration")
            found = found.inner[inner]
        if part == "*":
            return (self.whole_list(found, sites),)
        if not isinstance(part, int):
            raise NotStated("a reference to a computed iteration")
        return (self.entry(self.whole_list(found, sites), part, sites),)

    def whole_list(self, found: Collected, sites: Sites) -> ValueFlow:
        """The values of all iterations as one list."""
        entries = {site: tuple(found.values[root_of(site, found.values)]) for site in sites}
        channels = {
            site: tuple([value.shape.channels for value in listed])
            for site, listed in entries.items()
        }
        each = found.each or constant_text(sites, lambda site: channels[site]) or ""
        total = found.channels or constant_text(sites, lambda site: sum(channels[site]))
        flow = ValueFlow(found.variable, {}, self.channels_text(total) if total else None)
        flow.entries = entries
        flow.each = each
        return flow

    def unlisted(self, flows: Flows, sites: Sites) -> Flows:
        """Values, with the entries of lists as values of their own.  Raises NotStated."""
        found: list[ValueFlow] = []
        for flow in flows:
            counts = {len(flow.all_at(site)) for site in sites}
            if len(counts) != 1:
                raise NotStated("all iterations, of which there are not always as many")
            if flow.entries is None:
                found.append(flow)
            else:
                found += [self.entry(flow, index, sites) for index in range(counts.pop())]
        return tuple(found)

    def entry(self, listed: ValueFlow, index: int, sites: Sites) -> ValueFlow:
        """An entry of a list."""
        values = {site: listed.all_at(site)[index] for site in sites}
        variable = Variable(f"{listed.variable.hint}_{index}")
        self.steps.append(ExpressionStep(f"{{0}}[{index}]", (listed.variable,), (variable,)))
        flow = ValueFlow(variable, values, None)
        texts = [f"{listed.each}[{index}]"] if listed.each.isidentifier() else []
        flow.channels = self.channels_from(texts, flow, sites)
        return flow

    # Channels

    def channels(self, flow: ValueFlow, sites: Sites = ()) -> str:
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

    def sizes(self, part: ShapePart, flow: ValueFlow, sites: Sites) -> str:
        """Sizes of a value: numbers, or those of an input of the block that are the same."""
        text = constant_text(sites, lambda site: part(flow.shape(site)))
        if text is not None:
            return text
        for name, entering in self.entering.items():
            if all(flow.shape(site).spatial == entering.shape(site).spatial for site in sites):
                is_whole = part(Shape((2, 3))) == (2, 3)
                return f"({self.channels(flow)}, *{name})" if is_whole else name
        raise NotStated("sizes that differ")

    # Names

    def new_attribute(self, hint: str) -> str:
        """An attribute that code refers to."""
        from .names import ATTRIBUTES

        found = unused(identifier(hint, ATTRIBUTES), self.attributes)
        self.attributes.add(found)
        return found


def added_statement(name: str, text: str) -> str:
    """`name = text`, or `name += rest` if the text is a sum that begins with the name."""
    start = f"{name} + "
    rest = text.removeprefix(start)
    if text.startswith(start) and not set(rest) & set("<>=") and " if " not in rest:
        return f"{name} += {rest}"
    return f"{name} = {text}"
