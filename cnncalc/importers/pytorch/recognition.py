"""Modules that are one layer of the catalogue, though they are written with many functions.

A recognizer makes the layer from what enters the module.  It refuses (Unsupported) if the module
has another shape or other parameters than the layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod

from ...named_tuple import NamedTuple
from ..axes import TensorView, channels_at
from ..builder import Owned
from ..errors import Unsupported
from ..program import Operation, Program, TensorRef
from .context import Derived, LoweringContext

Recognizer = Callable[["LoweringContext", "RecognizedCall"], TensorView]


class RecognizedCall(NamedTuple):
    """A module call that may be one layer, with what enters and leaves it."""

    call: int
    recognizer: Recognizer
    input: TensorRef
    output: TensorRef


def recognized_calls(program: Program) -> dict[int, RecognizedCall]:
    """The calls of known classes with one input and one output, by their first operation."""
    found: dict[int, RecognizedCall] = {}
    for index, call in enumerate(program.calls):
        recognizer = RECOGNIZERS.get(call.class_name)
        if recognizer is None or call.start in found or call.end <= call.start:
            continue
        inputs = list(entering(program, call.start, call.end))
        outputs = list(leaving(program, call.start, call.end))
        if len(inputs) == 1 and len(outputs) == 1:
            found[call.start] = RecognizedCall(index, recognizer, inputs[0], outputs[0])
    return found


def entering(program: Program, start: int, end: int) -> Iterator[TensorRef]:
    """The tensors that operations read from before, without stored ones."""
    seen = set()
    for operation in program.operations[start:end]:
        for ref in operation.tensors():
            is_outside = ref.kind == "input" or (ref.kind == "output" and ref.operation < start)
            if is_outside and ref.key not in seen:
                seen.add(ref.key)
                yield ref


def leaving(program: Program, start: int, end: int) -> Iterator[TensorRef]:
    """The tensors of operations that are read later."""
    seen = set()
    later = (ref for operation in program.operations[end:] for ref in operation.tensors())
    for ref in (*later, *(ref for _, ref in program.outputs)):
        is_inside = ref.kind == "output" and start <= ref.operation < end
        if is_inside and ref.key not in seen:
            seen.add(ref.key)
            yield ref


def operations_of(low: LoweringContext, found: RecognizedCall) -> tuple[Operation, ...]:
    call = low.program.calls[found.call]
    return low.program.operations[call.start : call.end]


def owned_by(low: LoweringContext, found: RecognizedCall) -> Owned:
    """The stored tensors that a module reads."""
    refs = [ref for op in operations_of(low, found) for ref in op.tensors()]
    names = dict.fromkeys(ref.name for ref in refs if ref.kind == "parameter")
    return low.owned(Derived(low.program.parameters[name].sizes, (name,)) for name in names)


def global_response_norm(low: LoweringContext, found: RecognizedCall) -> TensorView:
    """`grn` of ConvNeXt V2."""
    view = low.view(found.input)
    if found.input.sizes != found.output.sizes:
        raise Unsupported("not a global response norm")
    return low.apply("grn", {}, view, owned_by(low, found))


def self_attention(low: LoweringContext, found: RecognizedCall) -> TensorView:
    """`attention` as timm writes it: queries, keys and values of one matrix."""
    sizes = found.input.sizes
    if sizes != found.output.sizes or len(sizes) != 3:
        raise Unsupported("not self-attention")
    if not low.view(found.input).is_batch(0):
        raise Unsupported("attention within parts of the positions")
    projections = [op for op in operations_of(low, found) if op.function == "linear"]
    if len(projections) != 2 or projections[0].results[0][-1] != 3 * sizes[-1]:
        raise Unsupported("not self-attention with one matrix for queries, keys and values")
    view = channels_at(low.builder, low.view(found.input), -1)
    biases = [op.argument(2, "bias") is not None for op in projections]
    arguments = {"heads": heads_of(low, found), "bias": biases[0], "out_bias": biases[1]}
    owned = owned_by(low, found)
    weights = sum(prod(op.argument(1, "weight").sizes) for op in projections)
    added = sum(op.results[0][-1] for op, bias in zip(projections, biases, strict=True) if bias)
    if owned.params != weights + added:
        raise Unsupported("self-attention with further parameters")
    return low.apply("attention", arguments, view, owned)


def heads_of(low: LoweringContext, found: RecognizedCall) -> int:
    """The number of heads, by the shape of the queries or of the scores."""
    for operation in operations_of(low, found):
        if operation.function in ("scaled_dot_product_attention", "softmax"):
            sizes = operation.results[0]
            if len(sizes) == 4:
                return sizes[1]
    raise Unsupported("attention without heads")


RECOGNIZERS: dict[str, Recognizer] = {
    "GlobalResponseNorm": global_response_norm,
    "GRN": global_response_norm,
    "Attention": self_attention,
}
"""By the name of the class."""
