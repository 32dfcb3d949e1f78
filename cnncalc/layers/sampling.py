"""Sampling: values at positions given by another input, and repeated values.

Indices and coordinates are inputs, and cost nothing themselves. The receptive field of a layer that
reads computed positions is the whole input.
"""

from math import prod
from typing import Annotated

from ..problem import Refusal
from ..shape import Shape
from .convolution import Convolution
from .field import Arguments
from .footprint import Footprints
from .formula import Formula, Formulas
from .layer import Layer, axis_names, check_groups, size_argument, size_names
from .parameter import (
    AmountPerAxis,
    AxisIndex,
    Choice,
    Flag,
    Padding,
    PositiveInt,
    ShapeArgument,
    SizePerAxis,
    default,
    same_as,
)

POINTS = 2  # per axis, between which linear interpolation is done


def interpolation_operations(axes: int) -> int:
    """The operations of linear interpolation between the corners of a cell: 7 of an image."""
    return 2 * prod((POINTS,) * axes) - 1


class DeformConv(Convolution):
    """Deformable convolution: each filter reads the input at positions moved by offsets.

    Takes the input (C, H, W), offsets (2 * offset groups * kernel, H', W'), and for version 2 a
    mask (offset groups * kernel, H', W').

    The offset groups follow from the channels of the offsets. Each read value is interpolated
    between four, and multiplied by the mask if there is one.

    Source: Dai et al., arXiv:1703.06211, section 2.1; Zhu et al., arXiv:1811.11168, section 3.2;
    torchvision.ops.deform_conv2d.
    """

    kind = "deform_conv"
    example = (
        "{x: 256x14x14, offsets: 18x14x14}",
        "{deform_conv: 256, kernel: 3, padding: 1, bias: false, from: [x, offsets]}",
        "in the last stage of a deformable ResNet-50",
    )
    spatial_axes = (2,)
    arity = (2, 3)
    out: PositiveInt
    kernel: SizePerAxis
    stride: SizePerAxis = default(1)
    padding: Padding = default(0)
    dilation: SizePerAxis = default(1)
    groups: PositiveInt = 1
    bias: Flag = True
    padding_end: AmountPerAxis = same_as("padding")

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        super().check_arguments(values)
        check_groups(values["out"], values["groups"], "filters")

    def check(self, x: Shape, *others: Shape) -> None:
        super().check(x)
        offsets, *masks = others
        places, sizes = prod(self.kernel), self.output_sizes(x)
        if list(offsets.spatial) != sizes or offsets.channels % (2 * places):
            needed = Shape((2 * places, *sizes))
            raise Refusal(
                f"the offsets of deform_conv have {needed} (times the offset groups), "
                f"found {offsets}"
            )
        offset_groups = offsets.channels // (2 * places)
        if x.channels % offset_groups:
            raise Refusal(f"{x.channels} channels cannot be split into {offset_groups} groups")
        mask = Shape((offset_groups * places, *sizes))
        if masks and masks[0] != mask:
            raise Refusal(f"the mask of deform_conv has {mask}, found {masks[0]}")

    def filters(self, x: Shape) -> int:
        return self.out

    def group_count(self, x: Shape) -> int:
        return self.groups

    def other_flops(self, x: Shape, *others: Shape) -> int:
        """7 per input value that a position reads (8 with a mask), 1 per element for the bias."""
        return super().other_flops(x) + self.reads(x) * self.operations(*others)

    def reads(self, x: Shape) -> int:
        """The number of values that are read: C x prod(kernel) at each output position."""
        return x.channels * prod(self.kernel) * prod(self.output_sizes(x))

    def operations(self, *others: Shape) -> int:
        """The operations for each value that is read."""
        return interpolation_operations(2) + len(others[1:])

    def footprints(self, x: Shape, *_: Shape) -> Footprints:
        return (None,) * len(x.spatial)

    def flops_formulas(self, x: Shape, *others: Shape) -> Formulas:
        reason = "each value that the window reads is interpolated between four"
        if others[1:]:
            reason += ", and multiplied by the mask"
        count = self.operations(*others)
        reading = Formula("operations x C x kernel x S'", reason, operations=count)
        return {"sampling": reading} | super().flops_formulas(x)

    def label(self) -> str:
        groups = f", groups {self.groups}" if self.groups > 1 else ""
        return f"{self.window_label()}, {self.out}{groups}"


class GridSample(Layer):
    """Interpolation of the input at computed positions.  (C, *S), (d, *S') -> (C, *S').

    Takes the input with one to three spatial axes, and a grid with as many channels, which are the
    coordinates of each output position.

    torch.nn.functional.grid_sample takes images and volumes; its grid has the coordinates last.
    Source: Jaderberg et al., Spatial Transformer Networks, arXiv:1506.02025, section 3.3.
    """

    kind = "sample"
    example = (
        "{x: 64x40x40, grid: 2x40x40}",
        "{sample: , from: [x, grid]}",
        "the warping of features by an optical flow (Xue et al., arXiv:1711.09078)",
    )
    arity = (2, 2)
    spatial_axes = (1, 2, 3)
    mode: Annotated[str, Choice("bilinear", "nearest")] = "bilinear"

    def check(self, x: Shape, grid: Shape) -> None:
        axes = len(x.spatial)
        if len(grid) != len(x) or grid.channels != axes:
            form = "x".join([str(axes), *size_names(x)[1:]])
            raise Refusal(f"the grid of sample for {x} has {axes} channels ({form}), found {grid}")

    def output(self, x: Shape, grid: Shape) -> Shape:
        return Shape((x.channels, *grid.spatial))

    def operations(self, x: Shape) -> int:
        """The operations for each output element."""
        return interpolation_operations(len(x.spatial)) if self.mode == "bilinear" else 0

    def other_flops(self, x: Shape, grid: Shape) -> int:
        """2n - 1 per output element, interpolated from n points (4 of an image), 0 for nearest."""
        return self.output(x, grid).elements * self.operations(x)

    def footprints(self, x: Shape, grid: Shape) -> Footprints:
        return (None,) * len(x.spatial)

    def shape_formulas(self, x: Shape, grid: Shape) -> Formulas:
        reason = "one place for each position of the grid"
        sizes = [Formula("size", reason, size=size) for size in grid.spatial]
        return dict(zip(axis_names(x), [Formula("C"), *sizes], strict=True))

    def flops_formulas(self, x: Shape, grid: Shape) -> Formulas:
        count = self.operations(x)
        if not count:
            return {}
        reason = "n factors and n - 1 additions for each element, for the n points around it"
        return {"interpolation": Formula("operations x C' x S'", reason, operations=count)}


class Gather(Layer):
    """The elements that indices select along an axis.  (C, *S), indices -> the indices' shape.

    Takes the input and indices with as many axes, which are at most as long on all other axes.

    Source: torch.gather.
    """

    kind = "gather"
    example = (
        "{x: 64x1024, indices: 64x256}",
        "{gather: 1, from: [x, indices]}",
        "the tokens that a masked autoencoder keeps",
    )
    arity = (2, 2)
    axis: AxisIndex = 0

    def check(self, x: Shape, indices: Shape) -> None:
        fits = len(indices) == len(x) and all(
            size <= limit or axis == self.axis
            for axis, (size, limit) in enumerate(zip(indices, x, strict=False))
        )
        if not fits:
            raise Refusal(
                f"gather needs indices with the axes of {x}, not longer except on axis "
                f"{self.axis}, found {indices}"
            )

    def output(self, x: Shape, indices: Shape) -> Shape:
        return indices

    def footprints(self, x: Shape, indices: Shape) -> Footprints:
        return (None,) * len(x.spatial)

    def shape_formulas(self, x: Shape, indices: Shape) -> Formulas:
        sizes = [Formula("size", "one element for each index", size=size) for size in indices]
        return dict(zip(axis_names(indices), sizes, strict=True))

    def label(self) -> str:
        return f"axis {self.axis}" if self.axis else ""


class Expand(Layer):
    """Repetition of axes of size 1, without a copy.  (C, *S) -> shape.

    Takes a value with the axes of the shape, each of which has its size or 1; a vector of C is a
    map of one position.

    Source: torch.Tensor.expand.
    """

    kind = "expand"
    example = (
        "256x1x1",
        "{expand: 256x33x33}",
        "image-level features in the head of DeepLabv3 (arXiv:1706.05587, section 3.3)",
    )
    is_alias = True
    shape: ShapeArgument

    def check(self, x: Shape) -> None:
        axes = (*x, *(1,) * (len(self.shape) - len(x))) if len(x) == 1 else tuple(x)
        fits = len(axes) == len(self.shape) and all(
            size in (1, wanted) for size, wanted in zip(axes, self.shape, strict=False)
        )
        if not fits:
            raise Refusal(f"{x} cannot be expanded to {Shape(self.shape)}", argument="shape")

    def output(self, x: Shape) -> Shape:
        return Shape(self.shape)

    def is_nothing(self, x: Shape) -> bool:
        return self.output(x) == x

    def shape_formulas(self, x: Shape) -> Formulas:
        axes = axis_names(Shape(self.shape))
        return dict(zip(axes, map(size_argument, self.shape), strict=True))
