"""Functions that change their first argument, and with a part of a tensor the tensor itself."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import Unsupported
from ..program import Argument, Operation, TensorRef
from .arguments import dimensions, first_tensor
from .context import LoweringContext, Tensor
from .functions.assignment import with_part
from .names import plain

OTHER_VIEWS = frozenset(
    (
        *("view", "reshape", "flatten", "unflatten", "transpose", "permute", "t", "swapaxes"),
        *("movedim", "squeeze", "unsqueeze", "chunk", "split", "split_with_sizes", "unbind"),
        *("expand", "diagonal"),
    )
)
"""Functions whose result is the same memory, besides those of a part by its positions."""


def is_in_place(function: str) -> bool:
    """True for a function that changes its first argument.

    >>> is_in_place("relu_"), is_in_place("__iadd__"), is_in_place("__add__")
    (True, True, False)
    """
    if function.startswith("__"):
        return function == "__setitem__" or function.startswith("__i")
    return function.endswith("_")


def update(low: LoweringContext, operation: Operation, result: Tensor) -> None:
    """Make the result of a function what its first argument is from here on, if it is in place.

    So are the tensors that the argument is a part of, as far as they are read later.
    """
    if not is_in_place(operation.function):
        return
    ref = next(operation.tensors(), None)
    if ref is None or ref.kind not in ("output", "input"):
        return
    low.tensors[ref.key] = result
    while ref.kind == "output":
        maker = low.program.operations[ref.operation]
        index = index_of(maker)
        if index is None and plain(maker.function) not in OTHER_VIEWS:
            return
        ref = first_tensor(maker)
        if not is_read_later(low, ref):
            return
        changed = None if index is None else with_part_or_none(low, ref, index, result)
        if changed is None:
            low.notes.append(note_on(operation, maker))
            return
        result = low.tensors[ref.key] = changed


def with_part_or_none(
    low: LoweringContext, ref: TensorRef, index: Sequence[Argument], new: Tensor
) -> Tensor | None:
    """A tensor with a part replaced; None if no layers state it."""
    mark = low.mark()
    try:
        return with_part(low, ref, index, new)
    except Unsupported:
        low.undo(mark)
        return None


def is_read_later(low: LoweringContext, ref: TensorRef) -> bool:
    """True if a later operation or the caller reads a tensor, or one that it is a part of."""
    later = low.program.operations[low.index + 1 :]
    keys = {other.key for operation in later for other in operation.tensors()}
    keys |= {other.key for _, other in low.program.outputs}
    while ref.key not in keys:
        maker = low.program.operations[ref.operation] if ref.kind == "output" else None
        if maker is None or index_of(maker) is None:
            return False
        ref = first_tensor(maker)
    return True


def index_of(operation: Operation) -> Sequence[Argument] | None:
    """The index of the part of a tensor that a function returns; None for any other function."""
    name, given = plain(operation.function), operation.argument
    if name == "getitem" and isinstance(given(0, "input"), TensorRef):
        index = given(1, "index")
        return index if isinstance(index, tuple) else (index,)
    if name not in ("select", "slice", "narrow"):
        return None
    (dim,) = dimensions(given(1, "dim", 0), len(first_tensor(operation).sizes))
    entry = given(2, "index")
    if name == "slice":
        entry = slice(given(2, "start"), given(3, "end"), given(4, "step"))
    elif name == "narrow":
        start = given(2, "start")
        entry = slice(start, start + given(3, "length"))
    return (*(slice(None),) * dim, entry)


def note_on(operation: Operation, maker: Operation) -> str:
    return (
        f"{operation.function} changes a part ({plain(maker.function)}) of a tensor that is read "
        "later, which the file does not state"
    )
