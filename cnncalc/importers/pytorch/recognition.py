"""Modules that are one layer of the catalogue, though they are written with many functions.

A recognizer makes the layer from what enters the module.  It refuses (Unsupported) if the module
has another shape or other parameters than the layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod
from typing import Any

from ...named_tuple import NamedTuple
from ..axes import TensorView, batch_first, standard
from ..builder import Owned
from ..errors import Unsupported
from ..program import Operation, Program, TensorRef
from .arguments import compact, dimensions
from .context import Derived, LoweringContext
from .counts import macs_of
from .names import plain

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


def squash(low: LoweringContext, found: RecognizedCall) -> TensorView:
    """`squash` of capsules, whose elements are the channels."""
    view = low.view(found.input)
    norms = [op for op in operations_of(low, found) if plain(op.function) in NORMS]
    lengths = [op.argument(NORMS[plain(op.function)], "dim") for op in norms]
    if found.input.sizes != found.output.sizes or len(lengths) != 1 or owned_by(low, found).params:
        raise Unsupported("not the squash of capsules")
    if [view.axis(dim) for dim in dimensions(lengths[0], view.rank)] != [0]:
        raise Unsupported("capsules along another axis")
    return low.apply("squash", {}, view)


NORMS = {"norm": 2, "linalg_vector_norm": 2, "vector_norm": 2}
"""Functions of a length, with the place of the argument that is the axis."""


def local_convolution(low: LoweringContext, found: RecognizedCall) -> TensorView:
    """`local_conv`: the weights are [out, in / groups, *kernel, *positions]."""
    view = standard(low.builder, low.view(found.input))
    owned = owned_by(low, found)
    weight = low.program.parameters[owned.weights[0]].sizes if owned.weights else ()
    rank = len(view.shape.spatial)
    kernel, positions = weight[2 : 2 + rank], weight[2 + rank :]
    is_whole = len(weight) == 2 + 2 * rank
    if not is_whole or tuple(found.output.sizes[1:]) != (weight[0], *positions):
        raise Unsupported("not a convolution with weights of its own at each position")
    spare = zip(view.shape.spatial, kernel, positions, strict=True)
    stride = tuple((size - k) // (n - 1) if n > 1 else 1 for size, k, n in spare)
    arguments: dict[str, Any] = {
        "out": weight[0],
        "kernel": compact(kernel),
        "stride": compact(stride),
        "groups": view.shape.channels // weight[1],
        "bias": len(owned.weights) > 1,
    }
    macs = prod(weight)
    return batch_first(low.add("local_conv", arguments, [view.value], owned, macs))


def convolutional_lstm(low: LoweringContext, found: RecognizedCall) -> TensorView:
    """`conv_lstm` with the states of all steps, which are along axis 2."""
    view = standard(low.builder, low.view(found.input))
    owned = owned_by(low, found)
    matrices = [
        sizes
        for name in owned.weights
        if len(sizes := low.program.parameters[name].sizes) == len(view.shape)
    ]
    if len(matrices) != 2 or found.output.sizes[2:] != found.input.sizes[2:]:
        raise Unsupported("not a recurrent layer of convolutions")
    arguments: dict[str, Any] = {
        "out": found.output.sizes[1],
        "kernel": compact(matrices[0][2:]),
        "padding": compact(tuple(size // 2 for size in matrices[0][2:])),
        "bias": len(owned.weights) > 2,
    }
    counted = (macs_of(op, low.program.batch) or 0 for op in operations_of(low, found))
    return batch_first(low.add("conv_lstm", arguments, [view.value], owned, sum(counted)))


RECOGNIZERS: dict[str, Recognizer] = {
    "GlobalResponseNorm": global_response_norm,
    "GRN": global_response_norm,
    "Squash": squash,
    "LocalConv": local_convolution,
    **{f"ConvLSTM{axes}d": convolutional_lstm for axes in (1, 2, 3)},
}
"""By the name of the class."""
