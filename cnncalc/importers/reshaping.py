"""A tensor with other sizes: which axes hold the same elements, and what that takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import prod

from ..named_tuple import NamedTuple
from ..sketch import SketchValue
from .axes import BATCH, AxisMap, TensorView, in_order, reshaped
from .builder import SketchBuilder
from .errors import Unsupported
from .program import TensorSizes

# Which axes hold the same elements


class AxisGroup(NamedTuple):
    """Consecutive axes before and after a reshape that hold the same elements."""

    before: tuple[int, ...]
    after: tuple[int, ...]


def axis_groups(before: TensorSizes, after: TensorSizes) -> list[AxisGroup]:
    """The smallest groups of axes with equal products, in order.

    >>> [tuple(group) for group in axis_groups((7, 12, 8, 8), (7, 3, 4, 64))]
    [((0,), (0,)), ((1,), (1, 2)), ((2, 3), (3,))]
    """
    groups = []
    i = j = 0
    while i < len(before) or j < len(after):
        start, end = i, j
        left = before[i] if i < len(before) else 1
        right = after[j] if j < len(after) else 1
        i, j = min(i + 1, len(before)), min(j + 1, len(after))
        while left != right:
            if left < right:
                left, i = left * before[i], i + 1
            else:
                right, j = right * after[j], j + 1
        i = after_ones(before, i, after, j)
        j = after_ones(after, j, before, i)
        groups.append(AxisGroup(tuple(range(start, i)), tuple(range(end, j))))
    return groups


def after_ones(sizes: TensorSizes, axis: int, others: TensorSizes, other: int) -> int:
    """The next axis that has more than one position, unless both sides have an axis of size 1."""
    while axis < len(sizes) and sizes[axis] == 1 and (other >= len(others) or others[other] != 1):
        axis += 1
    return axis


class Split(NamedTuple):
    """Axes of a value that a reshape replaces by others: axes of the result, with their sizes."""

    own: tuple[int, ...]
    targets: tuple[tuple[int, int], ...]


def split_or_joined(
    view: TensorView, group: AxisGroup, after: TensorSizes, batch: int
) -> tuple[dict[int, list[int]], Split | None]:
    """What the axes after a reshape are made of, in one group; a Split if that needs new axes.

    Raises Unsupported if the batch is split, or follows an axis that is split.
    """
    sizes = {BATCH: batch} | dict(enumerate(view.shape))
    sources = [axis for entry in group.before for axis in view.axes[entry]]
    sources = [axis for axis in sources if sizes[axis] != 1 or axis == BATCH]
    found: dict[int, list[int]] = {axis: [] for axis in group.after}
    is_alone = BATCH in sources and batch == 1
    before = sources[: sources.index(BATCH)] if is_alone else []
    if is_alone:
        sources.remove(BATCH)
        single = place_of_single(prod(sizes[axis] for axis in before), group.after, after)
        if not before:
            found[single].append(BATCH)
    targets = [(axis, after[axis]) for axis in group.after if after[axis] != 1]
    runs = consecutive_runs([sizes[axis] for axis in sources], [size for _, size in targets])
    if runs is not None:
        remaining = iter(sources)
        for (axis, _), count in zip(targets, runs, strict=True):
            found[axis] += [next(remaining) for _ in range(count)]
        if before:
            found[single].append(BATCH)
        return found, None
    if BATCH in sources:
        axis, size = targets[0]
        if sources[0] != BATCH or size % batch:
            raise Unsupported("the batch is split")
        found[axis].append(BATCH)
        targets[0] = axis, size // batch
    if before:
        found[single].append(BATCH)
    own = tuple(axis for axis in sources if axis != BATCH)
    return found, Split(own, tuple(target for target in targets if target[1] != 1))


def place_of_single(before: int, axes: Sequence[int], sizes: TensorSizes) -> int:
    """The axis after a reshape that a batch of 1 is in, given the product of the sizes before it.

    An axis of size 1 at that place, else the axis that ends there, else the first one.
    """
    product, ending = 1, axes[0]
    for axis in axes:
        if sizes[axis] == 1 and product == before:
            return axis
        product *= sizes[axis]
        if product == before:
            ending = axis
    return ending


def with_single_batch(tensor: TensorView, groups: list[AxisGroup]) -> list[AxisGroup]:
    """The groups, with a batch of 1 in the one that it was meant for.

    Where it is after other axes that stay as they are, and the next axis is split, it is part of
    that: (positions, batch, channels) becomes (positions, batch * heads, width).
    """
    found = list(groups)
    for index, (group, following) in enumerate(pairwise(groups)):
        *others, last = group.before or (0,)
        is_free = len(group.before) == 2 and tensor.axes[last] == (BATCH,)
        is_split = len(following.after) > len(following.before)
        if is_free and is_split and len(group.after) == 1 and not tensor.is_batch(others[0]):
            found[index] = AxisGroup(tuple(others), group.after)
            found[index + 1] = AxisGroup((last, *following.before), following.after)
    return found


def consecutive_runs(sizes: Sequence[int], products: Sequence[int]) -> list[int] | None:
    """How many of the sizes, in order, have each of the products; None if it does not work out.

    >>> consecutive_runs([8, 7, 3], [56, 3]), consecutive_runs([12], [3, 4])
    ([2, 1], None)
    """
    counts = []
    position = 0
    for product in products:
        start, found = position, 1
        while found < product and position < len(sizes):
            found *= sizes[position]
            position += 1
        if found != product:
            return None
        counts.append(position - start)
    return counts if position == len(sizes) else None


# Reshapes


def reshaped_view(
    builder: SketchBuilder,
    tensor: TensorView,
    before: TensorSizes,
    after: TensorSizes,
    batch: int,
    wanted: int | None = 0,
) -> TensorView:
    """A tensor with other sizes; those of the batch are `batch`.

    Axes that only move together or apart again are not a layer, except for those of the channels.
    `wanted` is the axis that a reader of the result takes as the channels, None if none does.
    """
    axes: list[list[int]] = [[] for _ in after]
    splits = []
    groups = axis_groups(before, after)
    if batch == 1:
        groups = with_single_batch(tensor, groups)
    for group in groups:
        found, split = split_or_joined(tensor, group, after, batch)
        for axis, entry in found.items():
            axes[axis] = entry
        if split is not None:
            splits.append(split)
    result = split_axes(builder, tensor.value, axes, splits)
    return with_joined_channels(builder, result, wanted)


def split_axes(
    builder: SketchBuilder,
    value: SketchValue,
    axes: Sequence[Sequence[int]],
    splits: Sequence[Split],
) -> TensorView:
    """The tensor after its splits, which are one `reshape` of the value.

    The axes of a split are made consecutive by a `permute` first, if they are not.
    """
    if not splits:
        return TensorView(value, tuple(map(tuple, axes)))
    order = consecutive_order(len(value.shape), splits)
    if order != sorted(order):
        value = builder.add("permute", {"order": tuple(order)}, [value])
    starts = {split.own[0]: split for split in splits if split.own}
    replaced = {axis for split in splits for axis in split.own}
    sizes: list[int] = []
    numbers: dict[int, int] = {BATCH: BATCH}
    added: dict[int, list[int]] = {}
    for place, axis in enumerate(order):
        if axis in starts:
            for target, size in starts[axis].targets:
                added.setdefault(target, []).append(len(sizes))
                sizes.append(size)
        if axis not in replaced:
            numbers[axis] = len(sizes)
            sizes.append(value.shape[place])
    entries = (
        (*(numbers[axis] for axis in entry), *added.get(target, ()))
        for target, entry in enumerate(axes)
    )
    sizes, joined = with_joined_neighbors(sizes, list(entries))
    return TensorView(reshaped(builder, value, sizes), joined)


def with_joined_neighbors(
    sizes: Sequence[int], entries: Sequence[tuple[int, ...]]
) -> tuple[list[int], AxisMap]:
    """The sizes of a value and its axes in those of a tensor, with neighbors in one as one axis.

    A reshape that is a layer anyway is the whole one that the program has.

    >>> with_joined_neighbors([4, 21, 38, 38], [(BATCH,), (0,), (1,), (2, 3)])
    ([4, 21, 1444], ((-1,), (0,), (1,), (2,)))
    """
    follows = {
        after
        for entry in entries
        for axis, after in pairwise(entry)
        if BATCH not in entry and after == axis + 1
    }
    places: dict[int, int] = {BATCH: BATCH}
    found: list[int] = []
    for axis, size in enumerate(sizes):
        if axis in follows:
            found[-1] *= size
        else:
            found.append(size)
        places[axis] = len(found) - 1
    return found, tuple(tuple(dict.fromkeys(places[axis] for axis in entry)) for entry in entries)


def consecutive_order(rank: int, splits: Iterable[Split]) -> list[int]:
    """The axes in order, but those of a split together, where the first of them is."""
    together = {min(split.own): split.own for split in splits if split.own}
    inside = {axis for own in together.values() for axis in own}
    order: list[int] = []
    for axis in range(rank):
        if axis in together:
            order += together[axis]
        elif axis not in inside:
            order.append(axis)
    return order


def with_joined_channels(
    builder: SketchBuilder, tensor: TensorView, wanted: int | None
) -> TensorView:
    """The tensor, in which the channels are not one of several axes in one.

    Joined positions may come apart again, as windows of attention do; joined channels are read as
    one axis next.  If no reader takes an axis as the channels, all are in the order of the tensor.
    """
    joined = [axis for axis, entry in enumerate(tensor.axes) if 0 in entry and len(entry) > 1]
    if not joined or BATCH in tensor.axes[joined[0]]:
        return tensor
    own = [axis for axis, entry in enumerate(tensor.axes) if entry and not tensor.is_batch(axis)]
    others = [axis for axis in own if axis != joined[0]]
    if any(len(tensor.axes[axis]) > 1 for axis in others):
        return tensor
    return in_order(builder, tensor, own if wanted is None else [joined[0], *others])
