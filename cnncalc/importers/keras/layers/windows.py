"""Layers with a window: their input as an image, and the arguments of the window."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ....sketch import SketchArgument
from ...axes import TensorView, in_order
from ...errors import Unsupported
from ...rewrites import compact
from ..context import LayerCall

LAST = "channels_last"
FIRST = "channels_first"


class Image:
    """The input of a layer, with the channels first.

    In a TimeDistributed layer the time is the first spatial axis of the value, and every window
    has the size 1 on it: `lead` is the number of such axes.
    """

    def __init__(self, call: LayerCall, view: TensorView, axes: int) -> None:
        rank = view.rank
        if rank != axes + 2:
            raise Unsupported(f"a tensor of {rank} axes, where it takes {axes + 2}")
        is_first = call.config.text("data_format", LAST) == FIRST
        self.channels = 1 if is_first else rank - 1
        self.spatial = [axis for axis in range(1, rank) if axis != self.channels]
        self.lead = 1 if view.own_axes(0) else 0
        order = [self.channels, *[0] * self.lead, *self.spatial]
        self.view = in_order(call.builder, view, order)
        self.axes = axes

    def wide(self, sizes: Sequence[int], filler: int = 1) -> SketchArgument:
        """One number for each axis of the value, from one for each axis of the window."""
        return compact((*(filler,) * self.lead, *sizes))

    @property
    def value_axes(self) -> list[int]:
        """The spatial axes of the value that the window moves along."""
        return list(range(1 + self.lead, 1 + self.lead + self.axes))


def image(call: LayerCall) -> Image:
    """The input of a layer whose class says the number of spatial axes: Conv2D."""
    return Image(call, call.view, axes_in(call.layer.kind))


def axes_in(kind: str) -> int:
    """The number of spatial axes in the name of a class.

    >>> axes_in("Conv2DTranspose"), axes_in("CenterCrop")
    (2, 2)
    """
    found = re.search(r"[123](?=D)", kind)
    return int(found[0]) if found else 2


def padding(call: LayerCall, kernel: Sequence[int]) -> SketchArgument:
    """`same` and `causal` are as in the catalogue; `valid` is none, and so is any of 1 position."""
    given = call.config.text("padding", "valid").lower()
    if given not in ("valid", "same", "causal"):
        raise call.config.wrong("padding", "one of valid, same and causal")
    return None if given == "valid" or set(kernel) == {1} else given
