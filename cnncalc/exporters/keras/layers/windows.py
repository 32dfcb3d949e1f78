"""How windows are padded: by a word of Keras, or by a layer of zeros before."""

from __future__ import annotations

from typing import Any

from ....layers.layer import Layer
from ....shape import Shape, same_padding
from ...python.arguments import ModuleArgument, compact
from .form import CallForm, NoKerasForm

NONE, SAME, CAUSAL, PAD, CHOICE = "none", "same", "causal", "pad", "choice"
MODES = (NONE, SAME, CAUSAL, PAD)
"""The ways to pad, the simplest first."""
WINDOWED = ("conv", "depthwise", "maxpool", "avgpool")
"""The layers that are padded."""


def modes_of(layer: Any, x: Shape, word: str = "") -> list[str]:
    """The ways to pad a layer so that its numbers are those of the file, the simplest first.

    `word` is what the file states.  A stride depends on the size of the input, so that `same` is
    that of Keras only if the file says so; a pooling may have it if the numbers are the same.
    """
    ends = ends_of(layer, x)
    found = [PAD]
    is_usual = word == "same" or is_free_of_size(layer) or set(layer.kernel) == {1}
    if ends == same_ends(layer, x) and is_usual and not counts_padding(layer):
        found.insert(0, SAME)
    if not any(map(any, ends)):
        found.insert(0, NONE)
    if word == "causal" and layer.kind == "conv" and len(x.spatial) == 1:
        found.insert(0, CAUSAL)
    return found


def is_free_of_size(layer: Any) -> bool:
    return set(layer.stride) == {1} or layer.category != "conv"


def counts_padding(layer: Any) -> bool:
    """Whether zeros are part of the means of a pooling, which they are not with `same`."""
    return layer.kind == "avgpool" and layer.count_include_pad and any(layer.padding)


def ends_of(layer: Any, x: Shape) -> tuple[tuple[int, int], ...]:
    """The padding before and after each axis, with what a rounded-up size adds."""
    found = []
    for axis, window in enumerate(layer.axis_windows(x)):
        last = (window.output_size(layer.ceil) - 1) * window.stride + window.effective_kernel
        extra = max(0, last - window.padded_size) if layer.ceil else 0
        found.append((layer.padding[axis], layer.padding_end[axis] + extra))
    return tuple(found)


def same_ends(layer: Any, x: Shape) -> tuple[tuple[int, int], ...]:
    """What `same` pads in Keras."""
    dilation = layer.dilation or (1,) * len(x.spatial)
    axes = zip(x.spatial, layer.kernel, layer.stride, dilation, strict=True)
    return tuple(same_padding(*axis) for axis in axes)


def word_argument(mode: str) -> tuple[ModuleArgument, ...]:
    """The argument `padding` of a layer; by default it has none."""
    return (ModuleArgument("padding", mode),) if mode in (SAME, CAUSAL) else ()


def zeros_before(layer: Layer, x: Shape, mode: str) -> tuple[CallForm, ...]:
    """A layer of zeros before a window, if it is padded that way."""
    if mode not in (PAD, CHOICE):
        return ()
    ends = ends_of(layer, x)
    rank = len(x.spatial)
    if not 1 <= rank <= 3:
        raise NoKerasForm(f"Keras pads one to three spatial axes, not {rank}")
    if all(before == after for before, after in ends):
        amounts = compact(tuple([before for before, _ in ends]))
        source = "padding"
    else:
        amounts, source = ends if rank > 1 else ends[0], ""
    return (CallForm(f"layers.ZeroPadding{rank}D", (ModuleArgument("", amounts, source),), "pad"),)
