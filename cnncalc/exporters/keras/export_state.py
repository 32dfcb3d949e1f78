"""What all functions of an export share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...document import Document
from ...layers.aliases import KERAS_FUNCTIONS
from ...named_tuple import NamedTuple
from ...network import Network, Node
from ...parser import TracedNetwork
from ..errors import ExportError, NotStated, all_errors, unstated_layer
from ..python.block_parameters import CodeParameter
from ..python.fixed import all_steps
from ..python.identifiers import VARIABLES, identifier, unused
from ..python.traced_file import TracedFile
from .helpers import HELPERS
from .layers.form import KerasForm, KerasPlace, NoKerasForm
from .layers.table import form_of
from .layers.windows import SAME, WINDOWED, modes_of
from .values import NamedValue
from .vectors import vectors_of


class FunctionPlan(NamedTuple):
    """A function of the generated code: its parameters, its statements, and a docstring.

    `values` are those that the statements assign, by the names that they have there.
    """

    name: str
    parameters: tuple[CodeParameter, ...]
    docstring: str
    lines: tuple[str, ...]
    values: Mapping[str, NamedValue]


class BlockFunction(NamedTuple):
    """The function of a block.

    `params` are the parameters of the block that it reads, `variables` the variables of the file.
    One that `is_named` takes the beginning of the names of its layers.
    """

    plan: FunctionPlan
    params: tuple[str, ...]
    variables: tuple[str, ...]
    is_named: bool


class KerasExport(TracedFile):
    """The functions of one network, as they are made.

    `vectors` are the nodes whose value is a vector in Keras, and a map of one position elsewhere.
    `step_names` are all names of steps in the file.
    """

    def __init__(self, traced: TracedNetwork) -> None:
        super().__init__(traced)
        self.vectors = vectors_of(self.network)
        self.taken = {*HELPERS, *names_in_file(self.document)}
        self.step_names = {step.name for _, step in all_steps(self.document)}
        self.block_names = {name: self.new_name(name) for name in self.calls}
        self.functions: dict[str, BlockFunction | NotStated] = {}
        self.plans: list[FunctionPlan] = []

    def new_name(self, name: str) -> str:
        """A name of a function, which no variable or parameter has."""
        found = identifier(name, VARIABLES)
        found = unused(f"{found}_block" if found in self.taken else found, self.taken)
        self.taken.add(found)
        return found

    def layer_word(self, word: str, rank: int) -> str:
        names = KERAS_FUNCTIONS.get(word)
        return names[0] if names else word

    def form(self, index: int, padding: str = "") -> KerasForm:
        """What a node is in Keras.  Raises ExportError if it is nothing there."""
        node = self.network.nodes[index]
        if not padding and node.layer.kind in WINDOWED:
            padding = modes_of(node.layer, node.input_shapes[0], SAME)[0]
        place = KerasPlace(
            node.input_shapes,
            node.shape,
            self.source_kind(node),
            tuple([value.node in self.vectors for value in node.inputs]),
            index in self.vectors,
            padding,
        )
        try:
            return form_of(node.layer, place)
        except NoKerasForm as error:
            raise unstated_layer(node, str(error)) from None

    def source_kind(self, node: Node) -> str:
        """The kind of the layer before a node; "" for an input."""
        source = node.inputs[0].node if node.inputs else -1
        return self.network.nodes[source].layer.kind if source >= 0 else ""

    def check(self) -> None:
        """Raise ExportError with the reasons of all layers that Keras cannot state."""
        errors: list[ExportError] = []
        for index, node in enumerate(self.network.nodes):
            if node.training_only:
                continue
            try:
                self.form(index)
            except ExportError as error:
                errors.append(error)
        if errors:
            raise all_errors(errors)


def names_in_file(document: Document) -> Iterator[str]:
    """The names of variables, parameters and values of `let`, as they are in the code."""
    names = [*document.vars]
    for block in document.blocks.values():
        names += [*block.params, *(name for name, _ in block.lets), *block.inputs]
    for _, step in all_steps(document):
        names += [name for name, _ in (*(step.bindings or ()), *(step.across or ()))]
    return (identifier(name, VARIABLES) for name in names)


def kept_outputs(network: Network) -> list[str]:
    """The names of the outputs that are not of training only."""
    return [name for name in network.outputs if name not in network.training_outputs]
