"""The nodes of a graph with their arguments; bodies of functions are in place of their calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...named_tuple import NamedTuple
from ...onnx_format.messages import (
    MAX_NODES,
    Attribute,
    FunctionProto,
    GraphProto,
    Model,
    NodeProto,
    StringEntry,
)
from ..errors import InvalidModelFile
from .file import OnnxFile
from .tensors import GraphTensor, stored_tensor

MAX_FUNCTION_DEPTH = 20
OWN_DOMAINS = ("", "ai.onnx")
SHARED_OPERATORS = ("QuantizeLinear", "DequantizeLinear")
"""Operators that ONNX Runtime has in its own domain as well, for further types."""

AttributeValue = int | float | str | tuple[Any, ...] | GraphTensor | GraphProto | None
"""A number, a text, a tensor or graph, or a tuple of numbers or texts."""


WHOLE = (
    *("axis", "keepdims", "group", "ceil_mode", "count_include_pad", "allowzero", "transA"),
    *("transB", "blocksize", "to", "start", "end", "num_groups", "groups", "batch_dims", "k"),
    *("num_outputs", "noop_with_empty_axes", "layout", "size", "p", "output_height"),
    *("output_width", "hidden_size", "output_dtype"),
)
WHOLES = (
    *("axes", "pads", "paddings", "strides", "dilations", "kernel_shape", "perm", "split"),
    *("starts", "ends", "shape", "output_padding", "output_shape", "repeats"),
)
REAL = ("alpha", "beta", "min", "max", "ratio", "epsilon")
TEXT = (
    *("auto_pad", "mode", "approximate", "equation", "coordinate_transformation_mode"),
    "activation",
)
ARGUMENT_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(WHOLE, (int,)),
    **dict.fromkeys((*WHOLES, "scales"), (tuple,)),
    **dict.fromkeys(REAL, (int, float)),
    **dict.fromkeys(TEXT, (str,)),
}
"""The types of the arguments of operators that rules read, by their names."""


class OnnxNode(NamedTuple):
    """A call of an operator.

    `operator` is its name, after its domain if that is not ONNX's own.  "" among the inputs and
    outputs is an omitted one.  `metadata` is what the exporter wrote next to it.
    """

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    name: str = ""
    attributes: Mapping[str, AttributeValue] = {}
    metadata: tuple[StringEntry, ...] = ()

    @property
    def title(self) -> str:
        """What messages call it."""
        return self.name or next(filter(None, self.outputs), self.operator)


FLOAT, INT, STRING, TENSOR, GRAPH, FLOATS, INTS, STRINGS = range(1, 9)
FIELDS = dict(enumerate(("f", "i", "s", "t", "g", "floats", "ints", "strings"), 1))
"""The fields that hold the value of an argument, by its type."""


def value_of(file: OnnxFile, attribute: Attribute) -> AttributeValue:
    """The value of an argument, by its type.  A file without types has one value that is set."""
    kind = attribute.type if attribute.type in FIELDS else type_of(attribute)
    if kind == STRING:
        return file.text(attribute.s)
    if kind == TENSOR:
        return tensor_value(file, attribute)
    if kind == STRINGS:
        return tuple(map(file.text, attribute.strings))
    value: AttributeValue = getattr(attribute, FIELDS[kind])
    return value


def type_of(attribute: Attribute) -> int:
    """The type of an argument by the value that is set."""
    for kind in (TENSOR, GRAPH, INTS, FLOATS, STRINGS):
        if getattr(attribute, FIELDS[kind]):
            return kind
    if attribute.s is not None:
        return STRING
    return FLOAT if attribute.f else INT


def check_types(proto: NodeProto, attributes: Mapping[str, AttributeValue]) -> None:
    """Raise InvalidModelFile for an argument of ONNX's own operators that has another type."""
    for name, value in attributes.items():
        wanted = ARGUMENT_TYPES.get(name)
        is_right = wanted is None or isinstance(value, wanted)
        if name in WHOLES and isinstance(value, tuple):
            is_right = all(map(is_whole, value))
        if not is_right:
            node = proto.name or proto.op_type
            raise InvalidModelFile(f"the argument `{name}` of {node} is not of its type")


def is_whole(value: object) -> bool:
    return isinstance(value, int)


def tensor_value(file: OnnxFile, attribute: Attribute) -> GraphTensor | None:
    return None if attribute.t is None else stored_tensor(file, attribute.t, attribute.t.name)


class NodeReader:
    """The nodes of a model, with the functions of the file in place."""

    def __init__(self, file: OnnxFile, model: Model) -> None:
        self.file = file
        self.functions = {(found.domain, found.name): found for found in model.functions}
        self.count = 0
        self.calls = 0
        self.known: dict[tuple[tuple[Attribute, ...], bool], Mapping[str, AttributeValue]] = {}

    def nodes(self, graph: GraphProto) -> Iterator[OnnxNode]:
        """The nodes of a graph in their order."""
        yield from self.expanded(graph.node, 0)

    def expanded(self, nodes: Iterable[NodeProto], depth: int) -> Iterator[OnnxNode]:
        for proto in nodes:
            function = self.functions.get((proto.domain, proto.op_type))
            if function is not None:
                yield from self.body(proto, function, depth + 1)
                continue
            self.count += 1
            if self.count > MAX_NODES:
                raise InvalidModelFile(f"more than {MAX_NODES:,} nodes")
            yield self.node(proto)

    def node(self, proto: NodeProto) -> OnnxNode:
        is_own = proto.domain in OWN_DOMAINS or proto.op_type in SHARED_OPERATORS
        operator = proto.op_type if is_own else f"{proto.domain}.{proto.op_type}"
        attributes = self.arguments(proto, is_own)
        metadata = proto.metadata_props
        return OnnxNode(operator, proto.input, proto.output, proto.name, attributes, metadata)

    def arguments(self, proto: NodeProto, is_own: bool) -> Mapping[str, AttributeValue]:
        """The arguments of a node; equal ones are found once."""
        if not proto.attribute:
            return {}
        key = (proto.attribute, is_own)
        found = self.known.get(key)
        if found is None:
            found = {entry.name: value_of(self.file, entry) for entry in proto.attribute}
            if is_own:
                check_types(proto, found)
            self.known[key] = found
        return found

    def body(self, call: NodeProto, function: FunctionProto, depth: int) -> Iterator[OnnxNode]:
        """The nodes of a function, with the names and arguments of a call."""
        if depth > MAX_FUNCTION_DEPTH:
            raise InvalidModelFile(f"functions are nested more than {MAX_FUNCTION_DEPTH} deep")
        self.calls += 1
        given = {entry.name: entry for entry in (*function.attribute_proto, *call.attribute)}
        names = dict.fromkeys((*function.input, *function.output), "")
        names |= dict(zip(function.input, call.input, strict=False))
        names |= dict(zip(function.output, call.output, strict=False))
        prefix = f"{call.name or call.op_type}#{self.calls}/"
        protos = (
            proto._replace(
                attribute=tuple(with_given(proto.attribute, given)),
                metadata_props=proto.metadata_props or call.metadata_props,
                name=call.name,
            )
            for proto in renamed(function.node, names, prefix)
        )
        yield from self.expanded(protos, depth)

    def branch(
        self, graph: GraphProto, outputs: Sequence[str]
    ) -> tuple[GraphProto, list[OnnxNode]]:
        """A graph in a node, whose outputs get the names that the node has for them."""
        self.calls += 1
        made = [name for node in graph.node for name in node.output]
        made += [tensor.name for tensor in graph.initializer]
        names = {name: f"branch#{self.calls}/{name}" for name in made if name}
        initializers = [tensor._replace(name=names[tensor.name]) for tensor in graph.initializer]
        inner = list(self.expanded(renamed(graph.node, names, None), 0))
        for found, name in zip(graph.output, outputs, strict=False):
            if name:
                inner.append(OnnxNode("Identity", (names.get(found.name, found.name),), (name,)))
        return graph._replace(initializer=tuple(initializers)), inner


def renamed(
    nodes: Iterable[NodeProto], names: Mapping[str, str], prefix: str | None
) -> Iterator[NodeProto]:
    """Nodes with other names of tensors: those of the mapping, and the others after a prefix.

    Without a prefix, the others keep their names, which are those of an outer graph.
    """

    def name_of(name: str) -> str:
        if name in names or not name:
            return names.get(name, "")
        return name if prefix is None else prefix + name

    for node in nodes:
        yield renamed_node(node, name_of)


def renamed_node(node: NodeProto, name_of: Callable[[str], str]) -> NodeProto:
    """A node with other names of tensors, also in the graphs that are its arguments."""
    attributes = node.attribute
    if any(attribute.g is not None for attribute in attributes):
        attributes = tuple(
            attribute if attribute.g is None else with_graph(attribute, attribute.g, name_of)
            for attribute in attributes
        )
    inputs, outputs = tuple(map(name_of, node.input)), tuple(map(name_of, node.output))
    return node._replace(input=inputs, output=outputs, attribute=attributes)


def with_graph(attribute: Attribute, graph: GraphProto, name_of: Callable[[str], str]) -> Attribute:
    """An argument whose graph has other names of tensors."""
    nodes = tuple(renamed_node(node, name_of) for node in graph.node)
    stored = tuple(t._replace(name=name_of(t.name)) for t in graph.initializer)
    outputs = tuple(found._replace(name=name_of(found.name)) for found in graph.output)
    return attribute._replace(g=graph._replace(node=nodes, initializer=stored, output=outputs))


def with_given(
    attributes: Iterable[Attribute], given: Mapping[str, Attribute]
) -> Iterator[Attribute]:
    """The arguments of a node in a function, with those of the call where it refers to them."""
    for attribute in attributes:
        if not attribute.ref_attr_name:
            yield attribute
        elif attribute.ref_attr_name in given:
            yield given[attribute.ref_attr_name]._replace(name=attribute.name)
