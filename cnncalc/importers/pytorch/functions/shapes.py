"""Functions that give the same elements other axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...axes import BATCH, TensorView
from ...errors import Unsupported
from ...program import Operation
from ...reshaping import reshaped_view
from ..arguments import first_tensor
from ..context import Derived, LoweringContext, Tensor
from ..orders import PERMUTATIONS, permutation


def view(low: LoweringContext, op: Operation) -> Tensor:
    """view, reshape, flatten, squeeze and the like."""
    ref = first_tensor(op)
    tensor = low.tensor(ref)
    if isinstance(tensor, Derived):
        return tensor._replace(sizes=op.results[0])
    return reshaped_view(low.builder, tensor, ref.sizes, op.results[0], low.program.batch)


# Other axes


def permute(low: LoweringContext, op: Operation) -> Tensor:
    tensor = low.tensor(first_tensor(op))
    order = permutation(op)
    if isinstance(tensor, Derived):
        return tensor._replace(sizes=op.results[0])
    return tensor.permuted(order)


def expand(low: LoweringContext, op: Operation) -> Tensor:
    """expand: no layer if only the batch is new, or if all readers broadcast anyway."""
    from ..names import ELEMENT_WISE, plain

    ref = first_tensor(op)
    tensor = low.view(ref)
    after = op.results[0]
    new = len(after) - len(ref.sizes)
    kept = after[new:]
    if kept == ref.sizes and all(size in (1, low.program.batch) for size in after[:new]):
        return tensor._replace(axes=((BATCH,),) * new + tensor.axes)
    readers = low.readers.get(low.index, [])
    broadcasts = readers and all(plain(reader.function) in ELEMENT_WISE for reader in readers)
    if new == 0 and broadcasts:
        return tensor
    raise Unsupported("an axis that is repeated")


def repeat(low: LoweringContext, op: Operation) -> TensorView:
    """repeat and repeat_interleave along one axis: a `concat` of a value with itself."""
    ref = first_tensor(op)
    after = op.results[0]
    tensor = low.view(ref).widened(len(after))
    before = (1,) * (len(after) - len(ref.sizes)) + ref.sizes
    grown = [axis for axis, size in enumerate(before) if after[axis] != size]
    if not grown:
        return tensor
    if len(grown) != 1:
        raise Unsupported("several axes that are repeated")
    axis = tensor.axis(grown[0])
    times = after[grown[0]] // before[grown[0]]
    return tensor.with_value(low.add("concat", {"axis": axis}, [tensor.value] * times))


RESHAPES = (
    *("view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "view_as", "ravel"),
    *("reshape_as", "unsafe_view", "view_copy"),
)
FUNCTIONS: Mapping[str, Any] = {
    **dict.fromkeys(RESHAPES, view),
    **dict.fromkeys(PERMUTATIONS, permute),
    **dict.fromkeys(("expand", "expand_as", "broadcast_to"), expand),
    **dict.fromkeys(("repeat", "repeat_interleave", "tile"), repeat),
}
