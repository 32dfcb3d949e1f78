"""The steps of a network or a block one after the other, with calls of blocks as modules.

So is written what cannot be stated as the file has it: with values instead of expressions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from ...datum import Datum
from ...named_tuple import NamedTuple
from ...network import Value
from ...parser.expansion.trace import TracedStep
from ..errors import NotStated
from ..python.block_parameters import parameter_name
from ..python.docstrings import call_docstring
from ..python.identifiers import VARIABLES, identifier
from ..python.sites import Variable
from .block_classes import class_of, input_count
from .builder import StepTranslator
from .emission import class_lines
from .flat import FlatClass, datum_text, part_of
from .module import BlockClass, Export
from .program import ClassPlan, Make, ModuleStep

Translators = Mapping[str, StepTranslator]


class NestedClass(FlatClass):
    """The steps of a class while they are written; calls of blocks are modules."""

    def __init__(self, export: Export, translate: Translators, prefix: str = "") -> None:
        super().__init__(export, prefix)
        self.export = export
        self.translate = translate

    def add(self, occurrences: Sequence[TracedStep]) -> None:
        """Add the steps of occurrences in order."""
        for occurrence in occurrences:
            if not occurrence.is_active:
                continue
            if occurrence.block and self.is_callable(occurrence):
                self.add_call(occurrence)
                continue
            self.add(occurrence.inner)
            if not occurrence.block and occurrence.step.type in ("layer", "variable", "join"):
                self.add_node(occurrence.end - 1)

    def is_callable(self, occurrence: TracedStep) -> bool:
        """Whether a call can be a module: it has nodes, whose weights are its own."""
        nodes = self.export.network.nodes[occurrence.start : occurrence.end]
        return bool(nodes) and all(node.weight_key is None for node in nodes)

    def add_call(self, occurrence: TracedStep) -> None:
        """A call of the class of a block, or of one for this occurrence alone."""
        step = occurrence.step
        known = self.known_class(occurrence.block)
        if known is not None and not self.export.is_read_inside(occurrence):
            values, results = occurrence.inputs, occurrence.outputs
            text = f"{known.plan.name}({', '.join(self.literals(known, occurrence))})"
        else:
            own = class_of_occurrence(self.export, self.translate, occurrence)
            text, values, results = f"{own.name}()", own.inputs, own.outputs
        inputs = tuple(self.variable(value) for value in values)
        hint = step.name or step.word
        outputs = [Variable(hint) for _ in results]
        self.variables |= zip(map(part_of, results), outputs, strict=True)
        made = ModuleStep(hint, (Make(text),), inputs, tuple(outputs), is_named=bool(step.name))
        self.append(made, self.export.network.nodes[occurrence.end - 1])

    def known_class(self, block: str) -> BlockClass | None:
        """The class of a block; None if it is not stated."""
        with suppress(NotStated):
            return class_of(self.export, block, self.translate)
        return None

    def literals(self, known: BlockClass, occurrence: TracedStep) -> Iterator[str]:
        """The arguments of a call as values."""
        numbers = [value.shape.channels for value in occurrence.inputs]
        definition = self.export.document.blocks[occurrence.block]
        count = input_count(definition)
        values: list[Datum] = [*numbers[:count]]
        if definition.rest is not None:
            values.append(tuple(numbers[count:]))
        for name, value in zip(known.channels, values, strict=True):
            if name:
                yield datum_text(value)
        for name, entering in zip(known.sizes, occurrence.inputs, strict=False):
            if name:
                yield datum_text(tuple(entering.shape.spatial))
        yield from self.parameters(known, occurrence)
        for name in known.variables:
            text = datum_text(self.export.variables[name])
            yield f"{identifier(name, VARIABLES)}={text}"

    def parameters(self, known: BlockClass, occurrence: TracedStep) -> Iterator[str]:
        """The parameters of a call as values, without those that have their defaults."""
        rank = len(occurrence.inputs[0].shape.spatial)
        stated = {one.name: one for one in known.plan.parameters}
        is_positional = True
        for name in known.params:
            parameter = stated[parameter_name(name)]
            text = datum_text(self.export.word(occurrence.own[name], rank))
            is_positional = is_positional and not parameter.is_keyword
            if text == parameter.default:
                is_positional = False
            else:
                yield text if is_positional else f"{parameter.name}={text}"


class OwnClass(NamedTuple):
    """The class of one occurrence of a block, with the values that it reads and returns."""

    name: str
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]


def class_of_occurrence(export: Export, translate: Translators, occurrence: TracedStep) -> OwnClass:
    """The class of one occurrence; those with equal code have the same one."""
    inputs = values_read(export, occurrence)
    outputs = values_returned(export, occurrence)
    writer = NestedClass(export, translate, f"{occurrence.path}.")
    variables = []
    for index, value in enumerate(inputs):
        variable = Variable("x" if index == 0 else f"x{index + 1}")
        writer.variables[part_of(value)] = variable
        variables.append(variable)
    writer.add(occurrence.inner)
    returned = tuple(writer.variable(value) for value in outputs)
    plan = ClassPlan("Class", "", (), (), tuple(writer.steps), tuple(variables), returned)
    code = "\n".join(class_lines(plan))
    if code not in export.own_classes:
        name = export.own_class_name(occurrence.block)
        export.own_classes[code] = name
        export.plans.append(plan._replace(name=name, docstring=call_docstring(occurrence)))
    return OwnClass(export.own_classes[code], tuple(inputs), tuple(outputs))


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
    found = {part_of(value): value for value in occurrence.outputs}
    for index in range(start, end):
        node = export.network.nodes[index]
        for part, shape in enumerate(node.shapes):
            value = Value(index, part if node.outputs else None, shape)
            if part_of(value) not in found and export.is_read_outside(value, start, end):
                found[part_of(value)] = value
    return list(found.values())


def nested_plan(export: Export, translate: Translators, name: str, docstring: str) -> ClassPlan:
    """The class of the network, with modules for the calls of blocks.  Raises ExportError."""
    writer = NestedClass(export, translate)
    inputs = writer.network_inputs()
    writer.add(export.occurrences)
    return writer.network_plan(name, docstring, inputs)
