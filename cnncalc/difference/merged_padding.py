"""Windows that have the zeros which a `pad` puts around their input as padding of their own."""

from __future__ import annotations

from collections.abc import Mapping

from ..importers.rewrites import NOT_NEGATIVE, WINDOWED
from ..layers.layer import Layer
from ..layers.pooling import AvgPool, MaxPool
from ..layers.resize import Pad, Unfold
from ..layers.window import Windowed
from ..network import Node
from .moved_values import MovedValue, axis_of

PADDED = WINDOWED | {"unfold", "pad"}
"""The kinds of layers whose padding is zeros, or may as well be."""

Amounts = Mapping[int, tuple[int, int]]
"""The positions before and after each padded axis."""


def amounts_of(pad: Node, moved: MovedValue) -> Amounts | None:
    """What a `pad` adds to the axes of its output that is moved; None if these are parts of it."""
    layer: Pad = pad.layer  # type: ignore[assignment]
    padded = {axis: pair for axis, pair in layer.amounts(*pad.input_shapes).items() if any(pair)}
    found = {place: padded[axis] for place, axis in moved.own.items() if axis in padded}
    return found if len(found) == len(padded) else None


def before_pad(pad: Node, moved: MovedValue) -> MovedValue:
    """The value before a `pad`, with the axes that its output has."""
    [x] = pad.input_shapes
    axes = [
        axis_of(moved.own[place], x[moved.own[place]]) if place in moved.own else axis
        for place, axis in enumerate(moved.axes)
    ]
    return moved._replace(value=pad.inputs[0], axes=tuple(axes))


def with_padding(window: Layer, x: MovedValue, amounts: Amounts, source: str) -> Layer | None:
    """A window that reads a value with the padding of a `pad`, which reads a layer of a kind.

    None if it has no such padding.
    """
    if min(map(min, amounts.values()), default=0) < 0:
        return None
    if isinstance(window, Pad):
        return with_sums(window, x, amounts)
    pairs = [amounts.get(axis, (0, 0)) for axis in range(len(x.shape))]
    if any(pairs[0]) or not pads_zeros(window, source):
        return None
    return with_more(window, pairs[1:])


def pads_zeros(window: Layer, source: str) -> bool:
    """Whether zeros around the input of a window are the same as its padding.

    A maximum ignores its padding, which is the same where no element is negative.
    """
    if isinstance(window, MaxPool):
        return source in NOT_NEGATIVE
    if isinstance(window, AvgPool):
        has_padding = any((*window.padding, *window.padding_end))
        return not window.ceil and (window.count_include_pad or not has_padding)
    return True


def with_sums(pad: Pad, x: MovedValue, amounts: Amounts) -> Layer | None:
    """A `pad` that adds what two of them add; None if it cuts something off."""
    own = pad.amounts(x.shape)
    if min(map(min, own.values()), default=0) < 0:
        return None
    sums = {
        axis: (begin + own.get(axis, (0, 0))[0], end + own.get(axis, (0, 0))[1])
        for axis, (begin, end) in amounts.items()
    }
    return pad.with_amounts({**own, **sums}, x.shape)


def with_more(window: Layer, pairs: list[tuple[int, int]]) -> Layer | None:
    """A window with more padding, (before, after) for each axis; None if it has no such padding."""
    if isinstance(window, Windowed):
        before = zip(window.padding, [begin for begin, _ in pairs], strict=True)
        after = zip(window.padding_end, [end for _, end in pairs], strict=True)
        padding, padding_end = tuple(map(sum, before)), tuple(map(sum, after))
        layer = window.with_arguments(padding=padding, padding_end=padding_end)
        return layer.with_arguments(count_include_pad=True) if layer.kind == "avgpool" else layer
    if isinstance(window, Unfold) and all(begin == end for begin, end in pairs):
        both = zip(window.padding, [begin for begin, _ in pairs], strict=True)
        return window.with_arguments(padding=tuple(map(sum, both)))
    return None
