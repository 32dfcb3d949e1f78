"""Shapes, and the arithmetic of windows: pure functions of integers, one axis at a time.

All sizes are counts of positions: pixels of an image, steps of a series.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from math import prod

from .named_tuple import NamedTuple

AXIS_NAMES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
"""The names of the spatial axes, by their number."""

MAX_DIGITS = 16  # of one size of a shape that is written as text


class Shape(tuple[int, ...]):
    """The sizes of one value for one sample, channels first: (C, *S).

    >>> Shape((3, 224, 224)).channels, Shape((3, 224, 224)).spatial
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
        """The sizes of the spatial axes; empty for a vector."""
        return self[1:]

    @property
    def positions(self) -> int:
        """The number of spatial positions: H x W of an image, 1 of a vector."""
        return prod(self[1:])

    @property
    def elements(self) -> int:
        return prod(self)

    def with_spatial(self, sizes: Iterable[int]) -> Shape:
        return Shape((self[0], *sizes))

    def with_channels(self, channels: int) -> Shape:
        return Shape((channels, *self[1:]))

    def with_axis(self, axis: int, size: int) -> Shape:
        return Shape((*self[:axis], size, *self[axis + 1 :]))

    def __str__(self) -> str:
        return "x".join(map(str, self))


def parse_shape(text: str) -> Shape | None:
    """Read `3x224x224`; None for any other text.

    >>> parse_shape("3x224x224")
    (3, 224, 224)
    """
    sizes = text.split("x")
    if not all(size.isascii() and size.isdigit() and len(size) <= MAX_DIGITS for size in sizes):
        return None
    return Shape(int(size) for size in sizes)


def batch_hint(x: Shape) -> str:
    """The hint for a value with more axes than a volume: its first one may be a batch.

    >>> batch_hint(Shape((8, 3, 16, 112, 112)))
    'a shape has no batch axis: if 8 is the batch, write 3x16x112x112 for 8x3x16x112x112'
    """
    if len(x.spatial) <= max(AXIS_NAMES):
        return ""
    return f"a shape has no batch axis: if {x[0]} is the batch, write {Shape(x[1:])} for {x}"


def rank_hint(x: Shape, wanted: Collection[int]) -> str:
    """The hint for a value whose number of spatial axes is none of the wanted ones.

    >>> print(rank_hint(Shape((64, 8, 32)), (1,)))
    {reshape: 512x32} before it makes a series of its columns, `tokens` one of all its positions
    """
    axes = len(x.spatial)
    if axes == 2 and 1 in wanted:
        columns = f"{x[0] * x[1]}x{x[2]}"
        return (
            f"{{reshape: {columns}}} before it makes a series of its columns, "
            "`tokens` one of all its positions"
        )
    if axes == 0 and 2 in wanted:
        return (
            "an image has several sizes, as in `input: 3x32x32` (not `3*32*32`); "
            "after a linear, `reshape` makes one"
        )
    return batch_hint(x)


def effective_kernel(kernel: int, dilation: int = 1) -> int:
    """The extent of a kernel along an axis, from its first weight to its last.

    dilation * (kernel - 1) + 1.  Source: Dumoulin and Visin, arXiv:1603.07285, section 5.1.
    >>> effective_kernel(3, dilation=2)
    5
    """
    return dilation * (kernel - 1) + 1


def same_padding(size: int, kernel: int, stride: int = 1, dilation: int = 1) -> tuple[int, int]:
    """The padding (before, after) with which the output size is ceil(size / stride).

    An odd position is added at the end.
    Source: TensorFlow's definition of SAME padding (tf.nn, "Notes on padding").
    >>> same_padding(224, kernel=3, stride=2)
    (0, 1)
    """
    output_size = -(-size // stride)
    total = max(0, (output_size - 1) * stride + effective_kernel(kernel, dilation) - size)
    return total // 2, total - total // 2


class AxisWindow(NamedTuple):
    """A window that moves along one axis.

    `size` is the size of the axis, `before` and `after` the padding at its two ends.
    Source: Dumoulin and Visin, arXiv:1603.07285, relationship 15.
    """

    size: int
    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1

    @property
    def effective_kernel(self) -> int:
        """The positions from the first to the last under the window."""
        return effective_kernel(self.kernel, self.dilation)

    @property
    def padded_size(self) -> int:
        return self.size + self.before + self.after

    def output_size(self, ceil: bool = False) -> int:
        """The number of positions of the window; less than 1 if it does not fit.

        floor((padded size - effective kernel) / stride) + 1.  With `ceil` it is rounded up, as by
        PyTorch's ceil_mode: the last window may extend past the end, but is dropped if it would
        start in the padding after the input (the documentation of torch.nn.MaxPool2d).
        >>> AxisWindow(224, kernel=7, stride=2, before=3, after=3).output_size()  # stem of ResNet
        112
        >>> AxisWindow(224, kernel=11, stride=4).output_size()  # conv1 of AlexNet on 224 pixels
        54
        >>> AxisWindow(112, kernel=3, stride=2).output_size(ceil=True)  # first pool of GoogLeNet
        56
        """
        size, kernel, stride, before, after, dilation = self
        room = size + before + after - effective_kernel(kernel, dilation)
        if not ceil:
            return room // stride + 1
        moves = -(-room // stride)
        return moves if moves * stride >= size + before else moves + 1

    @property
    def unread(self) -> int:
        """The number of positions at the end of the axis that no window reaches.

        Padding that is not reached does not count, and neither do positions that a stride larger
        than the kernel skips between any two windows.
        >>> AxisWindow(224, kernel=11, stride=4).unread
        1
        >>> AxisWindow(224, kernel=7, stride=2, before=3, after=3).unread
        0
        """
        rest = (self.padded_size - self.effective_kernel) % self.stride
        skipped = max(0, self.stride - self.effective_kernel)
        return max(0, rest - self.after - skipped)


class TransposedAxisWindow(NamedTuple):
    """The window of a transposed convolution, which moves along one axis of the output.

    `size` is the size of the axis of the input.  Source: Dumoulin and Visin, arXiv:1603.07285,
    relationship 14; torch.nn.ConvTranspose2d.
    """

    size: int
    kernel: int
    stride: int = 1
    padding: int = 0
    output_padding: int = 0
    dilation: int = 1

    @property
    def output_size(self) -> int:
        """(size - 1) * stride - 2 * padding + effective kernel + output_padding.

        >>> TransposedAxisWindow(4, kernel=4, stride=2, padding=1).output_size  # DCGAN's generator
        8
        """
        full = (self.size - 1) * self.stride + effective_kernel(self.kernel, self.dilation)
        return full - 2 * self.padding + self.output_padding
