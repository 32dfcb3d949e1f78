"""The steps of a network one after the other, with values instead of expressions.

So is written what cannot be stated as the file has it: with calls of the functions of blocks, or
layer by layer.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...datum import Datum
from ...network import Node, Value
from ...parser.expansion.trace import TracedStep
from ..python.block_parameters import parameter_name
from ..python.expressions import literal
from ..python.identifiers import VARIABLES, identifier, unused
from ..python.spelling import quoted
from .builder import layer_name
from .export_state import BlockFunction, KerasExport
from .layer_steps import constructed, given_inputs
from .layers.form import CallForm
from .values import RUNNING, NamedValue

KerasValueKey = tuple[int, int | None]


def datum_text(value: Datum) -> str:
    """A value as code; a word is a string."""
    if isinstance(value, tuple):
        entries = ", ".join(map(datum_text, value))
        return f"({entries},)" if len(value) == 1 else f"({entries})"
    return quoted(value) if isinstance(value, str) else literal(value)


class UnrolledNetwork:
    """The statements of a network while they are written.

    `shared` are the layers whose weights several steps use, by the key of these.
    """

    def __init__(self, export: KerasExport) -> None:
        self.export = export
        self.lines: list[str] = []
        self.values: dict[str, NamedValue] = {}
        self.codes: dict[KerasValueKey, str] = {}
        self.names: set[str] = set()
        self.shared: dict[str, str] = {}

    def input(self, index: int, name: str) -> str:
        """The code of an input."""
        code = self.new_value("inputs" if name == "input" else name)
        self.codes[-1 - index, None] = code
        return code

    def new_value(self, hint: str, chain: str = "") -> str:
        """The code of a new value; those of a chain follow each other."""
        code = f"_v{len(self.values)}"
        self.values[code] = NamedValue(hint, chain)
        return code

    def assigned(self, values: Sequence[Value], hint: str, text: str) -> None:
        """Assign what a call returns to new values."""
        chain = RUNNING if len(values) == 1 else ""
        found = [self.new_value(hint, chain) for _ in values]
        self.codes |= zip(((one.node, one.part) for one in values), found, strict=True)
        self.lines.append(f"{', '.join(found)} = {text}")

    def code(self, value: Value) -> str:
        return self.codes[value.node, value.part]

    def title(self, path: str, part: str = "") -> str:
        """A name of a layer that no other one has."""
        wanted = layer_name(f"{path}_{part}" if part else path)
        found = unused(wanted, self.names)
        self.names.add(found)
        return quoted(found)

    def name(self, node: Node, call: CallForm) -> str:
        """The argument for the name of a layer."""
        return f"name={self.title(node.path, call.part)}"

    def add(self, occurrences: Sequence[TracedStep]) -> None:
        """Add the steps of occurrences in order, with calls of functions where these exist."""
        for occurrence in occurrences:
            if not occurrence.is_active or self.is_of_training(occurrence):
                continue
            known = self.export.functions.get(occurrence.block)
            if isinstance(known, BlockFunction) and self.is_callable(occurrence):
                self.add_call(known, occurrence)
                continue
            self.add(occurrence.inner)
            if not occurrence.block and occurrence.step.type in ("layer", "variable", "join"):
                self.add_node(occurrence.end - 1)

    def is_of_training(self, occurrence: TracedStep) -> bool:
        nodes = self.export.network.nodes[occurrence.start : occurrence.end]
        return bool(nodes) and all(node.training_only for node in nodes)

    def is_callable(self, occurrence: TracedStep) -> bool:
        """Whether a call can be one of a function: its weights are its own."""
        nodes = self.export.network.nodes[occurrence.start : occurrence.end]
        return bool(nodes) and all(node.weight_key is None for node in nodes)

    def add_call(self, known: BlockFunction, occurrence: TracedStep) -> None:
        """A call of the function of a block, with values for its parameters."""
        definition = self.export.document.blocks[occurrence.block]
        given = list(map(self.code, occurrence.inputs))
        if definition.rest is not None:
            count = len(definition.inputs)
            given = [*given[:count], f"[{', '.join(given[count:])}]"]
        rank = len(occurrence.inputs[0].shape.spatial)
        for name in known.params:
            word = self.export.word(occurrence.own[name], rank)
            is_block = word in self.export.block_names.values()
            given.append(f"{parameter_name(name)}={word if is_block else datum_text(word)}")
        if known.is_named:
            given.append(f"name={self.title(occurrence.path)}")
        for name in known.variables:
            text = datum_text(self.export.word(self.export.variables[name], rank))
            given.append(f"{identifier(name, VARIABLES)}={text}")
        hint = occurrence.step.name or occurrence.step.word
        self.assigned(occurrence.outputs, hint, f"{known.plan.name}({', '.join(given)})")

    def add_node(self, index: int) -> None:
        """The statements of a layer.  Raises ExportError."""
        node = self.export.network.nodes[index]
        form = self.export.form(index)
        codes = list(map(self.code, node.inputs)) or [self.codes[-1, None]]
        values = [
            Value(index, part if node.outputs else None, shape)
            for part, shape in enumerate(node.shapes)
        ]
        if form.expression == "{0}":
            self.codes[index, None] = codes[0]
            return
        for call in form.calls[:-1]:
            text = self.call(call, node, codes)
            codes = [self.new_value(call.part, RUNNING)]
            self.lines.append(f"{codes[0]} = {text}")
        if form.calls:
            text = self.call(form.calls[-1], node, codes)
        else:
            text = form.expression.format(*codes)
        self.assigned(values, layer_name(node.path), text)

    def call(self, call: CallForm, node: Node, codes: Sequence[str]) -> str:
        """The expression of a call; a layer whose weights are shared is constructed once."""
        stated = [one for one in call.arguments if not one.is_optional]
        pairs = [(one.name, datum_text(one.value)) for one in stated]
        texts = [f"{name}={text}" if name else text for name, text in pairs]
        if node in self.export.frozen:
            texts.append("trainable=False")
        if node.weight_key is None:
            return constructed(call, texts, self.name(node, call), codes)
        given = f"({given_inputs(call, codes)})"
        shared = f"{node.weight_key} {call.part}"
        if shared not in self.shared:
            self.shared[shared] = self.new_value(f"shared_{layer_name(node.path)}")
            made = constructed(call, texts, self.name(node, call), codes).removesuffix(given)
            self.lines.append(f"{self.shared[shared]} = {made}")
        return f"{self.shared[shared]}{given}"
