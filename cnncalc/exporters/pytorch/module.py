"""What all classes of an export share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...datum import Datum
from ...document import Document
from ...layers import LAYERS
from ...layers.aliases import PYTORCH
from ...named_tuple import NamedTuple
from ...network import Network, Node, Value
from ...parser import TracedNetwork
from ...parser.expansion.trace import TracedStep
from ...problem import Span
from ..errors import ExportError, NotStated
from ..python.identifiers import class_name, unused
from .fixed import fixed_variables
from .helpers import CLASSES, partial_norm
from .layers.form import ModuleForm, NoForm, TorchForm
from .layers.table import form_of, same_form
from .program import ClassPlan

END = 10**9
"""The place at which the outputs of a network are read."""


class BlockClass(NamedTuple):
    """The class of a block.

    `channels` are the parameters for the channels of its inputs: names, "" for those that it does
    not take.  `params` are the parameters of the block that it reads, `variables` the variables of
    the file.  `outputs` are expressions of its parameters for the channels of its outputs, "" if
    there is none; `attribute` is what `out_channels` is in the constructor.
    """

    plan: ClassPlan
    channels: tuple[str, ...]
    params: tuple[str, ...]
    variables: tuple[str, ...]
    outputs: tuple[str, ...]
    attribute: str


class LayerGraph:
    """A network, and the classes that torch.nn lacks which its layers need."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.helpers: dict[str, str] = {}
        self.class_names: set[str] = {*CLASSES, "Net"}

    def helper(self, call: ModuleForm) -> ModuleForm:
        """The module with the class that is written; a class that torch.nn lacks is added."""
        name, mark, special = call.class_name.partition(":")
        if mark and not special.startswith("nn."):
            name, source = partial_norm(name, special)
            self.helpers[name] = source
            return call._replace(class_name=name)
        if name in CLASSES:
            self.helpers[name] = CLASSES[name]
        return call

    def same_form(self, node: Node) -> TorchForm | None:
        """A node with `padding: same` as a class that pads itself; None if there is none."""
        form = same_form(node.layer, node.input_shapes)
        if form is None:
            return None
        return form._replace(modules=tuple(map(self.helper, form.modules)))

    def form(self, node: Node) -> TorchForm:
        """What a node is in PyTorch.  Raises ExportError if it is nothing there."""
        try:
            form = form_of(node.layer, node.input_shapes)
        except NoForm as error:
            raise ExportError(f"`{node.path}` ({node.layer.kind}): {error}") from None
        return form._replace(modules=tuple(map(self.helper, form.modules)))

    def new_class_name(self, name: str) -> str:
        found = unused(class_name(name), self.class_names)
        self.class_names.add(found)
        return found


class Export(LayerGraph):
    """The classes of one network, as they are made.

    `fixed` are the variables of the file whose values are written as they are.
    """

    def __init__(self, traced: TracedNetwork) -> None:
        super().__init__(traced.network)
        self.document: Document = traced.document
        self.occurrences = traced.trace.occurrences
        self.variables = traced.trace.variables
        skipped = never_active(self.occurrences)
        self.fixed = fixed_variables(self.document, self.variables, skipped)
        self.readers = readers_of(self.network)
        self.read_parts: dict[int, list[tuple[tuple[int, int | None], list[int]]]] = {}
        for key, places in self.readers.items():
            self.read_parts.setdefault(key[0], []).append((key, places))
        self.calls: dict[str, list[TracedStep]] = {}
        for occurrence in all_occurrences(self.occurrences):
            if occurrence.block:
                self.calls.setdefault(occurrence.block, []).append(occurrence)
        self.block_names = {name: self.new_class_name(name) for name in self.calls}
        self.classes: dict[str, BlockClass | NotStated] = {}
        self.plans: list[ClassPlan] = []
        self.own_classes: dict[str, str] = {}
        self.with_channels: set[str] = set()
        self.reasons: dict[str, str] = {}

    # Values

    def is_read_outside(self, value: Value, start: int, end: int) -> bool:
        """Whether a value is read outside of some nodes, or is an output of the network."""
        places = self.readers.get((value.node, value.part), ())
        return any(not start <= place < end for place in places)

    def is_read_inside(self, occurrence: TracedStep) -> bool:
        """Whether steps after an occurrence read a value inside it that is not its output."""
        return next(self.read_inside(occurrence), None) is not None

    def read_inside(self, occurrence: TracedStep) -> Iterator[tuple[int, int | None]]:
        """The values inside an occurrence that steps after it read, without its outputs."""
        start, end = occurrence.start, occurrence.end
        outputs = {(value.node, value.part) for value in occurrence.outputs}
        for node in range(start, end):
            for key, places in self.read_parts.get(node, ()):
                is_read = any(not start <= place < end for place in places)
                if is_read and key not in outputs:
                    yield key

    def node(self, occurrence: TracedStep) -> Node:
        """The node of a layer or a join."""
        return self.network.nodes[occurrence.end - 1]

    def word(self, value: Datum, rank: int) -> Datum:
        """A value, in which a word for a layer or a block is the class."""
        if isinstance(value, tuple):
            return tuple([self.word(entry, rank) for entry in value])
        if not isinstance(value, str):
            return value
        if value in self.block_names:
            return self.block_names[value]
        if value not in LAYERS:
            return value
        alias = PYTORCH.get(value)
        if alias is None:
            return value
        by_rank = [name for name in alias.names if name.endswith(f"{max(rank, 1)}d")]
        return f"nn.{(by_rank or list(alias.names))[0]}"

    def class_words(self) -> dict[str, Datum]:
        """The names of classes of blocks, which are values themselves."""
        return {name: name for name in self.block_names.values()}


def readers_of(network: Network) -> dict[tuple[int, int | None], list[int]]:
    """The places of the nodes that read each value; END for the outputs of the network."""
    found: dict[tuple[int, int | None], list[int]] = {}
    for place, node in enumerate(network.nodes):
        for value in node.inputs:
            found.setdefault((value.node, value.part), []).append(place)
    for value in network.outputs.values():
        found.setdefault((value.node, value.part), []).append(END)
    return found


def never_active(occurrences: Iterable[TracedStep]) -> set[Span]:
    """The positions of the steps that are reached, and always skipped."""
    reached: dict[Span, bool] = {}
    for occurrence in all_occurrences(occurrences):
        span = occurrence.step.span
        reached[span] = reached.get(span, False) or occurrence.is_active
    return {span for span, is_active in reached.items() if not is_active}


def all_occurrences(occurrences: Iterable[TracedStep]) -> Iterator[TracedStep]:
    for occurrence in occurrences:
        yield occurrence
        yield from all_occurrences(occurrence.inner)
