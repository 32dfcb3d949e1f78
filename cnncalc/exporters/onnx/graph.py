"""The graph of a file while it is written: nodes, stored tensors, inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...onnx_format.elements import FLOAT, INT64
from ...onnx_format.messages import (
    TABLE,
    Attribute,
    Dimension,
    NodeProto,
    StringEntry,
    TensorProto,
    TensorShape,
    TensorType,
    ValueInfo,
    ValueType,
)
from ..contents import ByteChunk
from .weights import random_numbers, real_numbers, whole_numbers
from .wire_writer import WireWriter

NodeArgument = int | float | str | TensorProto | Sequence[int]
REAL, WHOLE, TEXT, TENSOR, WHOLES = 1, 2, 3, 4, 7
"""Types of attributes, as AttributeProto.AttributeType has them."""

BATCH = "batch"
"""The name of the batch axis, whose size is not fixed."""


class GraphWriter:
    """Nodes in the order in which they are added, and the tensors that they read.

    `weights` is one of WEIGHTS.  `batchless` are tensors that do not depend on the inputs: their
    batch is 1.  `indices` are inputs of whole numbers.
    """

    def __init__(self, weights: str) -> None:
        self.wire = WireWriter(TABLE)
        self.weights = weights
        self.nodes: list[NodeProto] = []
        self.stored: list[TensorProto] = []
        self.inputs: list[ValueInfo] = []
        self.batchless: set[str] = set()
        self.indices: set[str] = set()
        self.learned: set[str] = set()
        self.node_names: set[str] = set()
        self.constants: dict[tuple[int, tuple[float, ...] | float], str] = {}

    # Nodes

    def node(
        self,
        operator: str,
        inputs: Sequence[str],
        scope: str,
        outputs: Sequence[str] = (),
        count: int = 1,
        attributes: Mapping[str, NodeArgument] = {},
        metadata: Mapping[str, str] = {},
    ) -> tuple[str, ...]:
        """Add a node in a scope such as `/stage/0/conv1`; the names of its outputs."""
        name = self.unused(f"{scope}/{operator}")
        outputs = outputs or [f"{name}_output_{index}" for index in range(count)]
        made = tuple(self.attribute(*pair) for pair in attributes.items())
        entries = tuple(self.entry(*pair) for pair in metadata.items())
        facts = (tuple(inputs), tuple(outputs), name, operator, made)
        self.nodes.append(NodeProto(*facts, metadata_props=entries))
        return tuple(outputs)

    def unused(self, name: str) -> str:
        """A name that no node has yet: this one, or with a number."""
        found, number = name, 0
        while found in self.node_names:
            number += 1
            found = f"{name}_{number}"
        self.node_names.add(found)
        return found

    def entry(self, key: str, value: str) -> StringEntry:
        return StringEntry(key, self.wire.span(value.encode()))

    def attribute(self, name: str, value: NodeArgument) -> Attribute:
        """An argument of a node, whose type is that of its value."""
        if isinstance(value, str):
            return Attribute(name, s=self.wire.span(value.encode()), type=TEXT)
        if isinstance(value, TensorProto):
            return Attribute(name, t=value, type=TENSOR)
        if isinstance(value, float):
            return Attribute(name, f=value, type=REAL)
        if isinstance(value, int):
            return Attribute(name, i=int(value), type=WHOLE)
        return Attribute(name, ints=tuple(value), type=WHOLES)

    # Constants

    def wholes(self, numbers: Sequence[int] | int) -> str:
        """A stored vector of whole numbers, or one number; equal ones are stored once."""
        is_one = isinstance(numbers, int)
        found = (numbers,) if isinstance(numbers, int) else tuple(numbers)
        key = INT64, found[0] if is_one else found
        if key not in self.constants:
            sizes = () if is_one else (len(found),)
            self.constants[key] = self.store_constant(sizes, INT64, whole_numbers(found))
        return self.constants[key]

    def number(self, value: float) -> str:
        """A stored real number."""
        key = FLOAT, float(value)
        if key not in self.constants:
            self.constants[key] = self.store_constant((), FLOAT, real_numbers([value]))
        return self.constants[key]

    def store_constant(self, sizes: tuple[int, ...], kind: int, content: bytes) -> str:
        name = f"/constant_{len(self.constants)}"
        self.stored.append(self.tensor(name, sizes, kind, content))
        self.batchless.add(name)
        return name

    def tensor(
        self, name: str, sizes: tuple[int, ...], kind: int, content: ByteChunk
    ) -> TensorProto:
        return TensorProto(sizes, kind, name=name, raw_data=self.wire.span(content))

    def filled(self, sizes: Sequence[int], value: float, scope: str, name: str = "") -> str:
        """A tensor with the same number everywhere, which is made when the model runs."""
        one = self.tensor("", (1,), FLOAT, real_numbers([value]))
        outputs = (name,) if name else ()
        shape = self.wholes(sizes)
        (found,) = self.node(
            "ConstantOfShape", [shape], scope, outputs, attributes={"value": one} if value else {}
        )
        self.batchless.add(found)
        return found

    # Weights

    def weight(
        self, name: str, sizes: Sequence[int], rest: float = 0.0, around: float = 0.0
    ) -> str:
        """A learned tensor, or a statistic that is stored with them; one of each name.

        It is `rest` everywhere if weights are zeros.  Random numbers of a vector are near `around`.
        """
        if name in self.learned:
            return name
        self.learned.add(name)
        self.batchless.add(name)
        if self.weights == "none":
            self.inputs.append(value_info(name, tuple(sizes)))
        elif self.weights == "zeros":
            self.filled(sizes, rest, scope_of(name), name)
        else:
            content = random_numbers(name, sizes, around)
            self.stored.append(self.tensor(name, tuple(sizes), FLOAT, content))
        return name


def scope_of(path: str) -> str:
    """The name of a path as exporters of PyTorch begin those of nodes.

    >>> scope_of("stage.0.conv1")
    '/stage/0/conv1'
    """
    return "/" + path.replace(".", "/")


def value_info(name: str, sizes: Sequence[int | str], kind: int = FLOAT) -> ValueInfo:
    """An input or output with its type; a size that is a word is not fixed."""
    dims = [Dimension(size) if isinstance(size, int) else Dimension(0, size) for size in sizes]
    return ValueInfo(name, ValueType(TensorType(kind, TensorShape(tuple(dims)))))
