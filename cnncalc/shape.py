"""Shapes and window arithmetic: pure integers, one axis at a time.  Lengths are in pixels (or steps of a series)."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

AXIS_NAMES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class Shape(tuple[int, ...]):
    """The sizes of one value for one sample, channels first: (C, *space).

    >>> Shape((3, 224, 224)).channels, Shape((3, 224, 224)).space
    (3, (224, 224))
    >>> str(Shape((3, 224, 224)))
    '3x224x224'
    """

    __slots__ = ()

    @property
    def channels(self) -> int:
        return self[0]

    @property
    def spatial(self) -> tuple[int, ...]:
        return self[1:]

    @property
    def positions(self) -> int:
        """How many places the space has: H x W of an image, 1 of a vector."""
        return prod(self[1:])

    @property
    def elements(self) -> int:
        return prod(self)

    def with_spatial(self, space: Iterable[int]) -> Shape:
        return Shape((self[0], *space))

    def with_channels(self, channels: int) -> Shape:
        return Shape((channels, *self[1:]))

    def with_axis(self, axis: int, size: int) -> Shape:
        return Shape((*self[:axis], size, *self[axis + 1 :]))

    def __str__(self) -> str:
        return "x".join(map(str, self))


def effective_kernel(kernel: int, dilation: int = 1) -> int:
    """The length from the first to the last pixel under a window.

    dilation * (kernel - 1) + 1.  Source: Dumoulin and Visin, arXiv:1603.07285, section 5.1.
    >>> effective_kernel(3, dilation=2)
    5
    """
    return dilation * (kernel - 1) + 1


def output_size(
    size: int, kernel: int, stride: int = 1, before: int = 0, after: int = 0, dilation: int = 1
) -> int:
    """Count the places where a window fits along one axis; less than 1 where it fits nowhere.

    floor((size + before + after - effective_kernel) / stride) + 1 with effective_kernel = dilation * (kernel - 1) + 1.
    Source: Dumoulin and Visin, arXiv:1603.07285, relationship 15.
    >>> output_size(224, kernel=7, stride=2, before=3, after=3)   # the stem of ResNet
    112
    >>> output_size(224, kernel=11, stride=4)   # AlexNet's first layer on the 224 pixels that its paper states
    54
    """
    return (size + before + after - effective_kernel(kernel, dilation)) // stride + 1


def output_size_ceil(
    size: int, kernel: int, stride: int = 1, before: int = 0, after: int = 0, dilation: int = 1
) -> int:
    """Count the places of a pooling window that may hang over the end, as PyTorch's ceil_mode does.

    ceil((size + before + after - effective_kernel) / stride) + 1, less one where the last window would start in the padding
    behind the input.  Source: the documentation of torch.nn.MaxPool2d, ceil_mode.
    >>> output_size_ceil(112, kernel=3, stride=2)   # GoogLeNet's first pooling
    56
    """
    count = -((effective_kernel(kernel, dilation) - size - before - after) // stride) + 1
    return count - 1 if (count - 1) * stride >= size + before else count


def unread(size: int, kernel: int, stride: int, before: int, after: int, dilation: int) -> int:
    """Count the pixels at the end of an axis that no window reaches though the ones between windows are reached.

    Padding at the end that is not reached costs nothing, and a stride over the kernel skips pixels everywhere by
    intent: only what goes beyond both is left over.
    >>> left_over(224, kernel=11, stride=4, before=0, after=0, dilation=1)
    1
    >>> left_over(224, kernel=7, stride=2, before=3, after=3, dilation=1)
    0
    """
    span = effective_kernel(kernel, dilation)
    rest = (size + before + after - span) % stride
    return max(0, rest - after - max(0, stride - span))


def same_padding(size: int, kernel: int, stride: int = 1, dilation: int = 1) -> tuple[int, int]:
    """The padding (before, after) that gives ceil(size / stride) places; an odd pixel goes to the end.

    Source: TensorFlow's definition of SAME padding (tf.nn, "Notes on padding").
    >>> same_padding(224, kernel=3, stride=2)
    (0, 1)
    """
    total = max(0, (-(-size // stride) - 1) * stride + effective_kernel(kernel, dilation) - size)
    return total // 2, total - total // 2


def transposed_size(
    size: int, kernel: int, stride: int, padding: int, output_padding: int, dilation: int
) -> int:
    """The length that a transposed convolution puts out along one axis.

    (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1.
    Source: Dumoulin and Visin, arXiv:1603.07285, relationship 14; torch.nn.ConvTranspose2d.
    >>> transposed_size(4, kernel=4, stride=2, padding=1, output_padding=0, dilation=1)   # DCGAN's generator
    8
    """
    return (size - 1) * stride - 2 * padding + effective_kernel(kernel, dilation) + output_padding


def parse_shape(text: str) -> Shape | None:
    """Read `3x224x224`; None for any other text.

    >>> parse_shape("3x224x224")
    (3, 224, 224)
    """
    parts = text.split("x")
    if not all(part.isascii() and part.isdigit() and len(part) <= 16 for part in parts):
        return None
    return Shape(int(part) for part in parts)
