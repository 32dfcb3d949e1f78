"""Pooling: one value for all under a window, or for the whole map."""

from math import gcd, prod
from typing import Annotated, Any, ClassVar

from ..problem import Refusal
from ..shape import Shape
from .formula import Terms
from .layer import Footprint, Footprints, Layer, axis_names, elements, size_names
from .parameter import (
    Flag,
    Naturals,
    Optional,
    Padding,
    PerAxis,
    Sizes,
    Whole,
    abreast,
    as_entries,
    same_as,
)
from .window import Windowed


class Pool(Windowed):
    """What the windowed poolings share.  (C, *S) -> (C, *S'), S' the places of the window.

    With `ceil` the places are rounded up, but no window starts behind the input. Padding is at most half the kernel.
    """

    spatial_axes = (1, 2, 3)

    @classmethod
    def check_arguments(cls, values: dict[str, Any]) -> None:
        super().check_arguments(values)
        if not isinstance(values["padding"], str):
            for name in ("padding", "padding_end"):
                for padding, kernel in abreast(values[name], values["kernel"]):
                    if padding > kernel // 2:
                        raise Refusal(
                            f"padding is at most half the kernel, found {padding} for a kernel of {kernel}",
                            argument=name,
                            rule="bad-value",
                        )

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        return Shape((x.channels, *self.spatial(x)))

    def paddings_for(self, space: tuple[int, ...], *inputs: Any) -> list[dict[str, Any]]:
        def fits(way: dict[str, Any]) -> bool:
            return all(
                padding <= kernel // 2
                for padding, kernel in zip(way["padding_end"], self.kernel, strict=True)
            )

        return [way for way in super().paddings_for(space, *inputs) if fits(way)]

    def label(self) -> str:
        return self.window_text()


class MaxPool(Pool):
    """Keep the largest value under each window.  Source: torch.nn.MaxPool2d."""

    kind = "maxpool"
    example = ("64x112x112", "{maxpool: 3, stride: 2, padding: 1}", "after the stem of ResNet")
    kernel: Sizes
    stride: Sizes = same_as("kernel")
    padding: Padding = 0
    dilation: Sizes = 1
    ceil: Flag = False
    padding_end: Naturals = same_as("padding")

    def other_flops(self, *inputs: Any) -> int:
        """prod(kernel) - 1 an output element: the comparisons."""
        return self.output(*inputs).elements * (prod(self.kernel) - 1)

    def flops_terms(self, *inputs: Any) -> Terms:
        reason = "to find the largest under a window takes a comparison less than it has elements"
        return {"comparisons": self.term(inputs, "C' x S' x (kernel - 1)", reason)}


class AvgPool(Pool):
    """The mean under each window.  Source: torch.nn.AvgPool2d."""

    kind = "avgpool"
    example = ("128x56x56", "{avgpool: 2}", "the first transition of DenseNet-121")
    kernel: Sizes
    stride: Sizes = same_as("kernel")
    padding: Padding = 0
    ceil: Flag = False
    count_include_pad: Flag = True
    padding_end: Naturals = same_as("padding")

    def other_flops(self, *inputs: Any) -> int:
        """prod(kernel) an output element: the sum and a division."""
        return self.output(*inputs).elements * prod(self.kernel)

    def flops_terms(self, *inputs: Any) -> Terms:
        return {
            "means": self.term(
                inputs, "C' x S' x kernel", "the additions under a window, and a division"
            )
        }


class Adaptive(Layer):
    """Pooling to a given size, whatever enters.  (C, *S) -> (C, *size)."""

    spatial_axes = (1, 2, 3)
    size: Sizes

    def output(self, *inputs: Any) -> Shape:
        return Shape((inputs[0].channels, *self.size))

    def other_flops(self, *inputs: Any) -> int:
        """1 an input element."""
        return int(inputs[0].elements)

    def shape_terms(self, *inputs: Any) -> Terms:
        terms = {"channels": self.term(inputs, "C", "each channel is pooled by itself")}
        axes = zip(axis_names(inputs[0])[1:], self.size, strict=True)
        return terms | {
            axis: self.term(inputs, "size", "it is what the layer is told", size=size)
            for axis, size in axes
        }

    def flops_terms(self, *inputs: Any) -> Terms:
        return {
            "pooling": self.term(inputs, "C x S", "one operation for each element of the input")
        }

    def footprints(self, *inputs: Any) -> Footprints:
        """Output i sees the inputs from floor(i S / size) to ceil((i + 1) S / size) - 1 (torch.nn.AdaptiveAvgPool2d)."""
        return tuple(self.view(*axis) for axis in zip(inputs[0].spatial, self.size, strict=True))

    @staticmethod
    def view(size: int, out: int) -> Footprint | None:
        if out == 1:
            return None
        if size % out == 0:
            return Footprint(size // out, size // out)
        from fractions import Fraction  # slow to import, and seldom needed

        first = -(-size // out)
        # In lowest terms the windows begin at every fraction of a pixel; the longest begins at the last of these.
        common = gcd(size, out)
        longest = (size // common + 2 * out // common - 2) // (out // common)
        return Footprint(longest, Fraction(size, out), Fraction(first - longest, 2))

    def label(self) -> str:
        return f"to {as_entries(self.size)}"


class AdaptiveAvgPool(Adaptive):
    """The mean of windows that give a set size.  Source: torch.nn.AdaptiveAvgPool2d."""

    kind = "adaptive_avgpool"
    example = (
        "2048x60x60",
        "{adaptive_avgpool: 6}",
        "the finest level of PSPNet's pyramid (Zhao et al., arXiv:1612.01105)",
    )


class AdaptiveMaxPool(Adaptive):
    """The maximum of windows that give a set size.  Source: torch.nn.AdaptiveMaxPool2d."""

    kind = "adaptive_maxpool"
    example = (
        "256x13x13",
        "{adaptive_maxpool: 6}",
        "the finest level of SPP-net's pyramid (He et al., arXiv:1406.4729)",
    )


class Global(Layer):
    """Pooling over the whole map.  (C, *S) -> (C, 1, ...)."""

    spatial_axes = (1, 2, 3)
    one: ClassVar[tuple[int, ...]] = (1,)

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        return Shape((x.channels, *self.one * len(x.spatial)))

    def other_flops(self, *inputs: Any) -> int:
        """1 an input element."""
        return int(inputs[0].elements)

    def shape_terms(self, *inputs: Any) -> Terms:
        terms = {"channels": self.term(inputs, "C", "each channel is pooled by itself")}
        return terms | {
            axis: self.term(inputs, "1", "the window is the whole map")
            for axis in axis_names(inputs[0])[1:]
        }

    def flops_terms(self, *inputs: Any) -> Terms:
        return {
            "pooling": self.term(
                inputs, elements(inputs[0]), "one operation for each element of the input"
            )
        }

    def footprints(self, *inputs: Any) -> Footprints:
        return (None,) * len(inputs[0].spatial)


class GlobalAvgPool(Global):
    """The mean of each channel.  Source: Lin et al., arXiv:1312.4400, section 3.2."""

    kind = "global_avgpool"
    example = ("2048x7x7", "global_avgpool", "at the end of ResNet-50")


class GlobalMaxPool(Global):
    """The maximum of each channel.  Source: Oquab et al., Is Object Localization for Free?, CVPR 2015."""

    kind = "global_maxpool"
    example = (
        "1024x2048",
        "global_maxpool",
        "over the 2,048 points of PointNet (Qi et al., arXiv:1612.00593)",
    )


class Unpool(Layer):
    """Put each value back to where its maximum was, zeros elsewhere.

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
    kernel: Sizes
    stride: Sizes = same_as("kernel")
    size: Annotated[tuple[int, ...] | None, Optional(PerAxis(Whole(1)))] = None

    def usual(self, x: Shape) -> tuple[int, ...]:
        """The sizes that come out where none are asked for."""
        axes = zip(x.spatial, self.kernel, self.stride, strict=True)
        return tuple((size - 1) * stride + kernel for size, kernel, stride in axes)

    def check(self, *inputs: Any) -> None:
        (x,) = inputs
        for size, usual, stride in zip(self.size or (), self.usual(x), self.stride, strict=False):
            if abs(size - usual) >= stride:
                least, most = usual - stride + 1, usual + stride - 1
                raise Refusal(
                    f"`size` lies within a stride of {usual}: {least} to {most}, found {size}",
                    argument="size",
                )

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        return Shape((x.channels, *(self.size or self.usual(x))))

    def shape_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        terms = {"channels": self.term(inputs, "C", "each channel by itself")}
        for place, (axis, size) in enumerate(
            list(zip(axis_names(x), size_names(x), strict=True))[1:]
        ):
            if self.size:
                terms[axis] = self.term(
                    inputs, "size", "it is what the layer is told", size=self.size[place]
                )
            else:
                numbers = {"stride": self.stride[place], "kernel": self.kernel[place]}
                terms[axis] = self.term(
                    inputs,
                    f"({size} - 1) x stride + kernel",
                    "pooling the other way round",
                    **numbers,
                )
        return terms

    def footprints(self, *inputs: Any) -> Footprints:
        from fractions import Fraction  # slow to import, and few networks upsample

        axes = zip(self.kernel, self.stride, strict=True)
        return tuple(
            Footprint(-(-kernel // stride), Fraction(1, stride)) for kernel, stride in axes
        )

    def label(self) -> str:
        return as_entries(self.kernel)
