"""The heads of loops: the names that they bind, and what they run over."""

from __future__ import annotations

from collections.abc import Iterable

from ...document import Step
from ...named_tuple import NamedTuple
from ...network import Value
from ..errors import NotStated
from .block_parameters import check_distinct
from .evaluation import value_of
from .identifiers import VARIABLES, identifier
from .sites import Flows, Site, Sites
from .step_builder import StepBuilder


class Header(NamedTuple):
    """The head of a loop: the names of the file that it binds, and what they run over.

    `targets` are their names in the code.
    """

    names: tuple[str, ...]
    targets: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def source(self) -> str:
        """What the loop runs over, as one expression."""
        if len(self.sources) == 1:
            return self.sources[0]
        return f"zip({', '.join(self.sources)})"


def header_of(builder: StepBuilder, step: Step, sites: Sites, flows: Flows) -> Header:
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
    targets = tuple(loop_variable(builder, name) for name in names)
    check_distinct(targets)
    return Header(names, targets, sources)


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
            for name, target in zip(header.names, header.targets, strict=True):
                counts = name == "i" and step.bindings is None
                names[target] = index if counts else occurrence.variables[name]
            found.append(Site.of_iteration(names, occurrence, site))
    return found


def loop_variable(builder: StepBuilder, name: str) -> str:
    """The variable of a loop, which is not that of the constructor with the same name."""
    found = identifier(name, VARIABLES)
    is_taken = name in builder.export.variables or found in builder.local.values()
    return f"{found}_" if is_taken and found != "i" else found


# Bindings of `across`


def across_header(builder: StepBuilder, step: Step, sites: Sites, flows: Flows) -> Header:
    """The names that `across` binds, and what they run over."""
    bindings = step.across or ()
    sources = tuple(
        column(builder.text(expression, flows, sites), sites) for _, expression in bindings
    )
    names = tuple(name for name, _ in bindings)
    return Header(names, tuple(loop_variable(builder, name) for name in names), sources)


class AcrossSite(NamedTuple):
    """The operands of a join for one binding of `across`: their site, its number and its path."""

    site: Site
    number: int
    path: str


def across_sites(step: Step, header: Header, sites: Sites) -> list[AcrossSite]:
    """A site for each binding at each site."""
    found = []
    for site in sites:
        join = site.one_of(step)
        columns = [value_of(source, site.names) for source in header.sources]
        for number, row in enumerate(zip(*columns, strict=True)):
            path = f"{join.path}.{number}"
            names = {**site.names, **dict(zip(header.targets, row, strict=True))}
            own = [one for one in join.inner if one.path.startswith(f"{path}.")]
            found.append(AcrossSite(Site(names, own, site), number, path))
    return found


def across_entries(found: Iterable[AcrossSite], flows: Flows) -> dict[Site, tuple[Value, ...]]:
    """The values of all bindings at each site, of which each has these."""
    entries: dict[Site, tuple[Value, ...]] = {}
    for one in found:
        assert one.site.parent is not None
        values = tuple([flow.at(one.site) for flow in flows])
        entries[one.site.parent] = entries.get(one.site.parent, ()) + values
    return entries
