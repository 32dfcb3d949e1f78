"""Functions that give the same elements other axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...axes import BATCH, TensorView
from ...errors import Unsupported
from ...operands import copied
from ...program import Operation
from ...reshaping import reshaped_view
from ..arguments import dimensions, first_tensor
from ..context import Derived, LoweringContext, Tensor
from ..names import ELEMENT_WISE, plain
from ..orders import PERMUTATIONS, permutation


def view(low: LoweringContext, op: Operation) -> Tensor:
    """view, reshape, flatten, squeeze and the like."""
    ref = first_tensor(op)
    tensor = low.tensor(ref)
    if isinstance(tensor, Derived):
        return tensor._replace(sizes=op.results[0])
    wanted = low.wanted.get(("output", low.index, 0))
    return reshaped_view(low.builder, tensor, ref.sizes, op.results[0], low.program.batch, wanted)


def unsqueezed(low: LoweringContext, op: Operation) -> Tensor:
    """unsqueeze: new axes of size 1, at places that are known."""
    tensor = low.tensor(first_tensor(op))
    dims = op.argument(1, "dim")
    if isinstance(tensor, Derived) or dims is None:
        return view(low, op)
    added = set(dimensions(dims, len(op.results[0])))
    if len(op.results[0]) != len(tensor.axes) + len(added):
        raise Unsupported("a result of other axes")
    own = iter(tensor.axes)
    axes = (() if axis in added else next(own) for axis in range(len(op.results[0])))
    return tensor._replace(axes=tuple(axes))


def squeezed(low: LoweringContext, op: Operation) -> Tensor:
    """squeeze: without axes of size 1, unless one is the batch."""
    ref = first_tensor(op)
    tensor = low.tensor(ref)
    dims = op.argument(1, "dim")
    if isinstance(tensor, Derived) or dims is None:
        return view(low, op)
    dropped = [axis for axis in dimensions(dims, len(ref.sizes)) if ref.sizes[axis] == 1]
    if any(BATCH in tensor.axes[axis] for axis in dropped):
        return view(low, op)
    kept = (entry for axis, entry in enumerate(tensor.axes) if axis not in dropped)
    return tensor._replace(axes=tuple(kept))


# Other axes


def permute(low: LoweringContext, op: Operation) -> Tensor:
    tensor = low.tensor(first_tensor(op))
    order = permutation(op)
    if isinstance(tensor, Derived):
        return tensor._replace(sizes=op.results[0])
    return tensor.permuted(order)


def expand(low: LoweringContext, op: Operation) -> Tensor:
    """expand: no layer if only the batch is new, or if all readers broadcast anyway."""
    ref = first_tensor(op)
    tensor = low.tensor(ref)
    after = op.results[0]
    new = len(after) - len(ref.sizes)
    readers = low.readers.get(low.index, [])
    broadcasts = readers and all(plain(reader.function) in ELEMENT_WISE for reader in readers)
    if isinstance(tensor, Derived):
        return tensor if broadcasts else tensor._replace(sizes=after)
    kept = after[new:]
    if kept == ref.sizes and all(size in (1, low.program.batch) for size in after[:new]):
        return tensor._replace(axes=((BATCH,),) * new + tensor.axes)
    if new == 0 and broadcasts:
        return tensor
    before = (1,) * new + ref.sizes
    return copied(low.builder, tensor.widened(len(after)), before, after)


def repeat(low: LoweringContext, op: Operation) -> TensorView:
    """repeat and repeat_interleave: a `concat` of a value with itself."""
    ref = first_tensor(op)
    after = op.results[0]
    before = (1,) * (len(after) - len(ref.sizes)) + ref.sizes
    return copied(low.builder, low.view(ref).widened(len(after)), before, after)


RESHAPES = (
    *("view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "view_as", "ravel"),
    *("reshape_as", "unsafe_view", "view_copy"),
)
FUNCTIONS: Mapping[str, Any] = {
    **dict.fromkeys(RESHAPES, view),
    "unsqueeze": unsqueezed,
    "squeeze": squeezed,
    **dict.fromkeys(PERMUTATIONS, permute),
    **dict.fromkeys(("expand", "expand_as", "broadcast_to"), expand),
    **dict.fromkeys(("repeat", "repeat_interleave", "tile"), repeat),
}
