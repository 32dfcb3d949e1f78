"""Steps one after the other, as the graph has them: what cannot be stated as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...datum import Datum
from ...network import Node, Value
from ...parser.expansion.trace import TracedStep
from ..errors import ExportError
from ..python.expressions import literal
from ..python.identifiers import identifier
from ..python.spelling import quoted
from .docstrings import call_docstring
from .emission import class_lines
from .layers.form import ModuleArgument, NoForm, TorchForm
from .module import BlockClass, Export
from .names import ATTRIBUTES, VARIABLES
from .program import (
    ClassPlan,
    ExpressionStep,
    ForwardStep,
    Make,
    ModuleStep,
    ParameterStep,
    TrainingStep,
    Variable,
)

ValuePart = tuple[int, int | None]


def key_of(value: Value) -> ValuePart:
    return value.node, value.part


class FlatClass:
    """The steps of a class while they are written.

    `prefix` is the path of what the class is of; `uses_classes` whether calls of blocks are
    modules of their classes.
    """

    def __init__(self, export: Export, prefix: str, *, uses_classes: bool) -> None:
        self.export = export
        self.prefix = prefix
        self.uses_classes = uses_classes
        self.steps: list[ForwardStep] = []
        self.variables: dict[ValuePart, Variable] = {}
        self.shared: dict[str, str] = {}
        self.shared_values: dict[str, Variable] = {}

    def variable(self, value: Value) -> Variable:
        """The variable of a value that was calculated before."""
        return self.variables[key_of(value)]

    def add(self, occurrences: Sequence[TracedStep]) -> None:
        """Add the steps of occurrences in order."""
        for occurrence in occurrences:
            if not occurrence.is_active:
                continue
            if self.uses_classes and occurrence.block and self.is_callable(occurrence):
                self.add_call(occurrence)
                continue
            self.add(occurrence.inner)
            if not occurrence.block and occurrence.step.type in ("layer", "variable", "join"):
                self.add_node(occurrence.end - 1)

    # Calls of blocks

    def is_callable(self, occurrence: TracedStep) -> bool:
        """Whether a call can be a module: it has nodes, whose weights are its own."""
        nodes = self.export.network.nodes[occurrence.start : occurrence.end]
        return bool(nodes) and all(node.weight_key is None for node in nodes)

    def add_call(self, occurrence: TracedStep) -> None:
        """A call of a block, or of a class for this occurrence alone."""
        step = occurrence.step
        hint = step.name or step.word
        known = self.export.classes.get(occurrence.block)
        values = occurrence.inputs
        results = list(occurrence.outputs)
        if isinstance(known, BlockClass) and not self.export.is_read_inside(occurrence):
            text = f"{known.plan.name}({', '.join(self.literals(known, occurrence))})"
        else:
            own = class_of_occurrence(self.export, occurrence)
            text, values, results = f"{own.name}()", own.inputs, list(own.outputs)
        inputs = tuple(self.variable(value) for value in values)
        outputs = []
        for value in results:
            outputs.append(self.new_variable(value, hint))
        made = ModuleStep(hint, (Make(text),), inputs, tuple(outputs), is_named=bool(step.name))
        self.append(made, self.export.network.nodes[occurrence.end - 1])

    def new_variable(self, value: Value, hint: str) -> Variable:
        """The variable of a new value; a value that is passed through keeps its own."""
        variable = Variable(hint)
        self.variables[key_of(value)] = variable
        return variable

    def literals(self, known: BlockClass, occurrence: TracedStep) -> Iterator[str]:
        """The arguments of a call as values."""
        for name, value in zip(known.channels, occurrence.inputs, strict=True):
            if name:
                yield str(value.shape.channels)
        rank = len(occurrence.inputs[0].shape.spatial)
        for name in self.export.document.blocks[occurrence.block].params:
            word = self.export.word(occurrence.own[name], rank)
            yield f"{identifier(name, VARIABLES)}={datum_text(word)}"
        for name in known.variables:
            value_text = datum_text(self.export.variables[name])
            yield f"{identifier(name, VARIABLES)}={value_text}"

    # Layers

    def add_node(self, index: int) -> None:
        """The steps of a layer."""
        node = self.export.network.nodes[index]
        try:
            form = self.export.form(node)
        except NoForm as error:
            raise ExportError(f"`{node.path}` ({node.layer.kind}): {error}") from None
        path = node.path.removeprefix(self.prefix).lstrip(".")
        inputs = tuple(self.variable(value) for value in node.inputs)
        outputs = self.node_outputs(index, node, path)
        if form.parameter:
            self.add_parameter(index, node, form, path, outputs)
        elif form.modules:
            self.add_modules(node, form, path, inputs, outputs)
        else:
            text = self.expression(node, form, inputs)
            self.append(ExpressionStep(text, inputs, outputs, is_join=len(inputs) > 1), node)

    def node_outputs(self, index: int, node: Node, path: str) -> tuple[Variable, ...]:
        parts = range(len(node.outputs)) if node.outputs else (None,)
        found = []
        for part in parts:
            name = path if part is None else f"{path}_{part}"
            variable = Variable(identifier(name, VARIABLES), is_named=part is not None)
            self.variables[index, part] = variable
            found.append(variable)
        return tuple(found)

    def expression(self, node: Node, form: TorchForm, inputs: Sequence[Variable]) -> str:
        """An expression; what all samples share is repeated for each in a `concat`."""
        shared = [variable.is_shared for variable in inputs]
        if node.layer.kind != "concat" or not any(shared) or all(shared):
            return form.expression
        text, batched = form.expression, shared.index(False)
        sizes = ", ".join(["-1"] * len(node.input_shapes[0]))
        for index in range(len(inputs)):
            if shared[index]:
                more = f"{{{index}}}.expand(len({{{batched}}}), {sizes})"
                text = text.replace(f"{{{index}}}", more)
        return text

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
        self.append(ParameterStep(path, frozen(form.parameter, node), outputs), node)

    def add_modules(
        self,
        node: Node,
        form: TorchForm,
        path: str,
        inputs: tuple[Variable, ...],
        outputs: tuple[Variable, ...],
    ) -> None:
        for index, call in enumerate(form.modules):
            is_last = index == len(form.modules) - 1
            leaving = outputs if is_last else (Variable(f"{path}_input"),)
            text = frozen(constructed_literally(call.class_name, call.arguments), node)
            hint = path if is_last else f"{path}_input"
            key = node.weight_key if is_last else None
            attribute, reuses = "", False
            if key is not None:
                reuses = key in self.shared
                if not reuses:
                    self.shared[key] = identifier(f"shared_{path}", ATTRIBUTES)
                attribute = self.shared[key]
            step = ModuleStep(
                hint, (Make(text),), inputs, leaving, attribute, is_named=True, reuses=reuses
            )
            self.append(step, node)
            inputs = leaving

    def append(self, step: ForwardStep, node: Node) -> None:
        """Add a step; those that exist in training only are together."""
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


def datum_text(value: Datum) -> str:
    """A value as code; a word is a class, or a string."""
    if isinstance(value, tuple):
        entries = ", ".join(map(datum_text, value))
        return f"({entries},)" if len(value) == 1 else f"({entries})"
    if isinstance(value, str):
        return value if value.startswith("nn.") else quoted(value)
    return literal(value)


def constructed_literally(class_name: str, arguments: Sequence[ModuleArgument]) -> str:
    """The expression that constructs a module with values."""
    name, mark, inner = class_name.partition(":")
    texts = []
    for one in arguments:
        if one.is_optional:
            continue
        text = datum_text(one.value) if not isinstance(one.value, str) else quoted(one.value)
        texts.append(f"{one.name}={text}" if one.name else text)
    listed = ", ".join(texts)
    return f"{name}({inner}({listed}))" if mark else f"{name}({listed})"


def frozen(text: str, node: Node) -> str:
    """The module or parameter itself, or one that is not trained."""
    if node.trainable or not node.layer.weights(*node.input_shapes):
        return text
    return f"{text}.requires_grad_(False)"


# Classes of one occurrence


class OwnClass:
    """The class of one occurrence of a block, with the values that it reads and returns."""

    def __init__(self, name: str, inputs: Sequence[Value], outputs: Sequence[Value]) -> None:
        self.name = name
        self.inputs = tuple(inputs)
        self.outputs = tuple(outputs)


def class_of_occurrence(export: Export, occurrence: TracedStep) -> OwnClass:
    """The class of one occurrence; those with equal code have the same one."""
    step = occurrence.step
    inputs = values_read(export, occurrence)
    outputs = values_returned(export, occurrence)
    first = export.network.nodes[occurrence.start]
    writer = FlatClass(export, prefix_of(first.path, occurrence), uses_classes=True)
    variables = []
    for index, value in enumerate(inputs):
        variable = Variable("x" if index == 0 else f"x{index + 1}")
        writer.variables[key_of(value)] = variable
        variables.append(variable)
    writer.add(occurrence.inner)
    plan = ClassPlan(
        "Class",
        "",
        (),
        (),
        tuple(writer.steps),
        tuple(variables),
        tuple(writer.variable(value) for value in outputs),
    )
    code = "\n".join(class_lines(plan))
    if code not in export.own_classes:
        name = export.new_class_name(occurrence.block or step.word)
        export.own_classes[code] = name
        export.plans.append(plan._replace(name=name, docstring=call_docstring(occurrence)))
    return OwnClass(export.own_classes[code], inputs, outputs)


def prefix_of(path: str, occurrence: TracedStep) -> str:
    """The path of a call, of which the path of its first node is known."""
    depth = path.count(".")
    return path.rpartition(".")[0] if depth else path


def values_read(export: Export, occurrence: TracedStep) -> list[Value]:
    """The values from outside that an occurrence reads, its inputs first."""
    start, end = occurrence.start, occurrence.end
    found = dict.fromkeys(occurrence.inputs)
    for node in export.network.nodes[start:end]:
        found |= dict.fromkeys(value for value in node.inputs if not start <= value.node < end)
    return list(found)


def values_returned(export: Export, occurrence: TracedStep) -> list[Value]:
    """The values of an occurrence: its outputs, and others that are read outside."""
    start, end = occurrence.start, occurrence.end
    found = {key_of(value): value for value in occurrence.outputs}
    for index in range(start, end):
        node = export.network.nodes[index]
        for part in range(len(node.outputs)) if node.outputs else (None,):
            shape = node.outputs[part] if part is not None else node.shape
            value = Value(index, part, shape)
            if key_of(value) not in found and export.is_read_outside(value, start, end):
                found[key_of(value)] = value
    return list(found.values())


# The network


def flat_plan(export: Export, name: str, docstring: str, *, uses_classes: bool) -> ClassPlan:
    """The class of the network, layer by layer, or with modules for the calls of blocks."""
    network = export.network
    writer = FlatClass(export, "", uses_classes=uses_classes)
    inputs = []
    for index, (input_name, _) in enumerate(network.inputs.items()):
        variable = Variable(input_name)
        writer.variables[-1 - index, None] = variable
        inputs.append(variable)
    writer.add(export.occurrences)
    kept: list[Variable] = []
    training: list[Variable] = []
    for output_name, value in network.outputs.items():
        is_training = output_name in network.training_outputs
        (training if is_training else kept).append(writer.variable(value))
    return ClassPlan(
        name,
        docstring,
        (),
        (),
        tuple(writer.steps),
        tuple(inputs),
        tuple(kept),
        tuple(training),
        keeps_names=True,
    )
