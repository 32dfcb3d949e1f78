"""Which elements of one value the axes of another one have, after reshapes, permutes and cuts.

An axis of 12 heads x 64 channels that became two axes is `Factor(0, 64, 12)` and
`Factor(0, 1, 64)`: parts of axis 0, with elements that are 64 apart and next to each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

from ..named_tuple import NamedTuple
from ..shape import Shape
from ..sketch import SketchLayer


class Factor(NamedTuple):
    """A part of an axis of the source: `size` positions that are `stride` apart."""

    axis: int
    stride: int
    size: int


Factors = tuple[Factor, ...]


class Composition(NamedTuple):
    """The factors of each axis of a value, the slowest first.

    `starts` has for each axis of the source the position of the first element.
    """

    axes: tuple[Factors, ...]
    starts: tuple[int, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(map(size_of, self.axes))

    def permuted(self, order: Sequence[int]) -> Composition:
        return self._replace(axes=tuple(self.axes[axis] for axis in order))

    def with_axis(self, axis: int, factors: Factors) -> Composition:
        axis %= len(self.axes)
        return self._replace(axes=(*self.axes[:axis], factors, *self.axes[axis + 1 :]))

    def reshaped(self, sizes: Sequence[int]) -> Composition | None:
        """The same elements under another shape; None if a size does not divide a factor."""
        waiting = [factor for axis in self.axes for factor in axis][::-1]
        axes = []
        for size in sizes:
            found: list[Factor] = []
            while size_of(found) < size and waiting:
                factor = waiting.pop()
                wanted, rest = divmod(size, size_of(found))
                if rest:
                    return None
                if factor.size > wanted:
                    inner = factor.size // wanted
                    if wanted * inner != factor.size:
                        return None
                    waiting.append(factor._replace(size=inner))
                    factor = Factor(factor.axis, factor.stride * inner, wanted)
                found.append(factor)
            if size_of(found) != size:
                return None
            axes.append(joined(found))
        return self._replace(axes=tuple(axes))

    def cut(self, axis: int, start: int, size: int) -> Composition | None:
        """Some positions of an axis; None if they are not whole steps of its slowest factor."""
        if not self.axes[axis]:
            return self if (start, size) == (0, 1) else None
        first, *others = self.axes[axis]
        inner = size_of(others)
        if start % inner or size % inner:
            return None
        steps, offset = size // inner, start // inner * first.stride
        starts = list(self.starts)
        starts[first.axis] += offset
        kept = [first._replace(size=steps), *others]
        return self.with_axis(axis, joined(kept))._replace(starts=tuple(starts))

    def without(self, axis: int) -> Composition:
        """Without an axis of size 1."""
        return self._replace(axes=(*self.axes[:axis], *self.axes[axis + 1 :]))


def size_of(factors: Sequence[Factor]) -> int:
    return prod(factor.size for factor in factors)


def joined(factors: Sequence[Factor]) -> Factors:
    """Without factors of size 1, and with one for two that are one after the other.

    >>> joined([Factor(0, 64, 12), Factor(0, 1, 64), Factor(1, 1, 1)])
    (Factor(axis=0, stride=1, size=768),)
    """
    found: list[Factor] = []
    for factor in factors:
        if factor.size == 1:
            continue
        if found and found[-1].axis == factor.axis:
            last = found[-1]
            if last.stride == factor.stride * factor.size:
                found[-1] = Factor(factor.axis, factor.stride, last.size * factor.size)
                continue
        found.append(factor)
    return tuple(found)


def whole(shape: Shape) -> Composition:
    """A value as it is."""
    axes = (joined([Factor(axis, 1, size)]) for axis, size in enumerate(shape))
    return Composition(tuple(axes), (0,) * len(shape))


class Move(NamedTuple):
    """A layer that moves elements: its kind, its argument, and the sizes after it."""

    kind: str
    argument: tuple[int, ...]
    sizes: tuple[int, ...]


def moves(sizes: Sequence[int], axes: Sequence[Factors]) -> Iterator[Move]:
    """A reshape, a permute and a reshape from a value to these axes, as far as they are needed.

    >>> axes = (Factor(0, 1, 2),), (Factor(1, 1, 5), Factor(0, 2, 3))
    >>> [(one.kind, one.argument) for one in moves((6, 5), axes)]
    [('reshape', (3, 2, 5)), ('permute', (1, 2, 0)), ('reshape', (2, 15))]
    """
    sizes = tuple(sizes)
    parts = [factor for axis in axes for factor in axis]
    ordered = sorted(parts, key=lambda factor: (factor.axis, -factor.stride))
    order = tuple(ordered.index(factor) for factor in parts)
    if order != tuple(range(len(order))):
        split = tuple(factor.size for factor in ordered)
        if split != sizes:
            yield Move("reshape", split, split)
        sizes = tuple(factor.size for factor in parts)
        yield Move("permute", order, sizes)
    wanted = tuple(map(size_of, axes))
    if wanted != sizes:
        yield Move("reshape", wanted, wanted)


RESHAPING = frozenset(("reshape", "tokens", "flatten"))
MOVING = RESHAPING | {"permute"}
"""The kinds of layers whose output has the elements of their input."""

REARRANGING = MOVING | {"select", "chunk"}
"""Also those whose output has some of them."""


def rearranged(layer: SketchLayer, part: int | None, found: Composition) -> Composition | None:
    """The composition of an output of a layer of REARRANGING, by that of its input.

    None if it is not a composition of factors.
    """
    if layer.kind in RESHAPING:
        return found.reshaped(layer.shape)
    if layer.kind == "permute":
        order: Any = layer.arguments["order"]
        return found.permuted(order)
    axis: Any = layer.arguments.get("axis", 0)
    axis %= len(found.axes)
    if layer.kind == "select":
        index: Any = layer.arguments["index"]
        if not isinstance(index, int):
            return None
        cut = found.cut(axis, index % found.sizes[axis], 1)
        return cut and cut.without(axis)
    sizes = [shape[axis] for shape in layer.parts]
    number = part or 0
    return found.cut(axis, sum(sizes[:number]), sizes[number])
