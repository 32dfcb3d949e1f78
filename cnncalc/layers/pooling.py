"""Pooling: one value for all under a window, or for the whole map."""

from math import prod
from typing import Annotated

from ..problem import Refusal
from ..shape import Shape
from .field import Arguments
from .footprint import Footprints, adaptive, transposed
from .formula import Formula, Formulas
from .layer import Layer, axis_names, elements, size_argument, size_names
from .parameter import (
    AmountPerAxis,
    Flag,
    Integer,
    NoneOr,
    Padding,
    PerAxis,
    SizePerAxis,
    default,
    same_as,
    sizes_text,
    zip_axes,
)
from .window import Windowed

CHANNELS = Formula("C", "each channel is pooled on its own")


# Pooling with a window


class Pool(Windowed):
    """The base of pooling with a window.  (C, *S) -> (C, *S'), S' the output size of the window.

    With `ceil` the output size is rounded up, but no window starts after the input. Padding is at
    most half the kernel.
    """

    spatial_axes = (1, 2, 3)

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        super().check_arguments(values)
        if isinstance(values["padding"], str):
            return
        for name in ("padding", "padding_end"):
            for padding, kernel in zip_axes(values[name], values["kernel"]):
                if padding > kernel // 2:
                    raise Refusal(
                        "padding is at most half the kernel, "
                        f"found {padding} for a kernel of {kernel}",
                        argument=name,
                        rule="bad-value",
                    )

    def output(self, x: Shape) -> Shape:
        return Shape((x.channels, *self.output_sizes(x)))

    def paddings_for(
        self, spatial: tuple[int, ...], x: Shape, *_: Shape
    ) -> list[dict[str, tuple[int, ...]]]:
        limits = [kernel // 2 for kernel in self.kernel]
        return [
            paddings
            for paddings in super().paddings_for(spatial, x)
            if all(map(int.__le__, paddings["padding_end"], limits))
        ]

    def channel_formula(self) -> Formula:
        return CHANNELS

    def label(self) -> str:
        return self.window_label()


class MaxPool(Pool):
    """The largest value under each window.  Source: torch.nn.MaxPool2d."""

    kind = "maxpool"
    example = ("64x112x112", "{maxpool: 3, stride: 2, padding: 1}", "after the stem of ResNet")
    kernel: SizePerAxis
    stride: SizePerAxis = same_as("kernel")
    padding: Padding = default(0)
    dilation: SizePerAxis = default(1)
    ceil: Flag = False
    padding_end: AmountPerAxis = same_as("padding")

    def other_flops(self, x: Shape) -> int:
        """prod(kernel) - 1 per output element: the comparisons."""
        return self.output(x).elements * (prod(self.kernel) - 1)

    def flops_formulas(self, x: Shape) -> Formulas:
        reason = "the largest of n elements takes n - 1 comparisons"
        return {"comparisons": Formula("C' x S' x (kernel - 1)", reason)}


class AvgPool(Pool):
    """The mean under each window.  Source: torch.nn.AvgPool2d."""

    kind = "avgpool"
    example = ("128x56x56", "{avgpool: 2}", "the first transition of DenseNet-121")
    kernel: SizePerAxis
    stride: SizePerAxis = same_as("kernel")
    padding: Padding = default(0)
    ceil: Flag = False
    count_include_pad: Flag = True
    padding_end: AmountPerAxis = same_as("padding")

    def other_flops(self, x: Shape) -> int:
        """prod(kernel) per output element: the sum and a division."""
        return self.output(x).elements * prod(self.kernel)

    def flops_formulas(self, x: Shape) -> Formulas:
        reason = "the additions under a window, and a division"
        return {"means": Formula("C' x S' x kernel", reason)}

    def canonical(self, x: Shape) -> Layer:
        """Over the whole map it is global; without padding, there is none to count."""
        if any((*self.padding, *self.padding_end)):
            return self
        if self.kernel == tuple(x.spatial):
            return GlobalAvgPool()
        return self.with_arguments(count_include_pad=True)


# Pooling to a size


class AdaptivePool(Layer):
    """The base of pooling to a given size, whatever the input.  (C, *S) -> (C, *size)."""

    spatial_axes = (1, 2, 3)
    size: SizePerAxis

    def output(self, x: Shape) -> Shape:
        return Shape((x.channels, *self.size))

    def is_in_place(self, x: Shape) -> bool:
        return self.output(x) == x

    def other_flops(self, x: Shape) -> int:
        """1 per input element."""
        return x.elements

    def shape_formulas(self, x: Shape) -> Formulas:
        sizes = zip(axis_names(x)[1:], map(size_argument, self.size), strict=True)
        return {"channels": CHANNELS, **dict(sizes)}

    def flops_formulas(self, x: Shape) -> Formulas:
        return {"pooling": Formula("C x S", "one operation for each element of the input")}

    def footprints(self, x: Shape) -> Footprints:
        return tuple(map(adaptive, x.spatial, self.size))

    def label(self) -> str:
        return f"to {sizes_text(self.size)}"


class AdaptiveAvgPool(AdaptivePool):
    """The mean of windows, chosen to give a size.  Source: torch.nn.AdaptiveAvgPool2d."""

    kind = "adaptive_avgpool"
    example = (
        "2048x60x60",
        "{adaptive_avgpool: 6}",
        "the finest level of PSPNet's pyramid (Zhao et al., arXiv:1612.01105)",
    )

    def canonical(self, x: Shape) -> Layer:
        """Windows of one size that do not overlap are those of `avgpool`."""
        if any(full % size for full, size in zip(x.spatial, self.size, strict=True)):
            return self
        windows = tuple([full // size for full, size in zip(x.spatial, self.size, strict=True)])
        nothing = (0,) * len(windows)
        pool = AvgPool(
            kernel=windows,
            stride=windows,
            padding=nothing,
            ceil=False,
            count_include_pad=True,
            padding_end=nothing,
        )
        return pool.canonical(x)


class AdaptiveMaxPool(AdaptivePool):
    """The maximum of windows, chosen to give a size.  Source: torch.nn.AdaptiveMaxPool2d."""

    kind = "adaptive_maxpool"
    example = (
        "256x13x13",
        "{adaptive_maxpool: 6}",
        "the finest level of SPP-net's pyramid (He et al., arXiv:1406.4729)",
    )


# Pooling of the whole map


class GlobalPool(Layer):
    """The base of pooling over all positions.  (C, *S) -> (C, 1, ...)."""

    spatial_axes = (1, 2, 3)

    def output(self, x: Shape) -> Shape:
        return x.with_spatial([1] * len(x.spatial))

    def other_flops(self, x: Shape) -> int:
        """1 per input element."""
        return x.elements

    def shape_formulas(self, x: Shape) -> Formulas:
        one = Formula("1", "the window is the whole map")
        return {"channels": CHANNELS, **dict.fromkeys(axis_names(x)[1:], one)}

    def flops_formulas(self, x: Shape) -> Formulas:
        return {"pooling": Formula(elements(x), "one operation for each element of the input")}

    def footprints(self, x: Shape) -> Footprints:
        return (None,) * len(x.spatial)


class GlobalAvgPool(GlobalPool):
    """The mean of each channel.  Source: Lin et al., arXiv:1312.4400, section 3.2."""

    kind = "global_avgpool"
    example = ("2048x7x7", "global_avgpool", "at the end of ResNet-50")


class GlobalMaxPool(GlobalPool):
    """The maximum of each channel.

    Source: Oquab et al., Is Object Localization for Free?, CVPR 2015.
    """

    kind = "global_maxpool"
    example = (
        "1024x2048",
        "global_maxpool",
        "over the 2,048 points of PointNet (Qi et al., arXiv:1612.00593)",
    )


# Unpooling


class Unpool(Layer):
    """Put each value back at the position of its maximum, with zeros elsewhere.

    (C, *S) -> (C, *S'), S' = (S - 1) stride + kernel, or `size`.

    Source: torch.nn.MaxUnpool2d; Zeiler and Fergus, arXiv:1311.2901, section 2.1.
    """

    kind = "unpool"
    example = (
        "512x7x7",
        "{unpool: 2}",
        "the first one of DeconvNet (Noh et al., arXiv:1505.04366)",
    )
    spatial_axes = (1, 2, 3)
    kernel: SizePerAxis
    stride: SizePerAxis = same_as("kernel")
    size: Annotated[tuple[int, ...] | None, NoneOr(PerAxis(Integer(1)))] = None

    def default_sizes(self, x: Shape) -> tuple[int, ...]:
        """The output sizes unless `size` gives others."""
        axes = zip(x.spatial, self.kernel, self.stride, strict=True)
        return tuple((size - 1) * stride + kernel for size, kernel, stride in axes)

    def check(self, x: Shape) -> None:
        axes = zip(self.size or (), self.default_sizes(x), self.stride, strict=False)
        for size, usual, stride in axes:
            if abs(size - usual) >= stride:
                bounds = f"{usual - stride + 1} to {usual + stride - 1}"
                message = f"`size` must be within a stride of {usual}: {bounds}, found {size}"
                raise Refusal(message, argument="size")

    def output(self, x: Shape) -> Shape:
        return x.with_spatial(self.size or self.default_sizes(x))

    def shape_formulas(self, x: Shape) -> Formulas:
        formulas = {"channels": Formula("C", "each channel is unpooled on its own")}
        names = axis_names(x)[1:]
        if self.size:
            return formulas | dict(zip(names, map(size_argument, self.size), strict=True))
        axes = zip(names, size_names(x)[1:], self.kernel, self.stride, strict=True)
        for axis, size, kernel, stride in axes:
            text = f"({size} - 1) x stride + kernel"
            formulas[axis] = Formula(text, "pooling in reverse", kernel=kernel, stride=stride)
        return formulas

    def footprints(self, x: Shape) -> Footprints:
        return tuple(map(transposed, self.kernel, self.stride))

    def label(self) -> str:
        return sizes_text(self.kernel)
