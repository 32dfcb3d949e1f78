"""The arguments of functions, as layers of the catalogue take them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from ..errors import Unsupported
from ..parts import filled_in
from ..program import Argument, Operation, TensorRef


def per_axis(argument: Argument, axes: int) -> tuple[int, ...]:
    """One number for each axis, from one for all of them or a list.

    >>> per_axis(3, 2), per_axis((3, 5), 2), per_axis([4], 2)
    ((3, 3), (3, 5), (4, 4))
    """
    if type(argument) is tuple and len(argument) == axes and set(map(type, argument)) == {int}:
        return argument
    numbers = tuple(argument) if isinstance(argument, list | tuple) else (argument,)
    if len(numbers) == 1:
        numbers *= axes
    if len(numbers) != axes or not all(isinstance(number, int | float) for number in numbers):
        raise Unsupported("an argument that does not fit the axes")
    return tuple(int(number) for number in numbers)


def compact(numbers: tuple[Any, ...]) -> Any:
    """One number if all are equal, else all of them.

    >>> compact((3, 3)), compact((3, 5))
    (3, (3, 5))
    """
    return numbers[0] if len(set(numbers)) == 1 else numbers


def dimensions(argument: Argument, rank: int) -> list[int]:
    """Axes of a tensor, counted from the first; all of them for None.

    >>> dimensions(-1, 4), dimensions((2, 3), 4), dimensions(None, 2)
    ([3], [2, 3], [0, 1])
    """
    if argument is None:
        return list(range(rank))
    axes = argument if isinstance(argument, list | tuple) else [argument]
    return [axis % rank for axis in axes]


def first_tensor(operation: Operation) -> TensorRef:
    """The tensor that a function is of.  Raises Unsupported if there is none."""
    ref = next(operation.tensors(), None)
    if ref is None:
        raise Unsupported("a function without a tensor")
    return ref


def named(operation: Operation, *names: str) -> dict[str, Argument]:
    """All arguments by name, given the names of the positional ones."""
    if not operation.arguments:
        return dict(operation.keywords)
    return dict(zip(names, operation.arguments, strict=False)) | dict(operation.keywords)


@cache
def number_in(function: str) -> int:
    """The number of axes in the name of a function: 2 of conv2d."""
    return int(next(character for character in function if character.isdigit()))


def index_entries(entries: Sequence[Argument], rank: int) -> list[Argument]:
    """The entries of an index with a slice for each axis that it does not name."""
    return filled_in(entries, rank, slice(None), lambda entry: entry is Ellipsis)
