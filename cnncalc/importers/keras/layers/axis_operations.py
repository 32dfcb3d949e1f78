"""Operations that change the axes of a tensor, not its elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...axes import TensorView
from ...errors import Unsupported
from ...operands import copied
from ..context import LayerCall
from .operation_arguments import argument, dims_of, whole_number, whole_numbers
from .shaping import flatten, padded, with_axis, with_sizes


def expand_dims(call: LayerCall) -> TensorView:
    view = call.view
    axis = whole_number(argument(call, ("axis",), 0), "an axis")
    if not -view.rank - 1 <= axis <= view.rank:
        raise Unsupported("along an axis that its result does not have")
    return with_axis(view, axis % (view.rank + 1))


def squeeze(call: LayerCall) -> TensorView:
    view = call.view
    sizes = call.sizes(view)
    given = argument(call, ("axis",), 0)
    ones = [axis for axis, size in enumerate(sizes) if size == 1]
    axes = ones if given is None else dims_of(call, view, given)
    if any(sizes[axis] != 1 for axis in axes):
        raise Unsupported("an axis of more than one position")
    after = tuple(size for axis, size in enumerate(sizes) if axis not in axes)
    return with_sizes(call, view, after)


def reshape(call: LayerCall) -> TensorView:
    target = whole_numbers(argument(call, ("newshape", "shape"), 0), "a shape")
    view = call.view
    sizes = call.sizes(view)
    if target.count(-1) == 2 and target[0] == -1:
        target = (sizes[0], *target[1:])
    return with_sizes(call, view, target)


def transpose(call: LayerCall) -> TensorView:
    view = call.view
    given = argument(call, ("axes", "perm"), 0)
    if given is None:
        return view.permuted(list(reversed(range(view.rank))))
    order = whole_numbers(given, "an order")
    if sorted(axis % view.rank for axis in order) != list(range(view.rank)):
        raise Unsupported("an order that is not one of its axes")
    return view.permuted([axis % view.rank for axis in order])


def pad(call: LayerCall) -> TensorView:
    view = call.view
    given = argument(call, ("pad_width", "paddings"), 0)
    pairs = [whole_numbers(pair, "a padding") for pair in given] if isinstance(given, list) else []
    if len(pairs) != view.rank or any(len(pair) != 2 for pair in pairs):
        raise Unsupported("a padding that is not written for each axis")
    return padded(call, view, pairs)


def swapped(call: LayerCall) -> TensorView:
    """swapaxes."""
    view = call.view
    given = [argument(call, (f"axis{place}",), place - 1) for place in (1, 2)]
    first, second = (dims_of(call, view, whole_number(axis, "an axis"))[0] for axis in given)
    order = list(range(view.rank))
    order[first], order[second] = second, first
    return view.permuted(order)


def moved(call: LayerCall) -> TensorView:
    """moveaxis."""
    view = call.view
    names = ("source", "destination")
    given = [whole_numbers(argument(call, (name,), n), "an axis") for n, name in enumerate(names)]
    sources, targets = ([dims_of(call, view, axis)[0] for axis in axes] for axes in given)
    if len(sources) != len(targets) or len(set(sources)) != len(set(targets)):
        raise Unsupported("not one place for each axis")
    order = [axis for axis in range(view.rank) if axis not in sources]
    for target, source in sorted(zip(targets, sources, strict=True)):
        order.insert(target, source)
    return view.permuted(order)


def broadcast(call: LayerCall) -> TensorView:
    """broadcast_to: copies along axes of size 1."""
    view = call.view
    wanted = whole_numbers(argument(call, ("shape",), 0), "a shape")
    if len(wanted) < view.rank:
        raise Unsupported("a shape of fewer axes")
    view = view.widened(len(wanted))
    before = call.sizes(view)
    after = tuple(
        size if target == -1 else target for size, target in zip(before, wanted, strict=True)
    )
    if any(size not in (1, target) for size, target in zip(before, after, strict=True)):
        raise Unsupported("copies along an axis that is not of size 1")
    return copied(call.builder, view, before, after)


OPERATIONS: dict[str, Callable[[LayerCall], Any]] = {
    "expanddims": expand_dims,
    "squeeze": squeeze,
    "reshape": reshape,
    "transpose": transpose,
    "swapaxes": swapped,
    "moveaxis": moved,
    **dict.fromkeys(("pad", "mirrorpad"), pad),
    "broadcastto": broadcast,
    "batchflatten": flatten,
}
"""By the name without underscores, in lower case."""
