"""The layers of a network one after the other, as the graph has them."""

from __future__ import annotations

from collections.abc import Sequence

from ...datum import Datum
from ...network import Node, Value
from ..python.arguments import ModuleArgument
from ..python.expressions import literal
from ..python.identifiers import VARIABLES, identifier
from ..python.sites import Variable
from ..python.spelling import quoted
from .layers.form import TorchForm
from .module import LayerGraph
from .names import ATTRIBUTES
from .program import (
    ClassPlan,
    ExpressionStep,
    ForwardStep,
    Make,
    ModuleStep,
    ParameterStep,
    TrainingStep,
)

ValuePart = tuple[int, int | None]
"""A node and one of its outputs."""


def part_of(value: Value) -> ValuePart:
    return value.node, value.part


class FlatClass:
    """The steps of a class while they are written, with the names of layers after a prefix."""

    def __init__(self, graph: LayerGraph, prefix: str = "") -> None:
        self.graph = graph
        self.prefix = prefix
        self.steps: list[ForwardStep] = []
        self.variables: dict[ValuePart, Variable] = {}
        self.shared: dict[str, str] = {}
        self.shared_values: dict[str, Variable] = {}

    def variable(self, value: Value) -> Variable:
        """The variable of a value that was calculated before."""
        return self.variables[part_of(value)]

    def add_node(self, index: int) -> None:
        """The steps of a layer.  Raises ExportError."""
        node = self.graph.network.nodes[index]
        form = self.graph.form(node)
        path = node.path.removeprefix(self.prefix)
        inputs = tuple(self.variable(value) for value in node.inputs)
        outputs = self.node_outputs(index, node, path)
        if form.parameter:
            self.add_parameter(index, node, form, path, outputs)
        elif form.modules:
            self.add_modules(node, form, path, inputs, outputs)
        else:
            text = with_batches(form.expression, node, inputs)
            self.append(ExpressionStep(text, inputs, outputs, is_join=len(inputs) > 1), node)

    def node_outputs(self, index: int, node: Node, path: str) -> tuple[Variable, ...]:
        """New variables for the values of a layer."""
        parts = range(len(node.outputs)) if node.outputs else (None,)
        found = []
        for part in parts:
            name = path if part is None else f"{path}_{part}"
            variable = Variable(identifier(name, VARIABLES), is_named=part is not None)
            self.variables[index, part] = variable
            found.append(variable)
        return tuple(found)

    def add_parameter(
        self, index: int, node: Node, form: TorchForm, path: str, outputs: tuple[Variable, ...]
    ) -> None:
        """A learned tensor; one that is shared is an attribute once."""
        outputs[0].is_shared = True
        key = node.weight_key
        if key is not None and key in self.shared_values:
            self.variables[index, None] = self.shared_values[key]
            return
        if key is not None:
            self.shared_values[key] = outputs[0]
        sizes = ", ".join(map(str, (1, *node.shape)))
        text = frozen(form.parameter.format(sizes=sizes), node in self.graph.frozen)
        self.append(ParameterStep(path, text, outputs), node)

    def add_modules(
        self,
        node: Node,
        form: TorchForm,
        path: str,
        inputs: tuple[Variable, ...],
        outputs: tuple[Variable, ...],
    ) -> None:
        """The modules of a layer; one whose weights are shared is an attribute once."""
        *before, last = form.modules
        for module in before:
            leaving = (Variable(f"{path}_input"),)
            text = constructed(module.class_name, module.arguments)
            self.append(ModuleStep(f"{path}_input", (Make(text),), inputs, leaving), node)
            inputs = leaving
        text = constructed(last.class_name, last.arguments)
        text = frozen(text, node in self.graph.frozen)
        key = node.weight_key
        reuses = key is not None and key in self.shared
        if key is not None and not reuses:
            self.shared[key] = identifier(f"shared_{path}", ATTRIBUTES)
        attribute = "" if key is None else self.shared[key]
        made = ModuleStep(
            path, (Make(text),), inputs, outputs, attribute, is_named=True, reuses=reuses
        )
        self.append(made, node)

    def append(self, step: ForwardStep, node: Node) -> None:
        """Add a step; neighboring ones that exist in training only are one."""
        if not node.training_only or self.prefix:
            self.steps.append(step)
            return
        last = self.steps[-1] if self.steps else None
        before = last.steps if isinstance(last, TrainingStep) else ()
        if before:
            self.steps.pop()
        steps = (*before, step)
        made = {variable for one in steps for variable in one.outputs}
        read = dict.fromkeys(one for each in steps for one in each.inputs if one not in made)
        self.steps.append(TrainingStep(steps, tuple(read), tuple(made)))

    def network_plan(self, name: str, docstring: str, inputs: Sequence[Variable]) -> ClassPlan:
        """The class of the network, after its steps were added."""
        network = self.graph.network
        kept: list[Variable] = []
        training: list[Variable] = []
        for output_name, value in network.outputs.items():
            is_training = output_name in network.training_outputs
            (training if is_training else kept).append(self.variable(value))
        return ClassPlan(
            name,
            docstring,
            (),
            (),
            tuple(self.steps),
            tuple(inputs),
            tuple(kept),
            tuple(training),
            keeps_names=True,
        )

    def network_inputs(self) -> list[Variable]:
        """New variables for the inputs of the network."""
        found = []
        for index, name in enumerate(self.graph.network.inputs):
            variable = Variable(name)
            self.variables[-1 - index, None] = variable
            found.append(variable)
        return found


def with_batches(text: str, node: Node, inputs: Sequence[Variable]) -> str:
    """An expression; what all samples share is repeated for each in a `concat`."""
    shared = [variable.is_shared for variable in inputs]
    if node.layer.kind != "concat" or not any(shared) or all(shared):
        return text
    batched = shared.index(False)
    sizes = ", ".join(["-1"] * len(node.input_shapes[0]))
    for index, is_shared in enumerate(shared):
        if is_shared:
            more = f"{{{index}}}.expand(len({{{batched}}}), {sizes})"
            text = text.replace(f"{{{index}}}", more)
    return text


def datum_text(value: Datum) -> str:
    """A value as code; a word is a class, or a string."""
    if isinstance(value, tuple):
        entries = ", ".join(map(datum_text, value))
        return f"({entries},)" if len(value) == 1 else f"({entries})"
    if isinstance(value, str):
        return value if value.startswith("nn.") else quoted(value)
    return literal(value)


def constructed(class_name: str, arguments: Sequence[ModuleArgument]) -> str:
    """The expression that constructs a module with values."""
    name, mark, inner = class_name.partition(":")
    stated = [one for one in arguments if not one.is_optional]
    pairs = [(one.name, datum_text(one.value)) for one in stated]
    listed = ", ".join(f"{name}={text}" if name else text for name, text in pairs)
    return f"{name}({inner}({listed}))" if mark else f"{name}({listed})"


def frozen(text: str, is_frozen: bool) -> str:
    """The module or parameter itself, or one that is not trained."""
    return f"{text}.requires_grad_(False)" if is_frozen else text


def flat_plan(graph: LayerGraph, name: str, docstring: str) -> ClassPlan:
    """The class of the network, layer by layer.  Raises ExportError."""
    writer = FlatClass(graph)
    inputs = writer.network_inputs()
    for index in range(len(graph.network.nodes)):
        writer.add_node(index)
    return writer.network_plan(name, docstring, inputs)
