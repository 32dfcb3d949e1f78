"""Lazy axes: a tensor of a framework as one of our values, and which axes of that its axes are.

A value is channels first and has no batch axis; a tensor is what its author liked.  Permuting,
squeezing and unsqueezing change only the map, so that they are not layers.  A layer that needs an
axis in another place adds a `permute` or a `reshape` then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from math import prod

from ..named_tuple import NamedTuple
from ..shape import Shape
from ..sketch import SketchValue
from .builder import SketchBuilder
from .errors import Unsupported

BATCH = -1
"""The batch axis among the axes of a tensor."""

AxisMap = tuple[tuple[int, ...], ...]
"""For each axis of a tensor the axes of the value that are in it, in order; the batch is BATCH.

`(BATCH,)` is the batch, `(2,)` the third axis of the value, `(BATCH, 1)` the batch and the second
axis in one, and `()` an axis of size 1 that the value does not have.
"""


class TensorView(NamedTuple):
    """A tensor as a value of ours."""

    value: SketchValue
    axes: AxisMap

    @property
    def shape(self) -> Shape:
        """The shape of the value."""
        return self.value.shape

    @property
    def rank(self) -> int:
        """The number of axes of the tensor."""
        return len(self.axes)

    def is_batch(self, axis: int) -> bool:
        return self.axes[axis] == (BATCH,)

    def own_axes(self, axis: int) -> tuple[int, ...]:
        """The axes of the value in an axis of the tensor, without the batch."""
        return tuple(entry for entry in self.axes[axis] if entry != BATCH)

    def axis(self, axis: int) -> int:
        """The axis of the value that an axis of the tensor is.

        Raises Unsupported if it is the batch, several axes, or none.
        """
        axes = self.axes[axis % self.rank]
        if len(axes) != 1 or axes == (BATCH,):
            raise Unsupported("along an axis that is the batch, or several axes in one")
        return axes[0]

    def permuted(self, order: Sequence[int]) -> TensorView:
        """The tensor with its axes in another order."""
        return TensorView(self.value, tuple([self.axes[axis] for axis in order]))

    def transposed(self) -> TensorView:
        """The tensor with its last two axes in the other order."""
        return self.permuted([*range(self.rank - 2), self.rank - 1, self.rank - 2])

    def widened(self, rank: int) -> TensorView:
        """The tensor with axes of size 1 before its own, as broadcasting adds them."""
        if rank == len(self.axes):
            return self
        return TensorView(self.value, ((),) * (rank - self.rank) + self.axes)

    def with_value(self, value: SketchValue) -> TensorView:
        """A tensor with the same axes and another value."""
        return TensorView(value, self.axes)


def batch_first(value: SketchValue) -> TensorView:
    """A value as a tensor with the batch before its axes."""
    return TensorView(value, axes_after_batch(len(value.shape)))


@cache
def axes_after_batch(count: int) -> AxisMap:
    """The batch, and then the axes of a value in their order.

    >>> axes_after_batch(2)
    ((-1,), (0,), (1,))
    """
    return ((BATCH,), *((axis,) for axis in range(count)))


# Axes in a wanted order


def in_order(builder: SketchBuilder, view: TensorView, order: Sequence[int]) -> TensorView:
    """The tensor with a value whose axes are exactly these axes of the tensor, in this order.

    Raises Unsupported if the batch is in one axis with others, or an axis would be lost.
    """
    others = [axis for axis in range(view.rank) if axis not in order]
    if any(BATCH in view.axes[axis] and len(view.axes[axis]) > 1 for axis in others):
        raise Unsupported("the batch and another axis in one")
    sources = [view.own_axes(axis) for axis in order]
    axes: list[tuple[int, ...]] = [((BATCH,) if BATCH in entry else ()) for entry in view.axes]
    for place, axis in enumerate(order):
        axes[axis] = with_place(view.axes[axis], place)
    value = rearranged(builder, view.value, sources)
    return TensorView(value, tuple(axes))


def with_place(entry: tuple[int, ...], place: int) -> tuple[int, ...]:
    """An entry whose own axes are one axis of the value now, before or after the batch.

    Raises Unsupported if the batch is between them.
    """
    if BATCH not in entry:
        return (place,)
    if entry[0] == BATCH:
        return (BATCH, place)
    if entry[-1] == BATCH:
        return (place, BATCH)
    raise Unsupported("the batch between axes that are one")


def rearranged(
    builder: SketchBuilder, value: SketchValue, sources: Sequence[tuple[int, ...]]
) -> SketchValue:
    """A value whose axes are made of these axes of another: permuted, then reshaped.

    Raises Unsupported if an axis of more than one position is in none of them.
    """
    if list(sources) == [(axis,) for axis in range(len(value.shape))]:
        return value
    used = [axis for source in sources for axis in source]
    unused = [axis for axis in range(len(value.shape)) if axis not in used]
    if any(value.shape[axis] != 1 for axis in unused):
        raise Unsupported("an axis is lost")
    sizes = Shape(prod(value.shape[axis] for axis in source) for source in sources)
    large = [axis for axis in used if value.shape[axis] != 1]
    if large == sorted(large) and not (len(used) == len(sources) and not unused):
        return reshaped(builder, value, sizes)
    permutation = [*used, *unused]
    if permutation != sorted(permutation):
        value = builder.add("permute", {"order": tuple(permutation)}, [value])
    return reshaped(builder, value, sizes)


def reshaped(builder: SketchBuilder, value: SketchValue, sizes: Iterable[int]) -> SketchValue:
    """A value with other sizes and the same elements in the same order."""
    shape = Shape(sizes)
    if shape == value.shape:
        return value
    if len(shape) == 1:
        return builder.add("flatten", {}, [value])
    if len(shape) == 2 and len(value.shape) in (3, 4) and shape[0] == value.shape[0]:
        return builder.add("tokens", {}, [value])
    return builder.add("reshape", {"shape": tuple(shape)}, [value])


def standard(builder: SketchBuilder, view: TensorView) -> TensorView:
    """The tensor with a value whose axes are those after the batch, in their order."""
    if view.axes == axes_after_batch(len(view.shape)):
        return view
    return in_order(builder, view, [axis for axis in range(view.rank) if not view.is_batch(axis)])


def channels_at(builder: SketchBuilder, view: TensorView, axis: int) -> TensorView:
    """The tensor with a value whose channels are this axis of the tensor."""
    axis %= view.rank
    if view.axes[axis] == (0,):
        return view
    others = [
        other
        for other in range(view.rank)
        if other != axis and not view.is_batch(other) and view.axes[other]
    ]
    return in_order(builder, view, [axis, *others])


def separated(builder: SketchBuilder, view: TensorView) -> TensorView:
    """The tensor with a value that has one axis for each of its axes, in the order of the value.

    Raises Unsupported if the batch and another axis are in one.
    """
    if all(len(entry) < 2 for entry in view.axes):
        return view
    axes = [axis for axis in range(view.rank) if view.own_axes(axis)]
    return in_order(builder, view, sorted(axes, key=lambda axis: view.own_axes(axis)[0]))


def without_extra_axes(builder: SketchBuilder, view: TensorView) -> TensorView:
    """The tensor with a value that has no axes of size 1 which the tensor does not have."""
    used = {axis for entry in view.axes for axis in entry}
    kept = [axis for axis in range(len(view.shape)) if axis in used]
    if len(kept) == len(view.shape):
        return view
    value = reshaped(builder, view.value, [view.shape[axis] for axis in kept])
    return TensorView(value, renumbered(view.axes, {axis: n for n, axis in enumerate(kept)}))


def renumbered(axes: AxisMap, numbers: dict[int, int]) -> AxisMap:
    """A map with other numbers for the axes of the value; those without a number are dropped."""
    numbers = {BATCH: BATCH, **numbers}
    return tuple(tuple(numbers[axis] for axis in entry if axis in numbers) for entry in axes)
