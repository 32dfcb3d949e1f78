"""Operations that put the positions of an axis in another order, or take some by their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...axes import TensorView, separated
from ...errors import Unsupported
from ...parts import along, selected
from ...reshaping import reshaped_view
from ..context import LayerCall, ViewArgument
from .operation_arguments import argument, dims_of, operation_key, whole_number, whole_numbers

MAX_POSITIONS = 10_000
"""Of an axis whose positions are listed."""


def at_positions(
    call: LayerCall, view: TensorView, dim: int, positions: Sequence[int]
) -> TensorView:
    """Some positions of an axis, in this order."""
    if len(positions) > MAX_POSITIONS:
        raise Unsupported(f"more than {MAX_POSITIONS:,} positions that are not in their order")
    view, axis = along(call.builder, view, dim)
    return call.apply("select", {"index": tuple(positions), "axis": axis}, view)


def backwards(call: LayerCall, view: TensorView, dims: Sequence[int]) -> TensorView:
    """The positions of some axes, the last one first."""
    for dim in dims:
        size = call.sizes(view)[dim]
        if size > 1:
            view = at_positions(call, view, dim, range(size - 1, -1, -1))
    return view


def reverse(call: LayerCall) -> TensorView:
    """tf.reverse and flip; without an axis, along all of them."""
    return backwards(call, call.view, dims_of(call, call.view, argument(call, ("axis",), 0)))


def roll(call: LayerCall) -> TensorView:
    """A cyclic shift along some axes."""
    view = call.view
    shifts = whole_numbers(argument(call, ("shift",), 0), "a shift")
    given = whole_numbers(argument(call, ("axis",), 1), "an axis")
    if len(shifts) != len(given):
        raise Unsupported("not one shift for each axis")
    dims = [dim for axis in given for dim in dims_of(call, view, axis)]
    if any(len(view.axes[dim]) > 1 for dim in dims):
        view = separated(call.builder, view)
    axes = tuple(view.axis(dim) for dim in dims)
    return call.apply("roll", {"shift": shifts, "axis": axes}, view)


def gather(call: LayerCall) -> TensorView:
    """tf.gather and take, where the numbers of the positions are in the file."""
    view = call.view
    indices = argument(call, ("indices",), 0)
    axis = argument(call, ("axis",), 1)
    if operation_key(call.layer) == "gather" and axis is None:
        axis = 0
    if axis is None or argument(call, ("batch_dims",), 2):
        raise Unsupported("positions of several axes in one")
    (dim,) = dims_of(call, view, whole_number(axis, "an axis"))
    size = call.sizes(view)[dim]
    numbers, shape = listed(indices)
    if not numbers or any(not -size <= number < size for number in numbers):
        raise Unsupported("a position outside of its input")
    positions = [number % size for number in numbers]
    if not shape:
        return selected(call.builder, not_the_batch(view, dim), dim, positions[0])
    found = at_positions(call, view, dim, positions)
    if len(shape) == 1:
        return found
    before = call.sizes(found)
    after = (*before[:dim], *shape, *before[dim + 1 :])
    return reshaped_view(call.builder, found, before, after, call.state.batch)


def not_the_batch(view: TensorView, dim: int) -> TensorView:
    if view.is_batch(dim):
        raise Unsupported("a part of the batch")
    return view


def listed(indices: ViewArgument) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The numbers in a number or in nested lists of one size, and their sizes."""
    if not isinstance(indices, list):
        return whole_numbers(indices, "a position"), ()
    inner = [listed(entry) for entry in indices]
    shapes = {shape for _, shape in inner}
    if len(shapes) != 1:
        raise Unsupported("positions that are not written in the file")
    numbers = tuple(number for entry, _ in inner for number in entry)
    return numbers, (len(indices), *shapes.pop())


# Images of TensorFlow: height, width and channels are the last axes


def flipped(dim: int) -> Callable[[LayerCall], TensorView]:
    """An image backwards along one of these axes."""

    def function(call: LayerCall) -> TensorView:
        return backwards(call, call.view, [call.view.rank + dim])

    return function


def quarter_turns(call: LayerCall) -> TensorView:
    """tf.image.rot90: counterclockwise."""
    given = argument(call, ("k",), 0)
    turns = 1 if given is None else whole_number(given, "a number of turns")
    view, rank = call.view, call.view.rank
    if rank < 3:
        raise Unsupported("a tensor that is not an image")
    height, width = rank - 3, rank - 2
    if turns % 2:
        view = view.permuted([*range(height), width, height, rank - 1])
    dims = {0: [], 1: [height], 2: [height, width], 3: [width]}[turns % 4]
    return backwards(call, view, dims)


OPERATIONS: dict[str, Callable[[LayerCall], Any]] = {
    **dict.fromkeys(("reverse", "reversev2", "flip"), reverse),
    "roll": roll,
    **dict.fromkeys(("gather", "gatherv2", "take"), gather),
    "flipleftright": flipped(-2),
    "flipupdown": flipped(-3),
    "rot90": quarter_turns,
}
"""By the name without underscores, in lower case."""
