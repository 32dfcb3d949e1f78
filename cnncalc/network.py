"""A network as it was read: the flat graph in file order, and the groups that it folds into.  Values only."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections.abc import Mapping
from typing import NamedTuple

from .figure import Figure
from .layers.layer import Layer
from .problem import Span
from .shape import Shape

BYTES = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "float8": 1,
    "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1,
}  # fmt: skip
"""The bytes of one element of each `dtype`."""


GROUPINGS = ("layers", "branch", "output")
"""The kinds of groups that no block of the file is."""


class Value(NamedTuple):
    """What a node puts out: the whole, or one part of it.  Input k of the network stands as node -1 - k."""

    node: int
    part: int | None
    shape: Shape


class Node(NamedTuple):
    """One layer in its place.

    `shape` is what it puts out; where that is several values (a chunk), `outputs` are their shapes.  Nodes with equal
    `weight_key` use the same weights.  `shared` is the tag that the file gives to them.  `start` is the first node of
    its step: the operands of a join stand before it.
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

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of the values that it puts out."""
        return self.outputs or (self.shape,)


class Group(NamedTuple):
    """Steps that fold into one row: a block call, a named or repeated group, a named branch, an output chain.

    It holds the nodes from `start` to before `end`; `depth` counts the groups around it.  `arguments` is as the file
    has them.  `outputs` are the values at its end.
    """

    path: str
    kind: str
    arguments: str
    start: int
    end: int
    depth: int
    outputs: tuple[Value, ...]
    span: Span


class Expectation(NamedTuple):
    """One line of `expect`: a number of the network, or of what `reference` names."""

    reference: str
    number: str
    expected: Figure | Shape
    span: Span


class Limit(NamedTuple):
    """One line of `budget`: the most that a number may come to."""

    number: str
    most: Figure
    span: Span


class Network(NamedTuple):
    """A network: its nodes in file order, each reading only inputs and nodes before it.

    `outputs` names the end of the main chain `output`, the others by their paths; `groups` are in order of their starts,
    the outer before the inner.
    """

    name: str
    variant: str | None
    file: str
    source: str
    year: int | None
    task: str
    dtype: str
    inputs: Mapping[str, Shape]
    nodes: tuple[Node, ...]
    groups: tuple[Group, ...]
    outputs: Mapping[str, Value]
    training_outputs: frozenset[str]
    expect: tuple[Expectation, ...]
    budget: tuple[Limit, ...]

    def __repr__(self) -> str:
        outputs = ", ".join(str(value.shape) for value in self.outputs.values())
        inputs = ", ".join(map(str, self.inputs.values()))
        return f"<Network {self.name}: {inputs} -> {outputs}, {len(self.nodes)} layers>"

    def path_of(self, value: Value) -> str:
        """How a value is called: the path of its node, with the part where there are several, or the input's name."""
        node, part, _ = value
        if node < 0:
            return list(self.inputs)[-1 - node]
        path = self.nodes[node].path
        return path if part is None else f"{path}.{part}"
