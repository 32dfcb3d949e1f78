"""The translation of steps to the statements of a function: what every type of step needs."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ...datum import Datum
from ...document import Step
from ...expression.expression import Expression, Reference
from ...network import Value
from ...parser.expansion.trace import TracedStep
from ...shape import Shape
from ..errors import NotStated
from ..python.evaluation import value_of
from ..python.identifiers import list_name
from ..python.sites import Binding, Flows, Site, Sites, ValueFlow, Variable
from ..python.step_builder import ShapePart, StepBuilder, inner_binding, root_of
from .code_lines import CodeLines
from .export_state import KerasExport
from .values import RUNNING, NamedValue

KerasTranslator = Callable[["FunctionBuilder", Step, Sites, Flows], Flows]

ListEntries = dict[Site, tuple[Value, ...]]
"""The values of a list at each site."""


class FunctionBuilder(StepBuilder):
    """Translates the steps of a block, or of the network, to statements.

    `values` are those that the statements assign, by the names that they have until all are
    written.  `prefix` is the beginning of the names of layers, a part of an f-string; `paths` are
    those of the steps around at each site.  `chain` is the name of the values that follow each
    other, and `start` the first ones.  `indices` are the variables that count the iterations of
    loops.
    """

    export: KerasExport

    def __init__(
        self,
        export: KerasExport,
        translate: Mapping[str, KerasTranslator],
        local: Mapping[str, str],
        *,
        is_network: bool = False,
    ) -> None:
        super().__init__(export, local, is_network=is_network)
        self.translate = translate
        self.lines = CodeLines()
        self.values: dict[str, NamedValue] = {}
        self.codes: dict[Variable, str] = {}
        self.prefix = "" if is_network else "{name}_"
        self.paths: dict[Site, str] = {}
        self.chain = RUNNING
        self.indices: list[str] = []
        self.start: Flows = ()
        self.output_flows: list[ValueFlow] = []

    def translated(self, form: str, step: Step, sites: Sites, flows: Flows) -> Flows:
        return self.translate[form](self, step, sites, flows)

    # Statements

    def add(self, line: str) -> None:
        self.lines.append(line)

    @contextmanager
    def inside(self, *, is_indented: bool = True) -> Iterator[None]:
        """Add the statements of meanwhile as the body of the one before."""
        body = CodeLines(is_inside=is_indented)
        self.lines.append(body)
        outside, self.lines = self.lines, body
        try:
            yield
        finally:
            self.lines = outside

    @contextmanager
    def on_chain(self, name: str) -> Iterator[None]:
        """Let the values that are made meanwhile follow each other."""
        outside, self.chain = self.chain, name
        try:
            yield
        finally:
            self.chain = outside

    # Values

    def value(self, hint: str, values: dict[Site, Value], *, is_named: bool = False) -> ValueFlow:
        """A new value; one that `is_named` has a name of its own."""
        return self.element(self.new_value(hint, "" if is_named else self.chain), values)

    def new_value(self, hint: str, chain: str = "") -> str:
        """The code of a new value."""
        code = f"_v{len(self.values)}"
        self.values[code] = NamedValue(hint, chain)
        return code

    def new_list(self, hint: str, inner: str) -> str:
        """The code of a new list."""
        code = self.new_value(hint)
        self.add(f"{code} = [{inner}]")
        return code

    def code(self, flow: ValueFlow) -> str:
        return self.codes[flow.variable]

    def element(self, code: str, values: dict[Site, Value]) -> ValueFlow:
        """A value that an expression has, such as an entry of a list."""
        flow = ValueFlow(Variable("a value"), values, None)
        self.codes[flow.variable] = code
        return flow

    def listed(self, code: str, entries: ListEntries) -> ValueFlow:
        """A list of values."""
        flow = self.element(code, {})
        flow.entries = entries
        return flow

    def operand(self, flow: ValueFlow) -> str:
        """A value in a list of values."""
        return self.code(flow) if flow.entries is None else f"*{self.code(flow)}"

    def channels(self, flow: ValueFlow, sites: Sites) -> str:
        return f"{self.shape_of(flow, sites)}[-1]"

    def sizes(self, part: ShapePart, flow: ValueFlow, sites: Sites) -> str:
        shape = self.shape_of(flow, sites)
        is_whole = part(Shape((2, 3))) == (2, 3)
        return f"({shape}[-1], *{shape}[1:-1])" if is_whole else f"{shape}[1:-1]"

    def shape_of(self, flow: ValueFlow, sites: Sites) -> str:
        """The code for the shape of a value in Keras, whose values are known at the sites."""
        if flow.entries is not None:
            raise NotStated("the shape of a list")
        text = ast.unparse(ast.parse(f"{self.code(flow)}.shape", mode="eval"))
        for site in sites:
            site.names[text] = keras_shape(flow.shape(site))
        return text

    def constant(self, value: Datum, flows: Flows, sites: Sites) -> str:
        """The code for a value of the file; the word for a function of Keras is a string."""
        if not isinstance(value, str):
            return super().constant(value, flows, sites)
        word = self.export.word(value, 0)
        return str(word) if word in self.export.block_names.values() else repr(word)

    # References

    def resolve(self, reference: Reference, sites: Sites) -> Flows:
        binding = self.find(reference.name)
        parts = list(reference.parts[1:])
        while parts:
            part = self.position(parts.pop(0), sites)
            if isinstance(part, str) and part != "*":
                binding = inner_binding(binding, part)
            elif isinstance(binding, LoopBinding):
                listed = binding.loop.listed(self, parts, sites)
                return (self.entry(listed, part, sites),)
            elif len(binding.flows) == 1 and binding.flows[0].entries is not None and not parts:
                return (self.entry(binding.flows[0], part, sites),)
            elif isinstance(part, int) and -len(binding.flows) <= part < len(binding.flows):
                binding = Binding((binding.flows[part],))
            elif part == "*" and not parts:
                return binding.flows
            else:
                raise NotStated(f"the reference {reference.text}")
        return binding.flows

    def entry(self, listed: ValueFlow, part: object, sites: Sites) -> ValueFlow:
        """A value in a list, by its number or an expression for that; the list itself for `*`."""
        if part == "*":
            return listed
        entries = listed.entries or {}
        text = self.text(part, (), sites) if isinstance(part, Expression) else str(part)
        values: dict[Site, Value] = {}
        for site in sites:
            found = entries[root_of(site, entries)]
            index = value_of(text, site.names)
            if type(index) is not int or not -len(found) <= index < len(found):
                raise NotStated("an iteration that does not exist")
            values[site] = found[index]
        return self.element(f"{self.code(listed)}[{text}]", values)

    # Names of layers

    def own_name(self, step: Step, sites: Sites) -> str:
        """The name of a step in the code around it: its path there, without dots."""
        return layer_name(self.relative(sites[0].one_of(step), sites[0]))

    def relative(self, occurrence: TracedStep, site: Site) -> str:
        """The path of a step in the code around it; "" for an iteration itself."""
        around = self.paths[root_of(site, self.paths)]
        if occurrence.path == around:
            return ""
        return occurrence.path.removeprefix(f"{around}.") if around else occurrence.path

    def title(self, own: str, part: str = "") -> str:
        """The code for the name of a layer; `part` is one of several layers of a step."""
        text = self.prefix + "_".join(filter(None, (own, part)))
        text = text.removesuffix("_") if not own and not part else text
        return f'f"{text}"' if "{" in text else f'"{text}"'


def layer_name(path: str) -> str:
    """A path as the name of a layer: of letters, digits and underscores.

    >>> layer_name("stage.0.block.1.conv1"), layer_name("3a.1x1"), layer_name("a/b {x}")
    ('stage_0_block_1_conv1', '3a_1x1', 'a_b__x_')
    """
    return re.sub(r"[^A-Za-z0-9_]", "_", path)


def keras_shape(shape: Shape) -> tuple[Datum, ...]:
    """A shape with the batch before it and the channels last."""
    return (None, *shape.spatial, shape.channels)


# Iterations


class LoopBinding(Binding):
    """The name of a step with iterations."""

    __slots__ = ("loop",)

    def __init__(self, flows: Flows, loop: LoopRecord) -> None:
        super().__init__(flows)
        self.loop = loop


class LoopRecord:
    """The iterations of a step, whose values may be collected in lists.

    `before` are statements before the loop, `after` those at the end of each iteration.  `inside`
    are the sites of the iterations, `names` the bindings in an iteration, and `leaving` the value
    after it once that is known.
    """

    def __init__(self, hint: str, inside: Sequence[Site]) -> None:
        self.hint = hint
        self.inside = inside
        self.names: Mapping[str, Binding] = {}
        self.before = CodeLines()
        self.after = CodeLines()
        self.leaving: ValueFlow | None = None
        self.lists: dict[Variable, str] = {}

    def listed(self, builder: FunctionBuilder, inner: Sequence[object], sites: Sites) -> ValueFlow:
        """The values of all iterations; those of a step inside them, if names follow."""
        found = self.flow(inner)
        code = self.list_of(builder, found, str(inner[-1]) if inner else self.hint)
        return builder.listed(code, {site: self.entries(found, site) for site in sites})

    def flow(self, inner: Sequence[object]) -> ValueFlow:
        """The value of an iteration, or of a step inside it."""
        if not inner:
            if self.leaving is None:
                raise NotStated("the values of earlier iterations")
            return self.leaving
        names = self.names
        for name in inner:
            if not isinstance(name, str) or name not in names:
                raise NotStated("a reference to a step of an iteration")
            binding = names[name]
            names = binding.inner
        [flow] = binding.flows
        return flow

    def list_of(self, builder: FunctionBuilder, flow: ValueFlow, hint: str) -> str:
        """The list of the values of all iterations, which is made when it is first needed."""
        if flow.variable not in self.lists:
            code = builder.new_value(list_name(hint))
            self.before.append(f"{code} = []")
            self.after.append(f"{code}.append({builder.code(flow)})")
            self.lists[flow.variable] = code
        return self.lists[flow.variable]

    def entries(self, flow: ValueFlow, site: Site) -> tuple[Value, ...]:
        """The values that a list has at a site: in an iteration, those of the ones before it."""
        around = {site}
        while site.parent is not None:
            site = site.parent
            around.add(site)
        found: list[Value] = []
        for one in self.inside:
            if one in around:
                break
            if one.parent in around:
                found.append(flow.at(one))
        return tuple(found)
