"""Products of matrices, and recurrent layers."""

from __future__ import annotations

from collections.abc import Sequence

from ...arrays import broadcast_sizes
from ...errors import Unsupported
from ...program import TensorRef, TensorSizes
from ..tensors import GraphTensor
from ..writer import ProgramWriter, Results
from .call import OperatorCall, OperatorRule, OperatorTable, OutputSizes, SizesRule, Translation


def product_sizes(left: TensorSizes, right: TensorSizes) -> TensorSizes:
    """The sizes of a product of matrices, or of vectors, as NumPy defines it.

    Raises Unsupported if the inner sizes differ.
    >>> product_sizes((7, 5, 4), (4, 3)), product_sizes((7, 4), (4,))
    ((7, 5, 3), (7,))
    """
    if not left or not right or left[-1] != (right[-2] if len(right) > 1 else right[0]):
        raise Unsupported("matrices that do not fit")
    batch = broadcast_sizes(left[:-2], right[:-2])
    rows = left[-2:-1]
    columns = right[-1:] if len(right) > 1 else ()
    return (*batch, *rows, *columns)


def matmul_sizes(places: Sequence[int]) -> SizesRule:
    return lambda call: [product_sizes(*(call.sizes(place) for place in places))]


def matmul(places: Sequence[int]) -> Translation:
    """A product; with a constant matrix it is a dense layer."""

    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        left, right = (call.name(place) for place in places)
        sizes = matmul_sizes(places)(call)[0]
        bias = w.weight(call.node.inputs[-1]) if call.node.operator == LINEAR else None
        if is_matrix(w.tensors[right]) and not w.tensors[left].is_constant:
            return [dense(w, w.tensor(left), right, sizes, bias)]
        if is_matrix(w.tensors[left]) and w.tensors[left].is_constant:
            return [mixed(w, left, w.tensor(right), sizes)]
        return [w.emit("matmul", w.tensor(left), w.tensor(right), sizes=sizes)]

    return translation


def is_matrix(tensor: GraphTensor) -> bool:
    """True for a constant with one matrix, perhaps with axes of size 1 before."""
    sizes = tensor.sizes
    return tensor.is_constant and len(sizes) > 1 and tensor.elements == sizes[-1] * sizes[-2]


def dense(
    w: ProgramWriter, x: TensorRef, matrix: str, sizes: TensorSizes, bias: TensorRef | None
) -> TensorRef:
    """A linear layer; the rows of the matrix are its inputs."""
    rows, columns = w.tensors[matrix].sizes[-2:]
    weight = w.weight(matrix, (columns, rows))
    result = (*x.sizes[:-1], columns)
    found = w.emit("linear", x, weight, bias, sizes=result)
    return found if sizes == result else w.emit("view", found, sizes=sizes)


def mixed(w: ProgramWriter, matrix: str, x: TensorRef, sizes: TensorSizes) -> TensorRef:
    """A constant matrix times a tensor: a linear layer over the axis before the last."""
    swapped = (*range(len(x.sizes) - 2), len(x.sizes) - 1, len(x.sizes) - 2)
    turned = w.emit("permute", x, swapped, sizes=tuple(x.sizes[axis] for axis in swapped))
    weight = w.weight(matrix, w.tensors[matrix].sizes[-2:])
    result = (*turned.sizes[:-1], weight.sizes[0])
    found = w.emit("linear", turned, weight, None, sizes=result)
    last = w.emit("permute", found, swapped, sizes=tuple(found.sizes[axis] for axis in swapped))
    return last if last.sizes == sizes else w.emit("view", last, sizes=sizes)


def gemm_sizes(places: Sequence[int]) -> SizesRule:
    def sizes(call: OperatorCall) -> OutputSizes:
        left, right = (call.sizes(place) for place in places[:2])
        if len(left) != 2 or len(right) != 2:
            raise Unsupported("a product of other than matrices")
        left = left[::-1] if call.attribute("transA", 0) else left
        right = right[::-1] if call.attribute("transB", 0) else right
        return [product_sizes(left, right)]

    return sizes


def gemm(places: Sequence[int]) -> Translation:
    """A product with a bias: its matrices may be transposed."""

    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        sizes = gemm_sizes(places)(call)[0]
        x = matrix_of(w, call, places[0], "transA")
        has_bias = len(places) > 2 and call.has(places[2])
        if not call.tensor(places[1]).is_constant:
            right = matrix_of(w, call, places[1], "transB")
            result = w.emit("matmul", x, right, sizes=sizes)
            if has_bias:
                bias = w.operand(call.name(places[2]), sizes)
                result = w.emit("add", result, bias, sizes=sizes)
            return [result]
        weight = w.weight(call.name(places[1]), (sizes[1], x.sizes[1]))
        bias_ref = w.weight(call.name(places[2])) if has_bias else None
        return [w.emit("linear", x, weight, bias_ref, sizes=sizes)]

    return translation


def matrix_of(w: ProgramWriter, call: OperatorCall, place: int, attribute: str) -> TensorRef:
    """A factor, transposed if an argument says so."""
    x = w.tensor(call.name(place))
    if not call.attribute(attribute, 0):
        return x
    return w.emit("permute", x, (1, 0), sizes=x.sizes[::-1])


# Sums over named axes


def einsum_sizes(call: OperatorCall) -> OutputSizes:
    """The sizes of the axes that are named after the arrow."""
    terms, arrow, result = str(call.attribute("equation", "")).replace(" ", "").partition("->")
    if not arrow or "." in terms:
        raise Unsupported("an einsum without its result, or with an ellipsis")
    sizes: dict[str, int] = {}
    for index, term in enumerate(terms.split(",")):
        if len(term) != call.rank(index):
            raise Unsupported("an einsum that does not fit its inputs")
        sizes |= dict(zip(term, call.sizes(index), strict=True))
    if not set(result) <= set(sizes):
        raise Unsupported("an einsum with an unknown axis")
    return [tuple(sizes[axis] for axis in result)]


def einsum(w: ProgramWriter, call: OperatorCall) -> Results:
    operands = [w.tensor(name) for name in call.node.inputs]
    equation = str(call.attribute("equation"))
    return [w.emit("einsum", equation, *operands, sizes=einsum_sizes(call)[0])]


# Recurrent layers

GATES = {"LSTM": ("lstm", 4), "GRU": ("gru", 3), "RNN": ("rnn_tanh", 1)}
"""The function, and the number of gates."""


def series_sizes(call: OperatorCall) -> OutputSizes:
    """All positions, the last one, and for an LSTM the last state."""
    if not call.rank() == call.rank(1) == call.rank(2) == 3:
        raise Unsupported("a recurrent layer whose series or weights do not have three axes")
    steps, batch, _ = call.sizes()
    directions, _, hidden = call.sizes(2)
    last = (directions, batch, hidden)
    return [(steps, directions, batch, hidden), last, last]


def recurrent(function: str, gates: int) -> Translation:
    """A recurrent layer of PyTorch, whose directions are one after the other in the channels."""

    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        (steps, directions, batch, hidden), last, _ = series_sizes(call)
        if call.attribute("layout", 0):
            raise Unsupported("a series whose first axis is the batch")
        weights = [
            w.weight(call.name(1), (gates * hidden, call.sizes(1)[2])),
            w.weight(call.name(2), (gates * hidden, hidden)),
        ]
        if call.has(3):
            weights.append(w.weight(call.name(3)))
        series = w.emit_parts(
            function,
            sizes=[(steps, batch, directions * hidden)],
            input=w.tensor(call.name()),
            params=tuple(weights),
            has_biases=call.has(3),
            num_layers=1,
            bidirectional=directions == 2,
        )[0]
        if call.node.operator.startswith(JOINED):
            return [series]
        apart = w.emit("view", series, sizes=(steps, batch, directions, hidden))
        order, sizes = (0, 2, 1, 3), (steps, directions, batch, hidden)
        found = w.emit("permute", apart, order, sizes=sizes)
        if not any(call.node.outputs[1:2]):
            return [found, None, None]
        final = w.emit("select", series, 0, steps - 1, sizes=(batch, directions * hidden))
        split = w.emit("view", final, sizes=(batch, directions, hidden))
        return [found, w.emit("permute", split, (1, 0, 2), sizes=last), None]

    return translation


def joined_sizes(call: OperatorCall) -> OutputSizes:
    """Those of a layer whose directions are in one axis."""
    steps, directions, batch, hidden = series_sizes(call)[0]
    return [(steps, batch, directions * hidden)]


JOINED = "joined."
"""The prefix of a recurrent layer whose directions are joined after it."""

LINEAR = "linear"
"""A product with a bias."""

OPERATORS: OperatorTable = {
    "MatMul": OperatorRule(matmul_sizes((0, 1)), matmul((0, 1))),
    LINEAR: OperatorRule(matmul_sizes((0, 1)), matmul((0, 1))),
    "MatMulInteger": OperatorRule(matmul_sizes((0, 1)), matmul((0, 1))),
    "QLinearMatMul": OperatorRule(matmul_sizes((0, 3)), matmul((0, 3))),
    "com.microsoft.FusedMatMul": OperatorRule(matmul_sizes((0, 1)), matmul((0, 1))),
    "Gemm": OperatorRule(gemm_sizes((0, 1)), gemm((0, 1, 2))),
    "com.microsoft.QGemm": OperatorRule(gemm_sizes((0, 3)), gemm((0, 3, 6))),
    "Einsum": OperatorRule(einsum_sizes, einsum),
    **{name: OperatorRule(series_sizes, recurrent(*facts)) for name, facts in GATES.items()},
    **{
        f"{JOINED}{name}": OperatorRule(joined_sizes, recurrent(*facts))
        for name, facts in GATES.items()
    },
}
