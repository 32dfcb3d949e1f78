"""Values whose elements are moved later: which elements of an earlier value they have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from ..importers.compositions import Factor, Factors, joined, size_of, whole
from ..named_tuple import NamedTuple
from ..network import Value
from ..shape import Shape

MovedAxes = tuple[Factors, ...]


class MovedValue(NamedTuple):
    """The elements of a value under other axes, each made of axes of that value.

    `move` is the last layer of the network that moves them; None if there is none.
    """

    value: Value
    axes: MovedAxes
    move: int | None = None

    @property
    def shape(self) -> Shape:
        return Shape(map(size_of, self.axes))

    @property
    def is_plain(self) -> bool:
        """Whether it is the value itself."""
        return self.axes == whole(self.value.shape).axes

    @property
    def plain(self) -> MovedValue:
        """The value itself."""
        return self.with_axes(whole(self.value.shape).axes)

    @property
    def own(self) -> dict[int, int]:
        """The axes of the value that single axes are, by these."""
        full = whole(self.value.shape).axes
        found = {place: axis[0].axis for place, axis in enumerate(self.axes) if len(axis) == 1}
        return {place: own for place, own in found.items() if self.axes[place] == full[own]}

    def whole_axes(self, axes: Iterable[int]) -> tuple[int, ...] | None:
        """The axes of the value that some axes are made of; None if they are parts of them."""
        full = whole(self.value.shape).axes
        factors = chain.from_iterable(self.axes[axis] for axis in axes)
        numbers = [factor.axis if full[factor.axis] == (factor,) else None for factor in factors]
        found = tuple([number for number in numbers if number is not None])
        return found if found and len(found) == len(numbers) else None

    def with_axes(self, axes: MovedAxes) -> MovedValue:
        return self._replace(axes=axes)


class Layout(NamedTuple):
    """A value as a layer reads it, and where its own axes are.

    `read` is what the layer reads, `own` are the axes along which it works, and `axes` are the
    axes of the network by those of `read`.
    """

    read: MovedValue
    own: tuple[int, ...]
    axes: MovedAxes


def layout_along(
    value: MovedValue, axes: Sequence[int], *, is_single: bool, is_first: bool
) -> Layout | None:
    """The layout for a layer along some axes, for which the order of all others does not matter.

    It `is_single` if the layer has one axis, and `is_first` if that is the channels.  As far as
    possible the value itself is read; else each of these axes is one.
    """
    own = value.whole_axes(axes)
    if own is None and not all(value.axes[axis] for axis in axes):
        return None
    if own is not None and not (is_single and len(own) > 1) and not (is_first and own != (0,)):
        return Layout(value.plain, tuple(sorted(own)), value.axes)
    return grouped(value, [value.axes[axis] for axis in axes], is_first=is_first)


def grouped(value: MovedValue, own: Sequence[Factors], *, is_first: bool) -> Layout:
    """The layout in which some axes are made of these factors, and all others are the value's.

    They are the first ones, or where the value has them.
    """
    taken = {factor for group in own for factor in group}
    others = [factor for axis in value.axes for factor in axis if factor not in taken]
    rest = [(factor,) for factor in joined(sorted(others, key=place_of))]
    groups = [*own, *rest]
    if not is_first:
        groups.sort(key=lambda group: place_of(group[0]))
    axes = [joined([relative(factor, groups) for factor in axis]) for axis in value.axes]
    positions = tuple(groups.index(group) for group in own)
    return Layout(value.with_axes(tuple(groups)), positions, tuple(axes))


def place_of(factor: Factor) -> tuple[int, int]:
    """A sort key: the order in which the value has its elements."""
    return factor.axis, -factor.stride


def axis_of(axis: int, size: int) -> Factors:
    """A whole axis."""
    return (Factor(axis, 1, size),) if size > 1 else ()


def relative(factor: Factor, groups: Sequence[Factors]) -> Factor:
    """A factor by the axes of a layout, one of which has it."""
    for position, group in enumerate(groups):
        inner = 1
        for other in reversed(group):
            is_part = other.stride <= factor.stride < other.stride * other.size
            if other.axis == factor.axis and is_part:
                return Factor(position, inner * factor.stride // other.stride, factor.size)
            inner *= other.size
    raise AssertionError(f"{factor} is in no axis")


# The operands of a join


def relaid(
    value: MovedValue, lead: MovedAxes, rank: int, free: int | None = None
) -> MovedValue | None:
    """A value with its axes where another one of so many axes has them; None if it cannot be.

    `lead` are the axes of the network by those of that value.  Axes of size 1 stay so, to be
    broadcast.  Along the axis `free`, the sizes may differ.
    """
    pieces: dict[Factor, Factors] = {}
    for axis, (mine, theirs) in enumerate(zip(value.axes, lead, strict=True)):
        if axis == free:
            pieces[theirs[0]] = mine
            continue
        paired = refined(mine, theirs) if mine else [((), factor) for factor in theirs]
        if paired is None:
            return None
        pieces |= {other: one for one, other in paired}
    found: list[Factors] = []
    for axis in range(rank):
        ordered = sorted([one for one in pieces if one.axis == axis], key=place_of)
        parts = [pieces[one] for one in ordered]
        if any(parts) and not all(parts):
            return None
        found.append(joined([factor for part in parts for factor in part]))
    return value.with_axes(tuple(found))


def refined(first: Factors, second: Factors) -> list[tuple[Factors, Factor]] | None:
    """Two axes of one size as pairs of equal parts; None if a part does not divide another.

    >>> refined((Factor(0, 1, 6),), (Factor(1, 1, 3), Factor(0, 1, 2)))
    [((Factor(axis=0, stride=2, size=3),), Factor(axis=1, stride=1, size=3)), \
((Factor(axis=0, stride=1, size=2),), Factor(axis=0, stride=1, size=2))]
    """
    waiting = [*reversed(first)], [*reversed(second)]
    pairs: list[tuple[Factors, Factor]] = []
    while all(waiting):
        size = min(factors[-1].size for factors in waiting)
        if any(factors[-1].size % size for factors in waiting):
            return None
        one, other = (slowest(factors, size) for factors in waiting)
        pairs.append(((one,), other))
    return None if any(waiting) else pairs


def slowest(waiting: list[Factor], size: int) -> Factor:
    """The slowest part of this size of the last factor, which keeps the rest."""
    factor = waiting.pop()
    rest = factor.size // size
    if rest > 1:
        waiting.append(factor._replace(size=rest))
    return Factor(factor.axis, factor.stride * rest, size)
