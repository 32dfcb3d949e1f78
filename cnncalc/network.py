"""A network: the flat graph of its layers in file order, and the groups that these form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .dtype import DataTypes
from .escape import safe
from .figure import Figure
from .layers.layer import Layer
from .metrics import Accuracy
from .named_tuple import NamedTuple
from .problem import Span
from .quantities import QUANTITIES, folded
from .shape import Shape

GROUPINGS = ("layers", "branch", "output")
"""The kinds of groups that are not blocks of the file."""


class Value(NamedTuple):
    """The output of a node, or one of several outputs (`part`).  Input k is node -1 - k."""

    node: int
    part: int | None
    shape: Shape


FEW_VALUES = 4


def distinct(values: tuple[Value, ...]) -> Iterable[Value]:
    """The different values among the inputs of a node: a join may read one very often.

    Few are not compared, as that would take longer than reading one again.
    """
    return values if len(values) <= FEW_VALUES else {value[:2]: value for value in values}.values()


class Node(NamedTuple):
    """One layer in the network.

    `shape` is its output shape; a layer with several outputs (a chunk) has their shapes in
    `outputs`.  Nodes with equal `weight_key` use the same weights; `shared` is their tag in the
    file.  `start` is the first node of its step: the operands of a join are before the join.
    `dtype` are the types of its weights and of its output; a layer whose output is its input,
    unchanged or reshaped, has the type of that.
    """

    path: str
    layer: Layer
    inputs: tuple[Value, ...]
    input_shapes: tuple[Shape, ...]
    shape: Shape
    outputs: tuple[Shape, ...]
    span: Span
    training_only: bool
    trainable: bool
    shared: str | None
    weight_key: str | None
    start: int
    dtype: DataTypes

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of all its outputs."""
        return self.outputs or (self.shape,)


class CallArgument(NamedTuple):
    """An argument of a block call, as text; the parameter may be `required`."""

    name: str
    text: str
    required: bool


class Group(NamedTuple):
    """Steps that collapse to one row: a block call, a group, a named branch or an output chain.

    It has the nodes from `start` to before `end`, and `depth` groups around it.  `arguments` are
    those of the call: the required ones, and others that are not the default.  `outputs` are the
    values at its end.
    """

    path: str
    kind: str
    arguments: tuple[CallArgument, ...]
    start: int
    end: int
    depth: int
    outputs: tuple[Value, ...]
    span: Span

    def call(self, *, named: bool = False) -> str:
        """The call as text, such as `mbconv 40, 6, stride 2`.

        If `named`, required arguments have their names, too, unless there is only one.
        """
        required = sum(one.required for one in self.arguments)
        texts = [
            one.text if one.required and not (named and required > 1) else f"{one.name} {one.text}"
            for one in self.arguments
        ]
        return f"{self.kind} {', '.join(texts)}".rstrip()


class Expectation(NamedTuple):
    """One line of `expect`: a number of the network, or of the step with path `reference`."""

    reference: str
    number: str
    expected: Figure | Shape
    span: Span


OPTIMIZER_NAMES = (
    *("sgd", "sgd-plain", "adam", "adamw", "amsgrad", "nadam", "adadelta", "rmsprop", "adagrad"),
)


class BudgetStep(NamedTuple):
    """How a network is trained: the batch, an optimizer by its name, and if in mixed precision."""

    batch: int = 1
    optimizer: str = "sgd"
    amp: bool = False


ONE_SAMPLE = BudgetStep()


class Limit(NamedTuple):
    """One line of `budget`: the upper limit of a number; of training, for a step."""

    number: str
    most: Figure
    span: Span
    step: BudgetStep = ONE_SAMPLE

    @property
    def step_texts(self) -> dict[str, str]:
        """What the file states of the step beyond one sample with SGD, by its keys."""
        batch, optimizer, amp = self.step
        found = {"batch": str(batch)} if batch > 1 else {}
        if optimizer != ONE_SAMPLE.optimizer:
            found["optimizer"] = optimizer
        return found | ({"amp": "true"} if amp else {})


class DeviceLimit(NamedTuple):
    """The upper limit of a number on a device: an amount, or a share of what the device has."""

    number: str
    text: str
    amount: float
    is_share: bool
    span: Span

    @property
    def key(self) -> str:
        """Its key in a file."""
        return folded(QUANTITIES[self.number].words)


class DeviceBudget(NamedTuple):
    """`device` of `budget`: the name of a device that must be sufficient, with further limits."""

    name: str
    limits: tuple[DeviceLimit, ...]
    span: Span


class Network(NamedTuple):
    """A network: its nodes in file order, each of which reads inputs and earlier nodes only.

    The end of the main chain is called `output` in `outputs`, the others by their paths.  `groups`
    are in order of their starts, enclosing ones first.  `types` are those of its inputs and of the
    layers that state no `dtype` of their own.  `is_imported`: the spans are those in the text that
    a model was imported as, and not in `file`.  `accuracy` is stated, not calculated, and None if
    the network is not exactly the one in the file.
    """

    name: str
    variant: str | None
    file: str
    source: str
    year: int | None
    task: str
    types: DataTypes
    inputs: Mapping[str, Shape]
    nodes: tuple[Node, ...]
    groups: tuple[Group, ...]
    outputs: Mapping[str, Value]
    training_outputs: frozenset[str]
    expect: tuple[Expectation, ...]
    budget: tuple[Limit, ...]
    input_names: tuple[str, ...]  # the keys of `inputs`, which paths of values refer to by number
    device_budget: DeviceBudget | None = None
    accuracy: Accuracy | None = None
    is_imported: bool = False

    @property
    def dtype(self) -> str:
        """The types of its weights and activations in words, such as `int8`."""
        return self.types.text

    def __repr__(self) -> str:
        outputs = ", ".join(str(value.shape) for value in self.outputs.values())
        inputs = ", ".join(map(str, self.inputs.values()))
        return f"<Network {safe(self.name)}: {inputs} -> {outputs}, {len(self.nodes)} layers>"

    def in_types(self, types: DataTypes) -> Network:
        """The network of a file that states no types, in others than the usual ones."""
        nodes = tuple([node._replace(dtype=types) for node in self.nodes])
        return self._replace(types=types, nodes=nodes)

    def dtype_of(self, value: Value) -> str:
        """The data type of a value."""
        dtypes = self.nodes[value.node].dtype if value.node >= 0 else self.types
        return dtypes.activations

    def path_of(self, value: Value) -> str:
        """The path of a value: that of its node, with the part if any, or the name of the input."""
        node, part, _ = value
        if node < 0:
            return self.input_names[-1 - node]
        path = self.nodes[node].path
        return path if part is None else f"{path}.{part}"


def trained_keys(nodes: Iterable[Node]) -> set[str]:
    """The keys of the shared weights that are trained: those that any of the nodes trains."""
    return {node.weight_key for node in nodes if node.trainable and node.weight_key}
