"""The arguments of a layer as code, checked wherever the layer is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ...datum import Datum
from ...document import Step
from ...expression.expression import Expression
from ...named_tuple import NamedTuple
from ...network import Node
from ..errors import NotStated
from .arguments import CHANNELS, ModuleArgument
from .expressions import names_in, renamed
from .sites import Flows, Site, Sites
from .spelling import quoted
from .step_builder import StepBuilder, first
from .texts import by_entry, constant_text, holds, whole_text

Wanted = Callable[[Site], Datum]
"""The value of an argument at a site."""


class LayerPlace(NamedTuple):
    """A layer at all of its sites: its nodes there, and the values that it reads.

    `running` are the values before it, of which its arguments may state sizes.
    """

    builder: StepBuilder
    step: Step
    nodes: Mapping[Site, Node]
    flows: Flows
    sites: Sites
    running: Flows = ()


def checked_inputs(
    builder: StepBuilder, step: Step, nodes: Mapping[Site, Node], flows: Flows, sites: Sites
) -> Flows:
    """The inputs of a layer, with those that its arguments refer to.  Raises NotStated."""
    for expression in step.arguments.values():
        if expression.references and expression.text == expression.references[0].text:
            flows += builder.resolve(expression.references[0], sites)
    for site in sites:
        if nodes[site].weight_key is not None:
            raise NotStated("shared weights")
        if tuple(flow.at(site) for flow in flows) != nodes[site].inputs:
            raise NotStated(f"the inputs of {step.word}")
    return flows


def is_frozen(place: LayerPlace) -> bool:
    """Whether the weights of a layer are not trained.  Raises NotStated if some are."""
    found = {node in place.builder.export.frozen for node in place.nodes.values()}
    if len(found) > 1:
        raise NotStated("weights that are trained at some places only")
    return found == {True}


class ArgumentTexts:
    """The arguments of a call as code: expressions of the file where it states them.

    `calls` are the arguments at each site, of which only the values differ.
    """

    def __init__(self, place: LayerPlace, calls: Mapping[Site, Sequence[ModuleArgument]]) -> None:
        self.builder, self.step, self.nodes, self.flows, self.sites, _ = place
        self.calls = calls

    def all(self) -> list[str]:
        return list(self.texts())

    def texts(self) -> Iterator[str]:
        """The arguments, without those that have the default value."""
        for position, argument in enumerate(self.calls[self.sites[0]]):
            wanted = lambda site, position=position: self.calls[site][position].value
            optional = all(self.calls[site][position].is_optional for site in self.sites)
            if optional and self.step.arguments.keys().isdisjoint(argument.source.split()):
                continue
            text = self.text(argument, wanted)
            if optional and not names_in(text):
                continue
            yield f"{argument.name}={text}" if argument.name else text

    def text(self, argument: ModuleArgument, wanted: Wanted) -> str:
        """The code for an argument.  Raises NotStated if it has no value for all sites."""
        found = self.stated(argument, wanted)
        if found is not None:
            return found
        value = wanted(self.sites[0])
        if isinstance(value, str) and all(wanted(site) == value for site in self.sites):
            return quoted(value)
        constant = constant_text(self.sites, wanted)
        if constant is None:
            raise NotStated(f"{argument.name or argument.source} of {self.step.word} differs")
        return constant

    def stated(self, argument: ModuleArgument, wanted: Wanted) -> str | None:
        """The expression of the file for an argument, if it is the value everywhere."""
        if not argument.source:
            return None
        used, variables = set(self.builder.used), dict(self.builder.variables)
        try:
            text = self.from_source(argument.source)
            if text is not None:
                wanted = self.accepted(argument, text, wanted)
                for candidate in (text, by_entry(text, self.sites)):
                    if candidate and holds(candidate, self.sites, wanted):
                        return self.as_whole(candidate, wanted)
        except NotStated:
            pass
        self.builder.used, self.builder.variables = used, variables
        return None

    def accepted(self, argument: ModuleArgument, text: str, wanted: Wanted) -> Wanted:
        """The values that the expression of the file for an argument may have."""
        return wanted

    def as_whole(self, text: str, wanted: Wanted) -> str:
        """An integer, where a float without a fraction is given for one."""
        if any(type(wanted(site)) is float for site in self.sites):
            return text
        return whole_text(text, self.sites)

    def from_source(self, source: str) -> str | None:
        """An expression of the arguments of a layer as one of the names of the code."""
        if source == CHANNELS:
            return self.builder.channels(first(self.flows), self.sites)
        arguments: dict[str, str] = {}
        for name in source.replace("*", " ").split():
            if name == CHANNELS:
                arguments[name] = self.builder.channels(first(self.flows), self.sites)
            elif name in self.step.arguments:
                expression: Expression = self.step.arguments[name]
                arguments[name] = self.builder.text(expression, self.flows[:1], self.sites)
            else:
                return None
        return renamed(source, arguments)
