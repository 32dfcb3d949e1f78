"""Which heads and positions the operands of attention have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...named_tuple import NamedTuple
from ...sketch import SketchValue
from ..builder import LayerArguments
from ..compositions import (
    MOVING,
    REARRANGING,
    Composition,
    Factor,
    Factors,
    rearranged,
    size_of,
    whole,
)
from ..rewrite import Rewrite
from ..rewrites import compact
from .core import MOST_STEPS, AttentionCore, ProjectedOperand, Steps


class AttendedValue(NamedTuple):
    """A value whose positions attend, or are attended to; its channels are axis 0.

    `read` is what the projections read of it.  In compositions, the channels that these make are
    an axis of their own after those of the value.
    """

    value: SketchValue
    read: Composition

    @property
    def projected_axis(self) -> int:
        return len(self.value.shape)

    def projection(self, axis: int, size: int) -> Composition:
        """The output of a projection along an axis of what is read."""
        found = self.read.with_axis(axis, self.channels(size))
        return found._replace(starts=(0,) * (self.projected_axis + 1))

    def channels(self, size: int) -> Factors:
        """So many channels of a projection."""
        return (Factor(self.projected_axis, 1, size),) if size > 1 else ()


class HeadLayout(NamedTuple):
    """The axes of an operand of the products.

    `outer` are the positions in the axes before the matrices, which are multiplied one by one, and
    `heads` the sizes of the heads in each of these axes.  `rows` are the positions in the
    matrices, and `depth` is the number of channels of a head.  `used` are the channels of the
    projection that are in the operand.
    """

    axes: tuple[Factors, ...]
    outer: tuple[Factors, ...]
    heads: tuple[tuple[int, ...], ...]
    rows: Factors
    depth: int
    used: tuple[int, ...]


def attended_values(
    rewrite: Rewrite, core: AttentionCore
) -> Iterator[tuple[AttendedValue, AttendedValue]]:
    """What the queries are made of, and what the keys and values are.

    Reshapes before the projections, into windows for example, may belong to the attention: first
    with all of them.
    """
    query, key, value = (rewrite.layers[op.projection].values[0] for op in core.operands)
    if key.key != value.key:
        return
    if query.key != key.key:
        yield AttendedValue(query, whole(query.shape)), AttendedValue(key, whole(key.shape))
        return
    steps: list[tuple[int, int | None]] = []
    found: list[tuple[SketchValue, Steps]] = [(query, ())]
    while len(steps) < MOST_STEPS and is_moved(rewrite, query):
        steps.append(query.key)
        query = rewrite.layers[query.layer].values[0]
        found.append((query, tuple(steps[::-1])))
    for start, between in reversed(found):
        read = after_steps(rewrite, whole(start.shape), between)
        if read is not None:
            yield AttendedValue(start, read), AttendedValue(start, read)


def is_moved(rewrite: Rewrite, value: SketchValue) -> bool:
    return value.layer >= 0 and rewrite.layers[value.layer].kind in MOVING


def after_steps(rewrite: Rewrite, found: Composition | None, steps: Steps) -> Composition | None:
    """The composition after layers that rearrange; others multiply by a number."""
    for index, part in steps:
        layer = rewrite.layers[index]
        if found is not None and layer.kind in REARRANGING:
            found = rearranged(layer, part, found)
    return found


def layout_of(
    rewrite: Rewrite, operand: ProjectedOperand, source: AttendedValue, is_transposed: bool = False
) -> HeadLayout | None:
    """The axes of an operand, whose channels are the last axis; of keys the one before it."""
    layer = rewrite.layers[operand.projection]
    axis: Any = layer.arguments.get("axis") or 0
    if source.read.axes[axis] != whole(source.value.shape).axes[0]:
        return None
    projected = source.projection(axis, layer.shape[axis])
    found = after_steps(rewrite, projected, operand.steps)
    if found is None or len(found.axes) < 2 or any(found.starts[:-1]):
        return None
    *outer, rows, depth = found.axes
    if is_transposed:
        rows, depth = depth, rows
    if projected_factors(rows, source) or len(projected_factors(depth, source)) != len(depth):
        return None
    used = [found.starts[-1]]
    parts = [projected_factors(entry, source) for entry in outer]
    for factor in (*(factor for part in parts for factor in part), *depth):
        used = [start + factor.stride * step for start in used for step in range(factor.size)]
    positions = (tuple(f for f in entry if f.axis != source.projected_axis) for entry in outer)
    heads = (tuple(factor.size for factor in part) for part in parts)
    return HeadLayout(
        tuple(outer), tuple(positions), tuple(heads), rows, size_of(depth), tuple(used)
    )


def projected_factors(factors: Factors, source: AttendedValue) -> Factors:
    return tuple(factor for factor in factors if factor.axis == source.projected_axis)


def head_count(layouts: Iterable[HeadLayout]) -> int | None:
    """The number of heads of operands that have them in the same places; None if they do not."""
    found = {layout.heads for layout in layouts}
    sizes = [size for part in next(iter(found)) for size in part]
    if len(found) > 1 or len(sizes) > 1:
        return None
    return sizes[0] if sizes else 1


def attended_positions(
    query: HeadLayout, key: HeadLayout, value: HeadLayout, source: AttendedValue, is_self: bool
) -> LayerArguments | None:
    """The arguments for what a position attends to: all, those along some axes, or of a window.

    None if it is none of these.
    """
    if key.rows != value.rows or not query.outer == key.outer == value.outer:
        return None
    outer = sorted(factor for entry in query.outer for factor in entry)
    if not is_self:
        return None if outer else {}
    if query.rows != key.rows:
        return None
    if not outer:
        return {}
    axes = range(1, len(source.value.shape))
    full = whole(source.value.shape).axes
    rows = sorted(query.rows)
    attended = tuple(axis for axis in axes if set(full[axis]) & set(rows))
    if [factor for axis in attended for factor in full[axis]] == rows:
        return {"axes": attended}
    sizes = tuple(size_of([f for f in rows if f.axis == axis]) for axis in axes)
    window = [Factor(axis, 1, size) for axis, size in zip(axes, sizes, strict=True) if size > 1]
    is_window = window == rows and all(f.stride == sizes[f.axis - 1] for f in outer)
    return {"window": compact(sizes)} if is_window else None
