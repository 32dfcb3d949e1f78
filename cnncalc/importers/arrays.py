"""Small tensors as flat sequences of numbers, the last axis first: what is folded to constants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import prod
from typing import Any, TypeVar

from .errors import Unsupported
from .program import TensorSizes

Element = TypeVar("Element")


def strides(sizes: TensorSizes) -> list[int]:
    """How far apart the elements along each axis are.

    >>> strides((2, 3, 4))
    [12, 4, 1]
    """
    found = [1]
    for size in reversed(sizes[1:]):
        found.append(found[-1] * size)
    return found[: len(sizes)][::-1]


def picked(
    numbers: Sequence[Element], sizes: TensorSizes, positions: Sequence[Sequence[int]]
) -> list[Element]:
    """The elements at all combinations of positions along each axis.

    >>> picked("abcdef", (2, 3), [[1], [0, 2]])
    ['d', 'f']
    """
    places = [0]
    for wanted, step in zip(positions, strides(sizes), strict=True):
        places = [place + position * step for place in places for position in wanted]
    return [numbers[place] for place in places]


def transposed(
    numbers: Sequence[Element], sizes: TensorSizes, order: Sequence[int]
) -> list[Element]:
    """The elements with the axes in another order.

    >>> transposed("abcdef", (2, 3), (1, 0))
    ['a', 'd', 'b', 'e', 'c', 'f']
    """
    steps = strides(sizes)
    places = [0]
    for axis in order:
        step = steps[axis]
        places = [place + position * step for place in places for position in range(sizes[axis])]
    return [numbers[place] for place in places]


def broadcast(numbers: Sequence[Element], sizes: TensorSizes, target: TensorSizes) -> list[Element]:
    """The elements repeated along the axes of size 1.

    >>> broadcast("ab", (2, 1), (2, 2))
    ['a', 'a', 'b', 'b']
    """
    if sizes == target:
        return list(numbers)
    own = (1,) * (len(target) - len(sizes)) + sizes
    places = [0]
    for size, step, wanted in zip(own, strides(own), target, strict=True):
        move = step if size > 1 else 0
        places = [place + position * move for place in places for position in range(wanted)]
    return [numbers[place] for place in places]


def broadcast_sizes(*given: TensorSizes) -> TensorSizes:
    """The sizes of a result for each element of tensors, as NumPy broadcasts.

    Raises Unsupported if two sizes do not fit.
    >>> broadcast_sizes((7, 1, 4), (3, 1))
    (7, 3, 4)
    """
    if given.count(given[0]) == len(given):
        return given[0]
    rank = max(map(len, given))
    wide = [(1,) * (rank - len(sizes)) + sizes for sizes in given]
    found = []
    for column in zip(*wide, strict=True):
        others = {size for size in column if size != 1}
        if len(others) > 1:
            texts = " and ".join("x".join(map(str, sizes)) or "1" for sizes in given)
            raise Unsupported(f"the shapes {texts} do not fit")
        found.append(others.pop() if others else 1)
    return tuple(found)


def joined(
    parts: Sequence[Sequence[Element]], sizes: Sequence[TensorSizes], axis: int
) -> list[Element]:
    """The elements of tensors one after the other along an axis.

    >>> joined(["ab", "cd"], [(2, 1), (2, 1)], 1)
    ['a', 'c', 'b', 'd']
    """
    rows = prod(sizes[0][:axis])
    found: list[Element] = []
    for row in range(rows):
        for part in parts:
            width = len(part) // rows
            found += part[row * width : (row + 1) * width]
    return found


def reduced(
    function: Callable[[list[Any]], Any],
    numbers: Sequence[Any],
    sizes: TensorSizes,
    axes: Sequence[int],
) -> list[Any]:
    """A function of all elements along some axes.

    >>> reduced(sum, [1, 2, 3, 4, 5, 6], (2, 3), [1])
    [6, 15]
    """
    starts = [[0] if axis in axes else range(size) for axis, size in enumerate(sizes)]
    inner = [range(size) if axis in axes else [0] for axis, size in enumerate(sizes)]
    places = range(len(numbers))
    moves = picked(places, sizes, inner)
    return [
        function([numbers[start + move] for move in moves])
        for start in picked(places, sizes, starts)
    ]


def sizes_without(sizes: TensorSizes, axes: Sequence[int], *, keeps: bool) -> TensorSizes:
    """The sizes after a reduction along some axes, which keeps them with one position or not."""
    if keeps:
        return tuple([1 if axis in axes else size for axis, size in enumerate(sizes)])
    return tuple([size for axis, size in enumerate(sizes) if axis not in axes])


def divided(left: Any, right: Any) -> Any:
    """A quotient; that of whole numbers is cut off."""
    if isinstance(left, float) or isinstance(right, float):
        return left / right
    found = abs(left) // abs(right)
    return found if (left < 0) == (right < 0) else -found


def offsets(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """The first position of parts of an axis, and the one after the last.

    >>> offsets([2, 3])
    [(0, 2), (2, 5)]
    """
    ends = [0]
    for size in sizes:
        ends.append(ends[-1] + size)
    return list(pairwise(ends))
