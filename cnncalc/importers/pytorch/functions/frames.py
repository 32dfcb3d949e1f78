"""Windows on frames that are in the batch: they have one more axis, along which their size is 1."""

from __future__ import annotations

from ...axes import BATCH, AxisMap, TensorView, in_order
from ...errors import Unsupported
from ..context import LoweringContext

NEUTRAL = {"kernel": 1, "stride": 1, "padding": 0, "padding_end": 0, "dilation": 1}
"""The window along the axis of frames."""


def with_frames(low: LoweringContext, view: TensorView) -> TensorView:
    """A value with the axes that are in the batch as its first spatial axis."""
    if view.axes[0][0] != BATCH:
        raise Unsupported("the batch after other axes in one")
    return in_order(low.builder, view, [1, 0, *range(2, view.rank)])


def frame_axes(axes: int) -> AxisMap:
    """The axes of the result of a convolution of frames."""
    return ((BATCH, 1), (0,), *((axis + 2,) for axis in range(axes)))
