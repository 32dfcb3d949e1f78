"""Reshapes and permutes that together are one layer which moves elements."""

from __future__ import annotations

from collections.abc import Iterator

from ..named_tuple import NamedTuple
from ..shape import Shape
from ..sketch import Sketch, SketchArgument, SketchLayer
from .compositions import MOVING, Composition, rearranged, whole
from .rewrite import Rewrite

MOST_STEPS = 8
"""Of layers one after the other that are compared."""


class Shuffle(NamedTuple):
    """A layer that moves elements, and which of its input its output has."""

    kind: str
    arguments: dict[str, SketchArgument]
    composition: Composition | None


def shuffles(sketch: Sketch) -> Sketch:
    """Layers that move elements, one after the other, are `channel_shuffle` and the like."""
    rewrite = Rewrite(sketch)
    for index, layer in enumerate(sketch.layers):
        for chain in chains(rewrite, index) if layer.kind == "reshape" else ():
            found = shuffle_of(rewrite, chain)
            if found is None:
                continue
            rewrite.removed |= set(chain[:-1])
            inputs = rewrite.layers[chain[0]].inputs
            rewrite.layers[index] = layer._replace(
                kind=found.kind, arguments=found.arguments, inputs=inputs
            )
            break
    return rewrite.result()


def chains(rewrite: Rewrite, last: int) -> list[list[int]]:
    """The layers that move elements up to one of them, each read by the next alone; the longest
    first.
    """
    chain = [last]
    found: list[list[int]] = []
    while len(chain) < MOST_STEPS:
        before = rewrite.layers[chain[0]].values[0].layer
        is_inner = before >= 0 and rewrite.is_read_once(before) and before not in rewrite.removed
        if not is_inner or rewrite.layers[before].kind not in MOVING:
            break
        chain = [before, *chain]
        found.insert(0, chain)
    return found


def shuffle_of(rewrite: Rewrite, chain: list[int]) -> Shuffle | None:
    """The one layer that moves elements as several do."""
    layers = [rewrite.layers[index] for index in chain]
    x, out = layers[0].values[0].shape, layers[-1].shape
    if len(x) != len(out) or len(x) not in (2, 3, 4):
        return None
    composition = composition_of(layers)
    if composition is None:
        return None
    candidates = shuffles_to(x, out, composition)
    return next((one for one in candidates if one.composition == composition), None)


def composition_of(layers: list[SketchLayer]) -> Composition | None:
    found: Composition | None = whole(layers[0].values[0].shape)
    for layer in layers:
        found = None if found is None else rearranged(layer, None, found)
    return found


def shuffles_to(x: Shape, out: Shape, composition: Composition) -> Iterator[Shuffle]:
    """The layers with the sizes of a result."""
    before, after = x[1], out[1]
    if x == out and len(composition.axes[0]) == 2:
        groups = composition.axes[0][-1].size
        yield Shuffle("channel_shuffle", {"groups": groups}, shuffled(x, groups))
    elif after > before and not after % before:
        factor = after // before
        yield Shuffle("pixel_shuffle", {"factor": factor}, to_positions(x, out, factor))
    elif before > after and not before % after:
        factor = before // after
        yield Shuffle("pixel_unshuffle", {"factor": factor}, to_channels(x, out, factor))


def shuffled(x: Shape, groups: int) -> Composition | None:
    """The channels of groups, interleaved."""
    apart = whole(x).reshaped((groups, x[0] // groups, *x[1:]))
    return apart and apart.permuted((1, 0, *range(2, len(x) + 1))).reshaped(x)


def to_positions(x: Shape, out: Shape, factor: int) -> Composition | None:
    """Channels as positions between the others."""
    axes = len(x) - 1
    apart = whole(x).reshaped((out[0], *(factor,) * axes, *x[1:]))
    pairs = [place for axis in range(axes) for place in (1 + axes + axis, 1 + axis)]
    return apart and apart.permuted((0, *pairs)).reshaped(out)


def to_channels(x: Shape, out: Shape, factor: int) -> Composition | None:
    """The positions of blocks as channels."""
    axes = range(len(x) - 1)
    apart = whole(x).reshaped((x[0], *(size for full in out[1:] for size in (full, factor))))
    order = (0, *(2 + 2 * axis for axis in axes), *(1 + 2 * axis for axis in axes))
    return apart and apart.permuted(order).reshaped(out)
