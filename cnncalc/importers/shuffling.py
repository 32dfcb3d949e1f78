"""Reshapes and permutes that together are one layer which moves elements."""

from __future__ import annotations

from collections.abc import Callable

from ..named_tuple import NamedTuple
from ..shape import Shape
from ..sketch import Sketch, SketchArgument, SketchLayer
from .compositions import MOVING, Composition, Factors, rearranged, whole
from .rewrite import Rewrite

MOST_STEPS = 8
"""Of layers one after the other that are compared."""


class Shuffle(NamedTuple):
    """A layer that moves elements, with its argument."""

    kind: str
    number: int

    @property
    def arguments(self) -> dict[str, SketchArgument]:
        return {"groups" if self.kind == "channel_shuffle" else "factor": self.number}


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
    return None if composition is None else shuffle_between(x, out, composition.axes)


def composition_of(layers: list[SketchLayer]) -> Composition | None:
    found: Composition | None = whole(layers[0].values[0].shape)
    for layer in layers:
        found = None if found is None else rearranged(layer, None, found)
    return found


# Compositions


def shuffle_between(x: Shape, out: Shape, axes: tuple[Factors, ...]) -> Shuffle | None:
    """The one layer between two shapes whose output has these axes of its input."""
    shuffle = shuffle_of_sizes(x, out, axes)
    after = None if shuffle is None else shuffled(whole(x), *shuffle)
    return shuffle if after is not None and after.axes == axes else None


def shuffle_of_sizes(x: Shape, out: Shape, axes: tuple[Factors, ...]) -> Shuffle | None:
    """The layer with the sizes of a result."""
    if len(x) != len(out):
        return None
    if x == out:
        return Shuffle("channel_shuffle", axes[0][-1].size) if len(axes[0]) == 2 else None
    before, after = (x[1], out[1]) if 1 < len(x) < 5 else (1, 1)
    if after > before:
        return None if after % before else Shuffle("pixel_shuffle", after // before)
    if after == before or before % after:
        return None
    return Shuffle("pixel_unshuffle", before // after)


def shuffled(found: Composition, kind: str, number: int) -> Composition | None:
    """The composition after such a layer; None if it takes factors apart that do not divide."""
    return SHUFFLES[kind](found, number)


def interleaved(found: Composition, groups: int) -> Composition | None:
    """The channels of groups, interleaved."""
    x = found.sizes
    apart = found.reshaped((groups, x[0] // groups, *x[1:]))
    return apart and apart.permuted((1, 0, *range(2, len(x) + 1))).reshaped(x)


def to_positions(found: Composition, factor: int) -> Composition | None:
    """Channels as positions between the others."""
    channels, *sizes = found.sizes
    axes = len(sizes)
    out = (channels // factor**axes, *(factor * size for size in sizes))
    apart = found.reshaped((out[0], *(factor,) * axes, *sizes))
    pairs = [place for axis in range(axes) for place in (1 + axes + axis, 1 + axis)]
    return apart and apart.permuted((0, *pairs)).reshaped(out)


def to_channels(found: Composition, factor: int) -> Composition | None:
    """The positions of blocks as channels."""
    channels, *sizes = found.sizes
    axes = range(len(sizes))
    parts = [part for size in sizes for part in (size // factor, factor)]
    out = (channels * factor ** len(sizes), *parts[::2])
    apart = found.reshaped((channels, *parts))
    order = (0, *(2 + 2 * axis for axis in axes), *(1 + 2 * axis for axis in axes))
    return apart and apart.permuted(order).reshaped(out)


SHUFFLES: dict[str, Callable[[Composition, int], Composition | None]] = {
    "channel_shuffle": interleaved,
    "pixel_shuffle": to_positions,
    "pixel_unshuffle": to_channels,
}
"""What the layers that move elements do, by kind, from their argument."""
