"""Norms and activations that a file has as several operators, as one.

The converter writes a layer norm as MEAN, SQUARED_DIFFERENCE, MEAN, ADD, RSQRT, and products.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import prod

from ...named_tuple import NamedTuple
from ..patterns.activations import GELU_BY_ERF, GELU_BY_TANH, MISH, SILU
from ..patterns.graph import OperatorGraph
from ..patterns.matching import Match, Pattern
from ..patterns.norms import MEAN, SPREAD, layer_norms, rms_norms
from ..patterns.replacing import FusedNode, Fusion, by_last_operator, one_pass
from ..patterns.words import X, reshape
from .model import TfliteModel, TfliteOperator, TfliteSubgraph

LAYER_NORM, RMS_NORM, GROUP_NORM = "layer norm", "RMS norm", "group norm"
SILU_OPERATOR, MISH_OPERATOR = "SiLU", "Mish"
BIAS_END = "end of a bias"
"""Operators that the format does not have: those that several become."""

OWN_OPERATORS = (LAYER_NORM, RMS_NORM, GROUP_NORM, SILU_OPERATOR, MISH_OPERATOR, BIAS_END)

ONNX_NAMES = {
    **{name.upper(): name for name in ("Add", "Sub", "Mul", "Div", "Sqrt", "Rsqrt", "Square")},
    **{name.upper(): name for name in ("Neg", "Pow", "Tanh", "Cast", "Reshape")},
    "MEAN": "ReduceMean",
    "SQUARED_DIFFERENCE": "SquaredDifference",
    "LOGISTIC": "Sigmoid",
    "QUANTIZE": "QuantizeLinear",
    "DEQUANTIZE": "DequantizeLinear",
}
"""The operators that patterns have."""


class FusableNode(NamedTuple):
    """An operator by its name in ONNX, and its tensors by their numbers as texts."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class FusableCall(NamedTuple):
    """An operator of the file, and what it is for patterns."""

    node: FusableNode
    operator: TfliteOperator


class TfliteGraph(OperatorGraph[FusableCall]):
    """The operators of a subgraph.  A tensor that is made of constants alone is one."""

    def __init__(self, model: TfliteModel, graph: TfliteSubgraph, kept: Iterable[int]) -> None:
        super().__init__(calls_of(graph), map(str, (*graph.outputs, *kept)))
        self.model = model
        self.tensors = graph.tensors
        self.constants = set(map(str, constants_of(graph)))

    def constant(self, name: str) -> object | None:
        return name if name in self.constants else None

    def number(self, name: str) -> float | None:
        if name not in self.constants:
            return None
        tensor = self.tensors[int(name)]
        return self.model.scalar(tensor) if tensor.is_constant and tensor.elements == 1 else None

    def sizes(self, name: str) -> tuple[int, ...]:
        return self.tensors[int(name)].sizes

    def axes_of(self, match: Match, label: str) -> tuple[int, ...] | None:
        """The axes that a call of a match reduces to size 1; None if these are not known."""
        operator = self.calls[match.calls[label]].operator
        if len(operator.inputs) < 2 or not operator.option("keep_dims"):
            return None
        found = self.model.numbers(self.tensors[operator.inputs[1]])
        rank = len(self.tensors[operator.inputs[0]].sizes)
        if not found or not rank:
            return None
        return tuple(sorted({axis % rank for axis in found}))


def calls_of(graph: TfliteSubgraph) -> list[FusableCall]:
    """The operators in their order.

    No pattern has an operator with an absent input or output, one that reads what is made after
    it, or one that makes a tensor again: patterns follow tensors back, and come to an end.
    """
    known = {number for number, tensor in enumerate(graph.tensors) if tensor.is_constant}
    known |= set(graph.inputs)
    calls = []
    for operator in graph.operators:
        is_usual = known.issuperset(operator.inputs) and known.isdisjoint(operator.outputs)
        is_complete = min((*operator.inputs, *operator.outputs), default=0) >= 0
        calls.append(call_of(operator, is_usual=is_usual and is_complete))
        known |= set(operator.outputs)
    return calls


def call_of(operator: TfliteOperator, *, is_usual: bool = True) -> FusableCall:
    name = ONNX_NAMES.get(operator.kind, operator.kind) if is_usual else ""
    numbers = (operator.inputs, operator.outputs)
    inputs, outputs = (tuple([str(n) for n in entries if n >= 0]) for entries in numbers)
    return FusableCall(FusableNode(name, inputs, outputs), operator)


def constants_of(graph: TfliteSubgraph) -> set[int]:
    """The tensors that are stored, and those that operators make of these alone."""
    found = {number for number, tensor in enumerate(graph.tensors) if tensor.is_constant}
    for operator in graph.operators:
        read = [number for number in operator.inputs if number >= 0]
        if read and found.issuperset(read):
            found |= set(operator.outputs)
    return found


# What several operators are


def layer_norm(graph: TfliteGraph, match: Match) -> FusedNode | None:
    axes = graph.axes_of(match, MEAN)
    if axes is None or axes != graph.axes_of(match, SPREAD):
        return None
    x = match.tensors["x"]
    sizes = graph.sizes(x)
    wanted = prod(sizes[axis] for axis in axes)
    last = tuple(range(len(sizes) - len(axes), len(sizes)))
    vectors = vectors_of(graph, match, wanted)
    if vectors is None or axes != last or axes == tuple(range(len(sizes))):
        return None
    return LAYER_NORM, (x, *vectors), {"axes": len(axes)}


def rms_norm(graph: TfliteGraph, match: Match) -> FusedNode | None:
    x = match.tensors["x"]
    sizes = graph.sizes(x)
    vectors = vectors_of(graph, match, sizes[-1] if sizes else 0)
    if graph.axes_of(match, MEAN) != (len(sizes) - 1,) or vectors is None:
        return None
    return RMS_NORM, (x, *vectors[:1]), {}


def group_norm(graph: TfliteGraph, match: Match) -> FusedNode | None:
    """A norm of a map whose channels are two axes: groups, and the channels in them."""
    x = match.tensors["x"]
    sizes = graph.sizes(x)
    reduced = graph.calls[match.calls[MEAN]].node
    grouped = graph.sizes(reduced.inputs[0])
    result = graph.sizes(graph.calls[max(match.inner)].node.outputs[0])
    axes = graph.axes_of(match, MEAN)
    rank = len(sizes)
    is_grouped = grouped[:-2] == sizes[:-1] and len(grouped) == rank + 1
    wanted = (*range(1, rank - 1), rank)
    if result != sizes or not is_grouped or axes != wanted or axes != graph.axes_of(match, SPREAD):
        return None
    vectors = vectors_of(graph, match, sizes[-1])
    return None if vectors is None else (GROUP_NORM, (x, *vectors), {"groups": grouped[-2]})


def vectors_of(graph: TfliteGraph, match: Match, elements: int) -> tuple[str, str] | None:
    """The gain and the shift; None if they have other elements."""
    gain, shift = (match.tensors.get(name, "") for name in ("gain", "shift"))
    for name in (gain, shift):
        if name and (prod(graph.sizes(name)) != elements or elements < 2):
            return None
    return gain, shift


def one_input(kind: str, **options: int) -> Callable[[TfliteGraph, Match], FusedNode]:
    def fused(_graph: TfliteGraph, match: Match) -> FusedNode:
        return kind, (match.tensors["x"],), options

    return fused


def without_inner_activations(fusion: Fusion) -> Fusion:
    """Only the last operator may have an activation that is fused with it."""

    def fused(graph: TfliteGraph, match: Match) -> FusedNode | None:
        inner = match.inner - {max(match.inner)}
        if any(graph.calls[number].operator.option("activation") for number in inner):
            return None
        return fusion.fused(graph, match)

    return Fusion(fusion.patterns, fused)


def apart(patterns: Iterable[Pattern]) -> tuple[Pattern, ...]:
    """The patterns between two reshapes."""
    return tuple(reshape(pattern) for pattern in patterns)


FUSIONS = (
    Fusion(apart(layer_norms(reshape(X))), group_norm),
    Fusion(layer_norms(), layer_norm),
    Fusion(rms_norms(), rms_norm),
    Fusion((SILU,), one_input(SILU_OPERATOR)),
    Fusion((MISH,), one_input(MISH_OPERATOR)),
    Fusion(GELU_BY_ERF, one_input("GELU")),
    Fusion(GELU_BY_TANH, one_input("GELU", approximate=1)),
)
TABLE = by_last_operator(map(without_inner_activations, FUSIONS))


def with_fusions(model: TfliteModel, kept: Sequence[int] = ()) -> TfliteModel:
    """The model, with one operator for those that are one layer.

    `kept` are tensors that are still made, besides the outputs.
    """
    graph = model.subgraphs[0]
    kinds = {operator.kind for operator in graph.operators}
    if {"FULLY_CONNECTED", "RESHAPE", "ADD"} <= kinds:
        graph = with_biases(TfliteGraph(model, graph, kept), graph)
    if not kinds.isdisjoint(("MEAN", "LOGISTIC", "TANH")):
        found = one_pass(TfliteGraph(model, graph, kept), TABLE, made)
        graph = graph._replace(operators=tuple([call.operator for call in found]))
    return model._replace(subgraphs=(graph, *model.subgraphs[1:]))


def with_biases(calls: TfliteGraph, graph: TfliteSubgraph) -> TfliteSubgraph:
    """The subgraph, in which a summand for each output of a matrix is the bias of the matrix.

    A file with an open batch has it after a RESHAPE that takes the outputs apart, as the heads of
    attention are.
    """
    operators = list(graph.operators)
    for place, call in enumerate(calls.calls):
        matrix = matrix_before(calls, call) if call.node.operator == "Add" else None
        if matrix is not None:
            number, vector = matrix
            inner = operators[number]
            operators[number] = inner._replace(inputs=(*inner.inputs[:2], int(vector)))
            source = tuple(n for n in operators[place].inputs if n != int(vector))
            operators[place] = operators[place]._replace(kind=BIAS_END, inputs=source)
    return graph._replace(operators=tuple(operators))


def matrix_before(graph: TfliteGraph, call: FusableCall) -> tuple[int, str] | None:
    """The FULLY_CONNECTED before a RESHAPE before an ADD, and the vector that this adds."""
    vectors = [name for name in call.node.inputs if graph.constant(name)]
    others = [name for name in call.node.inputs if not graph.constant(name)]
    if len(vectors) != 1 or len(others) != 1:
        return None
    chain = []
    for kind in ("RESHAPE", "FULLY_CONNECTED"):
        maker = graph.makers.get(others[-1])
        if maker is None or graph.only_reader(others[-1]) is None:
            return None
        node, operator = graph.calls[maker]
        if operator.kind != kind or not node.inputs:
            return None
        chain.append(maker)
        others.append(node.inputs[0])
    matrix = graph.calls[chain[-1]].operator
    sizes, apart = graph.sizes(vectors[0]), graph.sizes(others[0])
    outputs = graph.sizes(str(matrix.inputs[1]))[0] if len(matrix.inputs) > 1 else 0
    own = sizes[len(sizes) - len(apart) :] if len(sizes) > len(apart) else sizes
    last = [size for size in own if size != 1]
    is_bias = prod(sizes) == outputs > 1 and list(apart[len(apart) - len(last) :]) == last
    is_free = all(number < 0 for number in matrix.inputs[2:]) and not matrix.option("activation")
    return (chain[-1], vectors[0]) if is_bias and is_free else None


def made(root: FusableCall, found: FusedNode) -> FusableCall:
    """The operator that several become, with the outputs and the activation of the last one."""
    kind, inputs, options = found
    given = {**options, "activation": root.operator.option("activation")}
    numbers = tuple([int(name) if name else -1 for name in inputs])
    return call_of(TfliteOperator(kind, numbers, root.operator.outputs, given))
