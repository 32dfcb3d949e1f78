"""The messages of an ONNX file, and the fields of them that are read and written.

The names are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

from __future__ import annotations

from typing import Any

from ..named_tuple import NamedTuple
from .fields import ByteSpan, MessageTable, WireField

MAX_NODES = 100_000
MAX_TENSORS = 200_000
MAX_VALUES = 1_000_000
MAX_NAMES = 10_000  # of the inputs or outputs of a node
MAX_ATTRIBUTES = 100
MAX_NUMBERS = 10_000  # of an attribute
MAX_AXES = 16
MAX_ENTRIES = 200
MAX_FUNCTIONS = 10_000
MAX_SPANS = 10_000
"""The largest numbers of values of repeated fields."""


FROZEN = {"trainable": "false"}
"""The metadata of the nodes of a layer whose weights are not trained, which ONNX does not state."""

DROP_PATH = "drop_path"
"""The key of the probability with which training skips a branch, in the metadata of an Identity;
also the operator of what does."""


class StringEntry(NamedTuple):
    """A key with a text, which may be long and is not read with it."""

    key: str = ""
    value: ByteSpan | None = None


class OperatorSet(NamedTuple):
    """A version of the operators of a domain; "" is ONNX's own."""

    domain: str = ""
    version: int = 0


class TensorProto(NamedTuple):
    """A stored tensor.  Its numbers are in one of the spans, or in another file."""

    dims: tuple[int, ...] = ()
    data_type: int = 0
    float_data: tuple[ByteSpan, ...] = ()
    int32_data: tuple[ByteSpan, ...] = ()
    int64_data: tuple[ByteSpan, ...] = ()
    name: str = ""
    raw_data: ByteSpan | None = None
    double_data: tuple[ByteSpan, ...] = ()
    uint64_data: tuple[ByteSpan, ...] = ()
    external_data: tuple[StringEntry, ...] = ()
    data_location: int = 0


class SparseTensor(NamedTuple):
    """A stored tensor of which only the elements that are not zero are stored."""

    values: TensorProto = TensorProto()
    dims: tuple[int, ...] = ()


class Dimension(NamedTuple):
    """A size: a number, or a name for one that is not fixed."""

    dim_value: int = 0
    dim_param: str = ""


class TensorShape(NamedTuple):
    dim: tuple[Dimension, ...] = ()


class TensorType(NamedTuple):
    elem_type: int = 0
    shape: TensorShape | None = None


class ValueType(NamedTuple):
    """The type of a value; `tensor_type` is None if it is not a tensor."""

    tensor_type: TensorType | None = None


class ValueInfo(NamedTuple):
    """An input or output of a graph."""

    name: str = ""
    type: ValueType = ValueType()
    metadata_props: tuple[StringEntry, ...] = ()


class Attribute(NamedTuple):
    """An argument of a node: one of the values, by `type`.

    In a function, `ref_attr_name` is the argument of the function that is its value.
    """

    name: str = ""
    f: float = 0.0
    i: int = 0
    s: ByteSpan | None = None
    t: TensorProto | None = None
    g: GraphProto | None = None
    floats: tuple[float, ...] = ()
    ints: tuple[int, ...] = ()
    strings: tuple[ByteSpan, ...] = ()
    type: int = 0
    ref_attr_name: str = ""


class NodeProto(NamedTuple):
    """A call of an operator, or of a function of the file."""

    input: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    name: str = ""
    op_type: str = ""
    attribute: tuple[Attribute, ...] = ()
    domain: str = ""
    metadata_props: tuple[StringEntry, ...] = ()


class GraphProto(NamedTuple):
    """Nodes in an order in which each reads what was calculated before.

    `value_info` are the types of inner tensors, which are read if they are needed.
    """

    node: tuple[NodeProto, ...] = ()
    name: str = ""
    initializer: tuple[TensorProto, ...] = ()
    input: tuple[ValueInfo, ...] = ()
    output: tuple[ValueInfo, ...] = ()
    value_info: tuple[ByteSpan, ...] = ()
    sparse_initializer: tuple[SparseTensor, ...] = ()
    metadata_props: tuple[StringEntry, ...] = ()


class FunctionProto(NamedTuple):
    """An operator that is defined by nodes."""

    name: str = ""
    input: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    attribute: tuple[str, ...] = ()
    node: tuple[NodeProto, ...] = ()
    domain: str = ""
    attribute_proto: tuple[Attribute, ...] = ()


class Model(NamedTuple):
    """The whole file."""

    ir_version: int = 0
    producer_name: str = ""
    producer_version: str = ""
    graph: GraphProto | None = None
    opset_import: tuple[OperatorSet, ...] = ()
    functions: tuple[FunctionProto, ...] = ()


def fields(*given: tuple[int, str, Any] | tuple[int, str, Any, int]) -> dict[int, WireField]:
    """Fields by their number."""
    return {number: WireField(*rest) for number, *rest in given}


TABLE: MessageTable = {
    StringEntry: fields((1, "key", "text"), (2, "value", "span")),
    OperatorSet: fields((1, "domain", "text"), (2, "version", "integer")),
    TensorProto: fields(
        (1, "dims", "integer", MAX_AXES),
        (2, "data_type", "integer"),
        (4, "float_data", "span", MAX_SPANS),
        (5, "int32_data", "span", MAX_SPANS),
        (7, "int64_data", "span", MAX_SPANS),
        (8, "name", "text"),
        (9, "raw_data", "span"),
        (10, "double_data", "span", MAX_SPANS),
        (11, "uint64_data", "span", MAX_SPANS),
        (13, "external_data", StringEntry, MAX_AXES),
        (14, "data_location", "integer"),
    ),
    SparseTensor: fields((1, "values", TensorProto), (3, "dims", "integer", MAX_AXES)),
    Dimension: fields((1, "dim_value", "integer"), (2, "dim_param", "text")),
    TensorShape: fields((1, "dim", Dimension, MAX_AXES)),
    TensorType: fields((1, "elem_type", "integer"), (2, "shape", TensorShape)),
    ValueType: fields((1, "tensor_type", TensorType)),
    ValueInfo: fields(
        (1, "name", "text"),
        (2, "type", ValueType),
        (4, "metadata_props", StringEntry, MAX_ENTRIES),
    ),
    Attribute: fields(
        (1, "name", "text"),
        (2, "f", "real"),
        (3, "i", "integer"),
        (4, "s", "span"),
        (5, "t", TensorProto),
        (6, "g", GraphProto),
        (7, "floats", "real", MAX_NUMBERS),
        (8, "ints", "integer", MAX_NUMBERS),
        (9, "strings", "span", MAX_NUMBERS),
        (20, "type", "integer"),
        (21, "ref_attr_name", "text"),
    ),
    NodeProto: fields(
        (1, "input", "text", MAX_NAMES),
        (2, "output", "text", MAX_NAMES),
        (3, "name", "text"),
        (4, "op_type", "text"),
        (5, "attribute", Attribute, MAX_ATTRIBUTES),
        (7, "domain", "text"),
        (9, "metadata_props", StringEntry, MAX_ENTRIES),
    ),
    GraphProto: fields(
        (1, "node", NodeProto, MAX_NODES),
        (2, "name", "text"),
        (5, "initializer", TensorProto, MAX_TENSORS),
        (11, "input", ValueInfo, MAX_TENSORS),
        (12, "output", ValueInfo, MAX_NAMES),
        (13, "value_info", "span", MAX_VALUES),
        (15, "sparse_initializer", SparseTensor, MAX_TENSORS),
        (16, "metadata_props", StringEntry, MAX_ENTRIES),
    ),
    FunctionProto: fields(
        (1, "name", "text"),
        (4, "input", "text", MAX_NAMES),
        (5, "output", "text", MAX_NAMES),
        (6, "attribute", "text", MAX_ATTRIBUTES),
        (7, "node", NodeProto, MAX_NODES),
        (10, "domain", "text"),
        (11, "attribute_proto", Attribute, MAX_ATTRIBUTES),
    ),
    Model: fields(
        (1, "ir_version", "integer"),
        (2, "producer_name", "text"),
        (3, "producer_version", "text"),
        (7, "graph", GraphProto),
        (8, "opset_import", OperatorSet, MAX_ENTRIES),
        (25, "functions", FunctionProto, MAX_FUNCTIONS),
    ),
}
"""The fields that are read: numbers, names, kinds, and the bounds of those that are repeated."""

ALLOWANCES = {NodeProto: (60, MAX_NODES), TensorProto: (12, MAX_TENSORS)}
"""The fields that these messages may have besides those of all files, and how many of them."""
