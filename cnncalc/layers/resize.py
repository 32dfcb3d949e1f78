"""Resizing: the spatial axes become larger or smaller."""

from collections.abc import Mapping
from math import floor, prod
from typing import Annotated, Literal, Self

from ..datum import argument_text
from ..problem import Refusal
from ..shape import AxisWindow, Shape
from .field import Arguments
from .footprint import Footprint, Footprints, MergedPositions, resized
from .formula import Formula, Formulas
from .layer import Layer, axis_names, size_argument, size_names, unchanged_sizes
from .parameter import (
    AmountPerAxis,
    Axis,
    Boolean,
    Choice,
    Integer,
    ListOf,
    NoneOr,
    PerAxis,
    Real,
    SizePerAxis,
    default,
    same_as,
    sizes_text,
)
from .window import output_size_formula

# Padding and cropping

PaddingAmounts = Annotated[
    tuple[int, ...],
    ListOf(Integer(), "a number of positions (negative: cropped), or one for each axis"),
]
PaddedAxes = Annotated[
    Literal["space"] | tuple[int, ...],
    Choice("space", otherwise=ListOf(Axis(), "an axis or a list of axes")),
]


class Pad(Layer):
    """Add positions at the ends of axes; a negative number crops.

    (C, *S) -> (C, *S'), S' = S + begin + end.

    `axis` is `space`, for all spatial axes, or the indices of axes.

    Source: torch.nn.functional.pad.
    """

    kind = "pad"
    example = ("3x224x224", "{pad: 3}", "before the stem of ResNet, as Keras writes it")
    begin: PaddingAmounts
    end: PaddingAmounts = same_as("begin")
    axis: PaddedAxes = "space"

    @classmethod
    def resolve(cls, values: Arguments, x: Shape) -> None:
        if values["axis"] == "space" and len(x) == 1:
            hint = "`axis: 0` pads the channels"
            raise Refusal(f"pad takes a value with spatial axes, found {x}", hint)
        axes = len(x) - 1 if values["axis"] == "space" else len(values["axis"])
        for name in ("begin", "end"):
            amounts = values[name] * axes if len(values[name]) == 1 else values[name]
            if len(amounts) != axes:
                message = f"found {len(amounts)} sizes for {axes} axes of {x}"
                raise Refusal(message, argument=name)
            values[name] = amounts

    def amounts(self, x: Shape) -> dict[int, tuple[int, int]]:
        """The positions added before and after, by axis."""
        axes = range(1, len(x)) if isinstance(self.axis, str) else self.axis
        return dict(zip(axes, zip(self.begin, self.end, strict=True), strict=True))

    def with_amounts(self, amounts: Mapping[int, tuple[int, int]], x: Shape) -> Self:
        """A pad by other amounts: of all spatial axes, or of those that are padded if the channels
        are among them.
        """
        padded = {axis: pair for axis, pair in sorted(amounts.items()) if any(pair)}
        axes = tuple(padded) if 0 in padded else tuple(range(1, len(x)))
        pairs = [padded.get(axis, (0, 0)) for axis in axes]
        return self.with_arguments(
            begin=tuple([begin for begin, _ in pairs]),
            end=tuple([end for _, end in pairs]),
            axis=axes if 0 in padded else "space",
        )

    def canonical(self, x: Shape) -> Layer:
        return self.with_amounts(self.amounts(x), x)

    def output(self, x: Shape) -> Shape:
        sizes = list(x)
        for axis, (begin, end) in self.amounts(x).items():
            sizes[axis] += begin + end
        return Shape(sizes)

    def is_nothing(self, x: Shape) -> bool:
        return not any(map(any, self.amounts(x).values()))

    def footprints(self, x: Shape) -> Footprints:
        amounts = self.amounts(x)
        return tuple(Footprint(start=-amounts.get(axis, (0, 0))[0]) for axis in range(1, len(x)))

    def shape_formulas(self, x: Shape) -> Formulas:
        formulas = unchanged_sizes(x)
        for axis, (begin, end) in self.amounts(x).items():
            reason = "positions are added at the ends"
            if min(begin, end) < 0:
                reason = "positions are added at the ends, or cropped"
            text = f"{size_names(x)[axis]} + begin + end"
            formulas[axis_names(x)[axis]] = Formula(text, reason, begin=begin, end=end)
        return formulas

    def label(self) -> str:
        if self.begin == self.end:
            return argument_text(self.begin if len(set(self.begin)) > 1 else self.begin[0])
        return f"{argument_text(self.begin)} before, {argument_text(self.end)} after"


class Crop(Layer):
    """A part of the map.  (C, *S) -> (C, *size).

    Source: Ronneberger et al., U-Net, arXiv:1505.04597, section 2.
    """

    kind = "crop"
    example = ("64x568x568", "{crop: 392}", "the outermost skip of U-Net")
    spatial_axes = (1, 2, 3)
    size: SizePerAxis
    offset: Annotated[
        tuple[int, ...], Choice("center", "centre", otherwise=PerAxis(Integer(0)))
    ] = default("center")

    @classmethod
    def resolve(cls, values: Arguments, x: Shape) -> None:
        if isinstance(values["offset"], str):
            sizes = zip(x.spatial, values["size"], strict=True)
            values["offset"] = tuple([max(0, full - cropped) // 2 for full, cropped in sizes])

    def check(self, x: Shape) -> None:
        for full, size, offset in zip(x.spatial, self.size, self.offset, strict=True):
            if offset + size > full:
                part = f"{sizes_text(self.size)} at offset {sizes_text(self.offset)}"
                raise Refusal(f"cannot crop {x} to {part}", argument="size")

    def output(self, x: Shape) -> Shape:
        return x.with_spatial(self.size)

    def is_nothing(self, x: Shape) -> bool:
        return self.output(x) == x

    def footprints(self, x: Shape) -> Footprints:
        return tuple(Footprint(start=offset) for offset in self.offset)

    def shape_formulas(self, x: Shape) -> Formulas:
        sizes = map(size_argument, self.size)
        return unchanged_sizes(x) | dict(zip(axis_names(x)[1:], sizes, strict=True))

    def label(self) -> str:
        return f"to {sizes_text(self.size)}"


# Windows as channels


class Unfold(Layer):
    """The elements under each window as channels.

    (C, *S) -> (C * prod(kernel), N), N = prod(S') for S' the output size of the window.

    Source: torch.nn.Unfold.
    """

    kind = "unfold"
    example = ("3x224x224", "{unfold: 16, stride: 16}", "the patches of ViT-B/16")
    spatial_axes = (1, 2, 3)
    kernel: SizePerAxis
    stride: SizePerAxis = default(1)
    padding: AmountPerAxis = default(0)
    dilation: SizePerAxis = default(1)

    def axis_windows(self, x: Shape) -> list[AxisWindow]:
        """The window along each spatial axis."""
        ends = self.padding, self.padding
        axes = zip(x.spatial, self.kernel, self.stride, *ends, self.dilation, strict=True)
        return [AxisWindow(*axis) for axis in axes]

    def output_sizes(self, x: Shape) -> tuple[int, ...]:
        """The number of positions of the window along each spatial axis."""
        return tuple([window.output_size() for window in self.axis_windows(x)])

    def output(self, x: Shape) -> Shape:
        sizes = self.output_sizes(x)
        if min(sizes) < 1:
            message = f"the kernel of {sizes_text(self.kernel)} does not fit into {x}"
            raise Refusal(message, argument="kernel")
        return Shape((x.channels * prod(self.kernel), prod(sizes)))

    def merged_positions(self, x: Shape) -> MergedPositions | None:
        footprints = [
            Footprint(window.effective_kernel, window.stride, -window.before)
            for window in self.axis_windows(x)
        ]
        return MergedPositions(tuple(footprints), self.output_sizes(x))

    def footprints(self, x: Shape) -> Footprints:
        window = self.axis_windows(x)[0]
        one = Footprint(window.effective_kernel, window.stride, -window.before)
        return (one if len(x) == 2 else None,)

    def shape_formulas(self, x: Shape) -> Formulas:
        axes = zip(size_names(x)[1:], self.axis_windows(x), strict=True)
        texts = dict.fromkeys(output_size_formula(*axis).text for axis in axes)
        reason = f"the positions of the window along each axis: {' times '.join(texts)}"
        return {
            "channels": Formula("C x kernel", "every element under the window becomes a channel"),
            "length": Formula("positions", reason, positions=self.output_sizes(x)),
        }

    def label(self) -> str:
        stride = f" /{sizes_text(self.stride)}" if any(step != 1 for step in self.stride) else ""
        return sizes_text(self.kernel) + stride


# Interpolation

INTERPOLATED_POINTS = {
    "nearest": 1,
    "nearest_exact": 1,
    "area": 1,
    "linear": 2,
    "bilinear": 4,
    "bicubic": 16,
    "trilinear": 8,
}
"""The number of input positions that one output position is interpolated from, by mode."""

POINTS_PER_AXIS = {1: 1, 2: 2, 4: 2, 8: 2, 16: 4}
"""The same along one axis, by their number in all."""


class Upsample(Layer):
    """Resize by a factor or to a size; one of the two is required.

    (C, *S) -> (C, *S'), S' = floor(S factor) or `size`.

    Source: torch.nn.Upsample.
    """

    kind = "upsample"
    example = (
        "21x65x65",
        "{upsample: , size: 513, mode: bilinear}",
        "at the end of DeepLabv3 (Chen et al., arXiv:1706.05587)",
    )
    spatial_axes = (1, 2, 3)
    factor: Annotated[tuple[float, ...] | None, NoneOr(PerAxis(Real(0)))] = None
    size: Annotated[tuple[int, ...] | None, NoneOr(PerAxis(Integer(1)))] = None
    mode: Annotated[str, Choice(*INTERPOLATED_POINTS)] = "nearest"
    align_corners: Annotated[bool | None, NoneOr(Boolean())] = None

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        if (values["factor"] is None) == (values["size"] is None):
            raise Refusal(
                "upsample needs either `factor` or `size`",
                "give one of them, as in {upsample: 2}",
                rule="missing-argument",
            )

    @property
    def points(self) -> int:
        return INTERPOLATED_POINTS[self.mode]

    def output(self, x: Shape) -> Shape:
        if self.size is not None:
            return x.with_spatial(self.size)
        axes = zip(x.spatial, self.factor or (), strict=True)
        return x.with_spatial([floor(size * factor) for size, factor in axes])

    def canonical(self, x: Shape) -> Layer:
        sizes = self.output(x).spatial
        axes = zip(x.spatial, sizes, self.factor or (), strict=False)
        if any(size * factor != out for size, out, factor in axes):
            return self  # the points are at other positions than those of the size alone
        return self.with_arguments(factor=None, size=tuple(sizes))

    def other_flops(self, x: Shape) -> int:
        """2n - 1 per output element that is interpolated from n points, 0 if n is 1.

        That is, linear 3, bilinear 7, trilinear 15, bicubic 31.
        """
        return self.output(x).elements * (2 * self.points - 1 if self.points > 1 else 0)

    def footprints(self, x: Shape) -> Footprints:
        """The input positions that an output position is interpolated from.

        Source: Araujo et al., Computing Receptive Fields (Distill, 2019).
        """
        points = POINTS_PER_AXIS[self.points]
        factors = self.factor or (None,) * len(x.spatial)
        axes = zip(x.spatial, self.output(x).spatial, factors, strict=True)
        return tuple(resized(*axis, points, self.mode, bool(self.align_corners)) for axis in axes)

    def shape_formulas(self, x: Shape) -> Formulas:
        formulas, axes = unchanged_sizes(x), axis_names(x)[1:]
        if self.size is not None:
            return formulas | dict(zip(axes, map(size_argument, self.size), strict=True))
        for axis, size, factor in zip(axes, size_names(x)[1:], self.factor or (), strict=True):
            formulas[axis] = Formula(f"floor({size} x factor)", "scaled by a factor", factor=factor)
        return formulas

    def flops_formulas(self, x: Shape) -> Formulas:
        if self.points == 1:
            return {}
        reason = "the products with the weights of the points, and their sum"
        text = "C' x S' x (2 x points - 1)"
        return {"interpolation": Formula(text, reason, points=self.points)}

    def label(self) -> str:
        if self.size is not None:
            how = f"to {sizes_text(self.size)}"
        else:
            factors = list(self.factor or ())
            shown = factors[:1] if len(set(factors)) == 1 else factors
            how = "x" + "x".join(f"{factor:g}" for factor in shown)
        return how if self.mode == "nearest" else f"{how}, {self.mode}"
