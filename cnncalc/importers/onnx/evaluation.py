"""What the tensors of a graph are: their sizes, and the numbers of those that are constant.

Exporters write the sizes of a model as nodes (Shape, Gather, Concat, Reshape).  Here, all of that
becomes constants, and what is left are the nodes that depend on the inputs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

from ...onnx_format.elements import FLOAT, INT64
from ...onnx_format.messages import GraphProto
from ..errors import InvalidModelFile, Unsupported
from ..guard import reading
from ..program import TensorSizes
from ..unsupported import UnsupportedOperator
from .file import OnnxFile, TensorNumbers
from .nodes import NodeReader, OnnxNode
from .operators.activation import RANDOM
from .operators.call import OperatorCall, OperatorRule
from .operators.table import OPERATORS
from .tensors import GraphTensor, is_learned_name, stored_tensor

MAX_NUMBER = 2**63
SIZES_ALONE = ("Shape", "Size")
"""Operators that read only the sizes of a tensor."""

QUANTIZING = ("QuantizeLinear", "DequantizeLinear")
"""Operators whose further inputs are scales and zero points."""

PARTS = ("Slice", "Split")
"""Operators that take different parts of a tensor for each of its readers."""

PRODUCTS = ("MatMul", "Gemm", "Conv")

TRACED_CONSTANT = re.compile(r"/(.*/)?Constant(_\d+)?_output_0$")
"""A tensor that PyTorch's TorchScript exporter found while tracing: parameters are initializers."""

NO_LAYER = "no corresponding layer"


class GraphEvaluation:
    """Goes through nodes in order.

    `tensors` is what is known so far, `calls` are the nodes that depend on the inputs, and
    `unstated` those whose outputs are not known; so are the outputs of what reads them (`lost`).
    `known_sizes` returns the sizes of tensors as the file states them, for operators without a
    rule.  `constant_macs` has the multiply-accumulates of each product of constants, and
    `random` are the tensors of random numbers.
    """

    def __init__(
        self,
        file: OnnxFile,
        reader: NodeReader,
        opset: int,
        tensors: Mapping[str, GraphTensor],
        known_sizes: Callable[[], Mapping[str, TensorSizes]],
    ) -> None:
        self.file = file
        self.reader = reader
        self.opset = opset
        self.tensors: dict[str, GraphTensor] = dict(tensors)
        self.known_sizes = known_sizes
        self.calls: list[OperatorCall] = []
        self.constant_macs: list[int] = []
        self.random: set[str] = set()
        self.lost: set[str] = set()
        self.read_by_lost: list[str] = []
        self.unstated: list[UnsupportedOperator] = []

    def run(self, nodes: Iterable[OnnxNode]) -> None:
        waiting: list[Iterator[OnnxNode]] = [iter(nodes)]
        number, node = -1, None
        with reading(lambda: f"node {number} ({node.operator if node else ''})"):
            while waiting:
                node = next(waiting[-1], None)
                if node is None:
                    waiting.pop()
                    continue
                number += 1
                inner = self.evaluate(node)
                if inner:
                    waiting.append(iter(inner))

    def evaluate(self, node: OnnxNode) -> Sequence[OnnxNode]:
        """Find out what the outputs of a node are; the nodes to go on with, for a condition."""
        if self.lost and not self.lost.isdisjoint(node.inputs):
            self.lose(node)
            return ()
        if node.operator == "Constant":
            self.keep(node, [constant(node)])
            return ()
        call = OperatorCall(node, tuple(map(self.tensor, node.inputs)), self.opset)
        try:
            if node.operator == "If":
                return self.branch(call)
            self.calculate(call)
        except Unsupported as error:
            self.unstated.append(UnsupportedOperator(node.operator, node.title, str(error)))
            self.state(call)
        return ()

    def tensor(self, name: str) -> GraphTensor | None:
        """What is known of an input; None for an omitted one."""
        if not name:
            return None
        found = self.tensors.get(name)
        if found is None:
            raise InvalidModelFile(f"no node makes a tensor that is read: {name}")
        return found

    def calculate(self, call: OperatorCall) -> None:
        """Put the outputs of an operator into `tensors`.  Raises Unsupported."""
        rule = OPERATORS.get(call.node.operator)
        if rule is None:
            raise Unsupported(NO_LAYER)
        sizes = rule.sizes(call)
        operands = call.operands
        is_constant = all(tensor.is_constant for tensor in operands)
        is_random = self.is_random(call.node)
        if not is_random and (is_constant or rule.translation is None):
            if call.node.operator in PRODUCTS and call.has(1):
                self.constant_macs.append(product_macs(call, sizes[0]))
            self.keep(call.node, list(constants(self.file, call, rule, sizes)))
            return
        type_number = rule.type(call) if rule.type else operands[0].type
        self.keep(call.node, [GraphTensor(tuple(own), type_number) for own in sizes])
        self.calls.append(call)

    def is_random(self, node: OnnxNode) -> bool:
        """True for random numbers, and for an operator that reads them, such as a comparison."""
        if node.operator == RANDOM:
            self.random.update(node.outputs)
        return bool(self.random) and not (
            self.random.isdisjoint(node.outputs) and self.random.isdisjoint(node.inputs)
        )

    def keep(self, node: OnnxNode, found: Sequence[GraphTensor]) -> None:
        """The outputs of a node; those that are not known are lost."""
        for index, name in enumerate(node.outputs):
            if name and index < len(found):
                self.tensors[name] = found[index]
            elif name:
                self.lost.add(name)

    def lose(self, node: OnnxNode) -> None:
        self.lost |= set(filter(None, node.outputs))
        self.read_by_lost += node.inputs

    def state(self, call: OperatorCall) -> None:
        """An operator that no rule states: its outputs are as the file says, if it does."""
        known = self.known_sizes()
        sizes = [known.get(name) for name in call.node.outputs]
        if not sizes or sizes[0] is None or not call.operands:
            self.lose(call.node)
            return
        self.keep(call.node, [GraphTensor(own) for own in sizes if own is not None])
        self.calls.append(call)

    def ends(self, outputs: Sequence[str]) -> Iterator[str]:
        """The outputs that are known, and the tensors that calls which are lost read."""
        yield from (name for name in outputs if name not in self.lost)
        if self.lost.isdisjoint(outputs):
            return
        read = {name for call in self.calls for name in call.node.inputs}
        for name in dict.fromkeys(self.read_by_lost):
            is_end = name in self.tensors and name not in read and name not in outputs
            if is_end and not self.tensors[name].is_constant:
                yield name

    def branch(self, call: OperatorCall) -> Sequence[OnnxNode]:
        """The nodes of the branch of a condition that is known, with its constants kept."""
        if not call.tensor(0).is_constant:
            raise Unsupported("a condition that depends on the data")
        graph = call.attribute("then_branch" if call.numbers(0)[0] else "else_branch")
        if not isinstance(graph, GraphProto):
            raise Unsupported("a condition without a branch")
        inner, nodes = self.reader.branch(graph, call.node.outputs)
        for proto in inner.initializer:
            self.tensors[proto.name] = stored_tensor(self.file, proto, proto.name)
        return nodes


def constants(
    file: OnnxFile, call: OperatorCall, rule: OperatorRule, sizes: Sequence[TensorSizes]
) -> Iterator[GraphTensor]:
    """The outputs of an operator of constants."""
    numbers = folded(call, rule, sizes)
    operator = call.node.operator
    type_number = rule.type(call) if rule.type else type_of(call)
    operands = call.operands[:1] if operator in QUANTIZING else call.operands
    sources = tuple(dict.fromkeys([s for tensor in operands for s in tensor.sources]))
    for index, own in enumerate(sizes):
        name = call.node.outputs[index] if index < len(call.node.outputs) else ""
        calculated = numbers[index] if index < len(numbers) else None
        found = GraphTensor(
            tuple(own), type_number, True, None if calculated is None else tuple(calculated)
        )
        if operator == "Identity":
            first = call.tensor(0)
            mine = (name,) if first.stored and sources else sources
            yield found._replace(sources=mine, stored=first.stored, is_fixed=first.is_fixed)
        elif operator == "ConstantOfShape":
            is_named = found.is_real and is_learned_name(name, found.elements)
            yield found._replace(sources=(name,) if is_named else ())
        elif operator == "BatchNormalization":
            yield found._replace(sources=(*sources, *gain_of(file, call)))
        elif not sources or operator in SIZES_ALONE:
            yield found
        else:
            yield found._replace(sources=(name,) if is_part(call, found) else sources)


def product_macs(call: OperatorCall, sizes: TensorSizes) -> int:
    """The multiply-accumulates of a product of matrices, or of a convolution."""
    if call.node.operator == "Conv":
        return prod(sizes) * prod(call.sizes(1)[1:])
    is_transposed = call.attribute("transA", 0)
    return prod(sizes) * call.sizes()[0 if is_transposed else -1]


def is_part(call: OperatorCall, found: GraphTensor) -> bool:
    """True for a part of a learned tensor, which counts as one of its own."""
    whole = call.operands[0] if call.operands else None
    if whole is None or len(whole.sources) != 1 or found.elements >= whole.elements:
        return False
    is_one = call.node.operator == "Gather" and not call.sizes(1)
    return is_one or call.node.operator in PARTS


def gain_of(file: OnnxFile, call: OperatorCall) -> tuple[str, ...]:
    """The learned gain of weights that are normalized, which is not 1."""
    gain = call.tensor(1)
    if gain.sources or gain.stored is None:
        return ()
    numbers = file.first_numbers(gain.stored)
    return () if numbers is not None and set(numbers) == {1.0} else (call.name(1),)


def type_of(call: OperatorCall) -> int:
    return call.operands[0].type if call.operands else FLOAT


def folded(call: OperatorCall, rule: OperatorRule, sizes: Sequence[TensorSizes]) -> list[Any]:
    """The numbers of the outputs, as far as they are known and not too large."""
    if rule.folding is None:
        return []
    try:
        found = rule.folding(call, sizes)
    except (Unsupported, ArithmeticError, ValueError, TypeError, IndexError):
        return []
    return [numbers if is_small(numbers) else None for numbers in found]


def is_small(numbers: Any) -> bool:
    return numbers is not None and all(-MAX_NUMBER <= value <= MAX_NUMBER for value in numbers)


def constant(node: OnnxNode) -> GraphTensor:
    """The value of a Constant, which is one of several arguments."""
    if not node.attributes:
        raise InvalidModelFile("a constant without a value")
    name, value = next(iter(node.attributes.items()))
    if isinstance(value, GraphTensor):
        is_named = value.is_real and is_learned_name(node.outputs[0], value.elements)
        is_source = bool(value.sources) or is_named
        if is_source and not TRACED_CONSTANT.match(node.outputs[0]):
            return value._replace(sources=node.outputs[:1])
        return value._replace(sources=()) if value.sources else value
    if isinstance(value, tuple) and all(isinstance(number, int | float) for number in value):
        numbers: TensorNumbers = value
        return GraphTensor((len(value),), INT64 if name.endswith("ints") else FLOAT, True, numbers)
    if isinstance(value, int | float):
        is_whole = isinstance(value, int)
        return GraphTensor((), INT64 if is_whole else FLOAT, True, (value,))
    return GraphTensor((), 0, True)
