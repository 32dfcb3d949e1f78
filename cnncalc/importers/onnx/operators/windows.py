"""The windows of convolutions and poolings: kernels, strides and paddings of ONNX."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from ....named_tuple import NamedTuple
from ....shape import AxisWindow, same_padding
from ...errors import Unsupported
from ...program import TensorSizes
from .call import OperatorCall


class Windows(NamedTuple):
    """One number for each spatial axis."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    begin: tuple[int, ...]
    end: tuple[int, ...]

    def keywords(self) -> dict[str, Any]:
        """Stride and padding as PyTorch's functions have them, and the padding at the end."""
        found: dict[str, Any] = {"stride": self.stride, "padding": self.begin}
        if self.end != self.begin:
            found["padding_end"] = self.end
        return found


def windows_of(call: OperatorCall, kernel: Sequence[int] | None = None) -> Windows:
    """The windows of a node.

    Raises Unsupported if the numbers do not fit the axes.
    """
    given = tuple([call.integers(name) for name in ARGUMENTS])
    automatic = str(call.attribute("auto_pad", "NOTSET"))
    return windows_over(call.sizes()[2:], tuple(kernel or ()), given, automatic)


ARGUMENTS = ("kernel_shape", "strides", "dilations", "pads")


@cache
def windows_over(
    spatial: TensorSizes,
    kernel: tuple[int, ...],
    given: tuple[tuple[int, ...] | None, ...],
    automatic: str,
) -> Windows:
    """The windows over some axes, from ARGUMENTS; `automatic` is how they are padded."""
    axes = len(spatial)
    sizes = given[0] or kernel
    stride, dilation = given[1] or (1,) * axes, given[2] or (1,) * axes
    pads = given[3] or (0,) * (2 * axes)
    if not len(sizes) == len(stride) == len(dilation) == axes or len(pads) != 2 * axes:
        raise Unsupported("a window that does not fit the axes")
    if min((*sizes, *stride, *dilation), default=1) < 1:
        raise Unsupported("a window of no positions")
    begin, end = pads[:axes], pads[axes:]
    if automatic in ("SAME_UPPER", "SAME_LOWER"):
        columns = zip(spatial, sizes, stride, dilation, strict=True)
        pairs = [same_padding(*column) for column in columns]
        begin, end = tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)
        if automatic == "SAME_LOWER":
            begin, end = end, begin
    elif automatic == "VALID":
        begin = end = (0,) * axes
    return Windows(sizes, stride, dilation, begin, end)


@cache
def positions_of(windows: Windows, spatial: TensorSizes, ceil: bool = False) -> TensorSizes:
    """The numbers of positions.  Raises Unsupported if there is none."""
    columns = zip(
        *(spatial, windows.kernel, windows.stride, windows.begin, windows.end, windows.dilation),
        strict=True,
    )
    found = tuple(AxisWindow(*column).output_size(ceil) for column in columns)
    if min(found, default=1) < 1:
        raise Unsupported("a window that does not fit its input")
    return found
