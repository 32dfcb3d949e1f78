"""The translation of steps with `repeat` or `for`: loops of the code."""

from __future__ import annotations

from ...document import Step
from ...network import Value
from ..errors import NotStated
from ..python.identifiers import VARIABLES, identifier
from ..python.loop_headers import AcrossSite, Header, across_sites, header_of, iteration_sites
from ..python.sites import Flows, Site, Sites, ValueFlow
from ..python.step_builder import first
from .builder import FunctionBuilder, LoopBinding, LoopRecord, layer_name

INDEX_NAMES = "ijklmn"
"""The variables that count iterations, from the outermost loop inward."""


def loop(builder: FunctionBuilder, step: Step, sites: Sites, flows: Flows) -> Flows:
    """The iterations of a step, each of which reads the value of the one before."""
    flows = builder.sources(step, sites, flows)
    header = header_of(builder, step, sites, flows)
    head = LoopHead(builder, header, counts=step.bindings is None)
    head.enter(step, sites)
    if not head.inside:
        return flows
    if len(flows) != 1:
        raise NotStated("a loop over several values")
    entering = first(flows)
    before, after = running_values(step, head, sites, entering)
    record = LoopRecord(step.name or step.word, head.inside)
    builder.lines.append(record.before)
    running = builder.value(step.name or step.word, before)
    result = builder.element(builder.code(running), after)
    builder.add(f"{builder.code(running)} = {builder.code(entering)}")
    builder.add(head.text)
    builder.bind(step.name, LoopBinding((result,), record))
    with head.iteration(), builder.inside():
        iterate(builder, step, head, record, running)
        builder.lines.append(record.after)
    return (result,)


def iterate(
    builder: FunctionBuilder, step: Step, head: LoopHead, record: LoopRecord, running: ValueFlow
) -> None:
    """The statements of an iteration."""
    plain = step._replace(repeat=None, bindings=None, name=None, sources=None)
    with builder.scope() as names:
        record.names = names
        if step.type == "group" and step.body is not None and step.when is None:
            found = builder.body(step.body, head.inside, (running,))
        else:
            found = builder.once(plain, head.inside, (running,))
    if len(found) != 1:
        raise NotStated("a loop whose steps give several values")
    record.leaving = found[0]
    builder.add(f"{builder.code(running)} = {builder.code(found[0])}")


def running_values(
    step: Step, head: LoopHead, sites: Sites, entering: ValueFlow
) -> tuple[dict[Site, Value], dict[Site, Value]]:
    """The values at the start of each iteration, and after the loop.  Raises NotStated."""
    before: dict[Site, Value] = {}
    after: dict[Site, Value] = {}
    inside = iter(head.inside)
    for site in sites:
        current = entering.at(site)
        for occurrence in site.all_of(step):
            if occurrence.inputs and occurrence.inputs != (current,):
                raise NotStated("a loop whose steps do not read one value")
            before[next(inside)] = current
            if occurrence.is_active:
                if len(occurrence.outputs) != 1:
                    raise NotStated("a loop whose steps give several values")
                [current] = occurrence.outputs
        after[site] = current
    return before, after


class LoopHead:
    """The head of a loop: its variables, what they run over, and a variable that counts.

    `inside` are the sites of all iterations, `text` is the statement.  A loop that `counts` has no
    other variable.
    """

    def __init__(self, builder: FunctionBuilder, header: Header, *, counts: bool = False) -> None:
        self.builder = builder
        counted = "" if counts else counted_target(header)
        self.index = counted or new_index(builder)
        self.header = header._replace(targets=(self.index,)) if counts else header
        self.text = f"for {self.targets(is_counted=counts or bool(counted))}:"
        self.inside: list[Site] = []
        self.prefix = ""

    def targets(self, *, is_counted: bool) -> str:
        """The variables and what they run over, counted if none of them counts already."""
        names, source = ", ".join(self.header.targets), self.header.source
        if is_counted:
            return f"{names} in {source}"
        inner = names if len(self.header.targets) == 1 else f"({names})"
        return f"{self.index}, {inner} in enumerate({source})"

    def enter(self, step: Step, sites: Sites) -> None:
        """Make the sites of the iterations of a step."""
        self.inside = iteration_sites(step, self.header, sites)
        occurrences = [(site, k, one) for site in sites for k, one in enumerate(site.all_of(step))]
        for inside, (_, number, occurrence) in zip(self.inside, occurrences, strict=True):
            inside.names[self.index] = number
            self.builder.paths[inside] = occurrence.path
        for site, _, occurrence in occurrences[:1]:
            path = self.builder.relative(occurrence, site).rpartition(".")[0]
            self.prefix = f"{layer_name(path)}_{{{self.index}}}_"

    def enter_across(self, step: Step, sites: Sites) -> list[AcrossSite]:
        """Make the sites of the bindings of `across`, each of which has all operands."""
        found = across_sites(step, self.header, sites)
        for one in found:
            one.site.names[self.index] = one.number
            self.builder.paths[one.site] = one.path
        self.inside = [one.site for one in found]
        self.prefix = f"{self.builder.own_name(step, sites)}_{{{self.index}}}_"
        return found

    def iteration(self) -> IterationState:
        return IterationState(self)


class IterationState:
    """The state of a builder in an iteration."""

    def __init__(self, head: LoopHead) -> None:
        self.head = head
        self.before = (head.builder.local, head.builder.prefix, head.builder.indices)

    def __enter__(self) -> None:
        builder, head = self.head.builder, self.head
        names = zip(head.header.names, head.header.targets, strict=True)
        builder.local = {**builder.local, **dict(names)}
        builder.prefix += head.prefix
        builder.indices = [*builder.indices, head.index]

    def __exit__(self, *_: object) -> None:
        builder = self.head.builder
        builder.local, builder.prefix, builder.indices = self.before


def counted_target(header: Header) -> str:
    """The variable that counts the iterations already; "" if none does."""
    for target, source in zip(header.targets, header.sources, strict=True):
        if source.startswith("range(") and "," not in source:
            return target
    return ""


def new_index(builder: FunctionBuilder) -> str:
    """A variable that counts, which no other one around has the name of."""
    taken = {*builder.local.values(), *builder.indices}
    taken |= {identifier(name, VARIABLES) for name in builder.export.variables}
    found = next((name for name in INDEX_NAMES if name not in taken), "")
    if not found:
        raise NotStated("loops inside of loops inside of many loops")
    return found
