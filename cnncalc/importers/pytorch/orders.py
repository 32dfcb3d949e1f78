"""Functions that permute the axes of a tensor."""

from __future__ import annotations

from ..errors import Unsupported
from ..program import Operation
from .arguments import dimensions, first_tensor
from .names import plain

LAST_TWO = ("t", "T", "mT", "H", "numpy_T", "adjoint")
SWAPS = ("transpose", "swapaxes", "swapdims")
MOVES = ("movedim", "moveaxis")
PERMUTATIONS = ("permute", *LAST_TWO, *SWAPS, *MOVES)


def permutation(operation: Operation) -> list[int]:
    """For each axis of the result the axis of the argument that it is."""
    name = plain(operation.function)
    rank = len(first_tensor(operation).sizes)
    if name == "permute":
        given = operation.arguments[1:]
        dims = given[0] if len(given) == 1 and isinstance(given[0], tuple) else given
        return dimensions(dims or operation.keywords["dims"], rank)
    order = list(range(rank))
    if name in LAST_TWO:
        order[-2:] = reversed(order[-2:])
    elif name in SWAPS:
        first = dimensions(operation.argument(1, "dim0", operation.keywords.get("axis0")), rank)[0]
        second = dimensions(operation.argument(2, "dim1", operation.keywords.get("axis1")), rank)[0]
        order[first], order[second] = order[second], order[first]
    elif name in MOVES:
        return moved(operation, rank)
    else:
        raise Unsupported("not a permutation")
    return order


def moved(operation: Operation, rank: int) -> list[int]:
    """The order of `movedim`: the axes that are not moved keep theirs."""
    sources = dimensions(operation.argument(1, "source"), rank)
    targets = dimensions(operation.argument(2, "destination"), rank)
    order: list[int | None] = [None] * rank
    for source, target in zip(sources, targets, strict=True):
        order[target] = source
    others = iter([axis for axis in range(rank) if axis not in sources])
    return [next(others) if axis is None else axis for axis in order]
