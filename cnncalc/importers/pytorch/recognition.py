"""Modules that are one layer of the catalogue, though they are written with many functions.

A recognizer makes the layer from what enters the module.  It refuses (Unsupported) if the module
has another shape or other parameters than the layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...named_tuple import NamedTuple
from ..axes import TensorView
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


RECOGNIZERS: dict[str, Recognizer] = {
    "GlobalResponseNorm": global_response_norm,
    "GRN": global_response_norm,
}
"""By the name of the class."""
