"""What all classes of an export share."""

from __future__ import annotations

from collections.abc import Iterable

from ...document import Block, Step
from ...expression.expression import Expression
from ...layers import LAYERS
from ...layers.aliases import PYTORCH
from ...named_tuple import NamedTuple
from ...network import Network, Node
from ...parser import TracedNetwork
from ..errors import NotStated, unstated_layer
from ..frozen_weights import FrozenWeights
from ..python.arguments import ModuleForm
from ..python.fixed import Origins, all_steps, references_of
from ..python.identifiers import class_name, unused
from ..python.traced_file import TracedFile
from .helpers import CLASSES, partial_norm, with_bases
from .layers.form import NoForm, TorchForm
from .layers.table import form_of, same_form
from .program import ClassPlan


class BlockClass(NamedTuple):
    """The class of a block.

    `channels` are the parameters for the channels of its inputs: names, "" for those that it does
    not take; `sizes` are those for the spatial sizes.  `params` are the parameters of the block
    that it reads, `variables` the variables of the file.  `outputs` are expressions of its
    parameters for the channels of its outputs, "" if there is none; `attribute` is what
    `out_channels` is in the constructor.
    """

    plan: ClassPlan
    channels: tuple[str, ...]
    sizes: tuple[str, ...]
    params: tuple[str, ...]
    variables: tuple[str, ...]
    outputs: tuple[str, ...]
    attribute: str


class LayerGraph:
    """A network, and the classes that torch.nn lacks which its layers need."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.frozen = FrozenWeights(network)
        self.helpers: dict[str, str] = {}
        self.class_names: set[str] = {*CLASSES, "F"}

    def helper(self, call: ModuleForm) -> ModuleForm:
        """The module with the class that is written; a class that torch.nn lacks is added."""
        name, mark, special = call.class_name.partition(":")
        if mark and not special.startswith("nn."):
            name, source = partial_norm(name, special)
            self.helpers[name] = source
            return call._replace(class_name=name)
        if name in CLASSES:
            self.helpers |= {base: CLASSES[base] for base in with_bases(name)}
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
            raise unstated_layer(node, str(error)) from None
        return form._replace(modules=tuple(map(self.helper, form.modules)))

    def module_form(self, call: ModuleForm) -> TorchForm:
        """A module in place of an expression."""
        return TorchForm((self.helper(call),))

    def new_class_name(self, name: str) -> str:
        found = unused(class_name(name), self.class_names)
        self.class_names.add(found)
        return found


class Export(LayerGraph, TracedFile):
    """The classes of one network, as they are made.

    If it `names_modules`, the modules of a loop have a variable for the channels after them.
    `decided` are further variables whose values are written as they are.
    """

    def __init__(
        self,
        traced: TracedNetwork,
        *,
        names_modules: bool = False,
        decided: frozenset[str] = frozenset(),
    ) -> None:
        LayerGraph.__init__(self, traced.network)
        TracedFile.__init__(self, traced)
        self.fixed |= decided
        self.decided = decided
        self.block_names = {name: self.new_class_name(name) for name in self.calls}
        self.names_modules = names_modules
        self.classes: dict[str, BlockClass | NotStated] = {}
        self.plans: list[ClassPlan] = []
        self.own_classes: dict[str, str] = {}
        self.free_names = dict(self.block_names)
        self.with_channels: set[str] = set()

    def own_class_name(self, block: str) -> str:
        """The name of a class for some calls of a block: that of the block, if it has no class."""
        if not isinstance(self.classes.get(block), BlockClass):
            name = self.free_names.pop(block, "")
            if name:
                return name
        return self.new_class_name(block)

    def decide(self, block: Block | None, expressions: Iterable[Expression]) -> None:
        """Note the variables that decide which steps there are, by expressions in a block."""
        names = {name for expression in expressions for name in expression.names}
        self.decided |= Origins(self.document, self.variables).of(names, block)

    def reads_all(self, block: Block | None, step: Step) -> bool:
        """Whether steps of a block, or of the network, refer to all iterations of a step."""
        everything = f"{step.name}.*"
        return any(
            reference.text == everything
            for around, one in all_steps(self.document)
            if around is block
            for reference in references_of(one)
        )

    def layer_word(self, word: str, rank: int) -> str:
        alias = PYTORCH.get(word) if word in LAYERS else None
        if alias is None:
            return word
        by_rank = [name for name in alias.names if name.endswith(f"{max(rank, 1)}d")]
        return f"nn.{(by_rank or list(alias.names))[0]}"
