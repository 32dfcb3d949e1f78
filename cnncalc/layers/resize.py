"""Resizing: the space becomes larger or smaller."""

from math import floor, prod
from typing import Annotated, Any

from ..problem import Refusal
from ..shape import Shape, effective_kernel, output_size
from .formula import Terms
from .layer import Footprint, Footprints, Layer, as_text, axis_names, size_names
from .parameter import (
    Axis,
    Boolean,
    Choice,
    Count,
    Listed,
    Naturals,
    Optional,
    PerAxis,
    Real,
    Sizes,
    Whole,
    as_entries,
    same_as,
)
from .window import places_term

Amounts = Annotated[
    Any, Listed(Whole(), "a number of positions (negative: cut off), or one for each axis")
]


class Pad(Layer):
    """Positions put on at the ends of axes; a negative number cuts off.  (C, *S) -> (C, *S'), S' = S + begin + end.

    `axis` is `space`, all axes of it, or axes by number.  Source: torch.nn.functional.pad.
    """

    kind = "pad"
    example = ("3x224x224", "{pad: 3}", "before the stem of ResNet, as Keras writes it")
    begin: Amounts
    end: Amounts = same_as("begin")
    axis: Annotated[Any, Choice("space", otherwise=Listed(Axis(), "an axis or a list of axes"))] = (
        "space"
    )

    @classmethod
    def resolve(cls, values: dict[str, Any], *inputs: Any) -> None:
        axes = range(1, len(inputs[0])) if values["axis"] == "space" else values["axis"]
        for name in ("begin", "end"):
            amounts = values[name] * len(axes) if len(values[name]) == 1 else values[name]
            if len(amounts) != len(axes):
                raise Refusal(
                    f"found {len(amounts)} sizes for {len(axes)} axes of {inputs[0]}", argument=name
                )
            values[name] = amounts

    def amounts(self, x: Shape) -> dict[int, tuple[int, int]]:
        """Positions before and after, by axis."""
        axes = range(1, len(x)) if self.axis == "space" else self.axis
        return dict(zip(axes, zip(self.begin, self.end, strict=True), strict=True))

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        amounts = self.amounts(x)
        return Shape(size + sum(amounts.get(axis, (0, 0))) for axis, size in enumerate(x))

    def shape_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        terms = self.unchanged(x)
        for axis, (begin, end) in self.amounts(x).items():
            reason = (
                "what is put on at both ends"
                if min(begin, end) >= 0
                else "what is put on at the ends, or cut off"
            )
            terms[axis_names(x)[axis]] = self.term(
                inputs, f"{size_names(x)[axis]} + begin + end", reason, begin=begin, end=end
            )
        return terms

    def footprints(self, *inputs: Any) -> Footprints:
        (x,) = inputs
        amounts = self.amounts(x)
        return tuple(Footprint(1, 1, -amounts.get(axis, (0, 0))[0]) for axis in range(1, len(x)))

    def label(self) -> str:
        if self.begin == self.end:
            return as_text(self.begin if len(set(self.begin)) > 1 else self.begin[0])
        return f"{as_text(self.begin)} before, {as_text(self.end)} after"


class Crop(Layer):
    """A part of the map.  (C, *S) -> (C, *size).  Source: Ronneberger et al., U-Net, arXiv:1505.04597, section 2."""

    kind = "crop"
    example = ("64x568x568", "{crop: 392}", "the outermost skip of U-Net")
    spatial_axes = (1, 2, 3)
    size: Sizes
    offset: Annotated[Any, Choice("centre", "center", otherwise=PerAxis(Whole(0)))] = "centre"

    @classmethod
    def resolve(cls, values: dict[str, Any], *inputs: Any) -> None:
        if isinstance(values["offset"], str):
            sizes = zip(inputs[0].spatial, values["size"], strict=True)
            values["offset"] = tuple([max(0, full - cut) // 2 for full, cut in sizes])

    def check(self, *inputs: Any) -> None:
        (x,) = inputs
        for full, cut, offset in zip(x.spatial, self.size, self.offset, strict=True):
            if offset + cut > full:
                raise Refusal(
                    f"cannot cut {as_entries(self.size)} at {as_entries(self.offset)} out of {x}",
                    argument="size",
                )

    def output(self, *inputs: Any) -> Shape:
        return Shape((inputs[0].channels, *self.size))

    def shape_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        axes = zip(axis_names(x)[1:], self.size, strict=True)
        cut = {
            axis: self.term(inputs, "size", "it is what the layer is told", size=size)
            for axis, size in axes
        }
        return self.unchanged(x) | cut

    def footprints(self, *inputs: Any) -> Footprints:
        return tuple(Footprint(1, 1, offset) for offset in self.offset)

    def label(self) -> str:
        return f"to {as_entries(self.size)}"


class Unfold(Layer):
    """The pixels under each window as channels.  (C, *S) -> (C * prod(kernel), places of the window).

    Source: torch.nn.Unfold.
    """

    kind = "unfold"
    example = ("3x224x224", "{unfold: 16, stride: 16}", "the patches of ViT-B/16")
    spatial_axes = (1, 2, 3)
    kernel: Sizes
    stride: Sizes = 1
    padding: Naturals = 0
    dilation: Sizes = 1

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        axes = zip(
            x.spatial,
            self.kernel,
            self.stride,
            self.padding,
            self.padding,
            self.dilation,
            strict=True,
        )
        space = [output_size(*axis) for axis in axes]
        if min(space) < 1:
            raise Refusal(
                f"the kernel of {as_entries(self.kernel)} does not fit into {x}", argument="kernel"
            )
        return Shape((x.channels * prod(self.kernel), prod(space)))

    def shape_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        padding = self.padding
        axes = zip(
            size_names(x)[1:],
            x.spatial,
            self.kernel,
            self.stride,
            padding,
            padding,
            self.dilation,
            strict=True,
        )
        terms = [places_term(*axis) for axis in axes]
        output_size = tuple(term.result for term in terms)
        formulas = " times ".join(dict.fromkeys(term.formula for term in terms))
        return {
            "channels": self.term(
                inputs, "C x kernel", "every pixel under the window becomes a channel"
            ),
            "length": self.term(
                inputs,
                "places",
                f"the places of the window along each axis: {formulas}",
                places=output_size,
            ),
        }

    def footprints(self, *inputs: Any) -> Footprints:
        if len(inputs[0]) > 2:
            return (None,)
        return (
            Footprint(
                effective_kernel(self.kernel[0], self.dilation[0]), self.stride[0], -self.padding[0]
            ),
        )

    def label(self) -> str:
        stride = (
            f" /{as_entries(self.stride)}" if any(stride != 1 for stride in self.stride) else ""
        )
        return as_entries(self.kernel) + stride


POINTS = {
    "nearest": 1,
    "nearest_exact": 1,
    "area": 1,
    "linear": 2,
    "bilinear": 4,
    "bicubic": 16,
    "trilinear": 8,
}
"""How many input positions an interpolated one is made of."""


class Upsample(Layer):
    """Resize by a factor or to a size, one of which must be given.  (C, *S) -> (C, *S'), S' = floor(S factor) or `size`.

    Source: torch.nn.Upsample.
    """

    kind = "upsample"
    example = (
        "21x65x65",
        "{upsample: , size: 513, mode: bilinear}",
        "at the end of DeepLabv3 (Chen et al., arXiv:1706.05587)",
    )
    spatial_axes = (1, 2, 3)
    factor: Annotated[Any, Optional(PerAxis(Real(0)))] = None
    size: Annotated[Any, Optional(PerAxis(Whole(1)))] = None
    mode: Annotated[str, Choice(*POINTS)] = "nearest"
    align_corners: Annotated[Any, Optional(Boolean())] = None

    @classmethod
    def check_arguments(cls, values: dict[str, Any]) -> None:
        if (values["factor"] is None) == (values["size"] is None):
            raise Refusal(
                "upsample needs either `factor` or `size`",
                "give one of them, as in {upsample: 2}",
                rule="missing-argument",
            )

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        if self.size is not None:
            return Shape((x.channels, *self.size))
        return Shape(
            (
                x.channels,
                *(
                    floor(size * factor)
                    for size, factor in zip(x.spatial, self.factor, strict=True)
                ),
            )
        )

    def other_flops(self, *inputs: Any) -> int:
        """2n - 1 an output element that is made of n points: linear 3, bilinear 7, trilinear 15, bicubic 31; else 0."""
        return self.output(*inputs).elements * (
            2 * POINTS[self.mode] - 1 if POINTS[self.mode] > 1 else 0
        )

    def shape_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        terms = self.unchanged(x)
        for place, (axis, size) in enumerate(
            list(zip(axis_names(x), size_names(x), strict=True))[1:]
        ):
            if self.size is not None:
                terms[axis] = self.term(
                    inputs, "size", "it is what the layer is told", size=self.size[place]
                )
            else:
                terms[axis] = self.term(
                    inputs,
                    f"floor({size} x factor)",
                    "so many times as large",
                    factor=self.factor[place],
                )
        return terms

    def flops_terms(self, *inputs: Any) -> Terms:
        points = POINTS[self.mode]
        reason = "the products with so many weights, and their sum"
        return (
            {
                "interpolation": self.term(
                    inputs, "C' x S' x (2 x points - 1)", reason, points=points
                )
            }
            if points > 1
            else {}
        )

    def footprints(self, *inputs: Any) -> Footprints:
        """Source: Araujo et al., Computing Receptive Fields (Distill, 2019): as many features as are interpolated between."""
        from fractions import Fraction  # slow to import, and few networks upsample

        (x,) = inputs
        features = {1: 1, 16: 4}.get(POINTS[self.mode], 2)
        steps = [
            Fraction(before, after)
            for before, after in zip(x.spatial, self.output(x).spatial, strict=True)
        ]
        return tuple(
            Footprint(features, step if step != 1 else 1, -(features // 2) if step < 1 else 0)
            for step in steps
        )

    def label(self) -> str:
        if self.size is not None:
            how = f"to {as_entries(self.size)}"
        elif len(set(self.factor)) == 1:
            how = f"x{self.factor[0]:g}"
        else:
            how = "x" + "x".join(f"{factor:g}" for factor in self.factor)
        return how if self.mode == "nearest" else f"{how}, {self.mode}"


class PixelShuffle(Layer):
    """Channels into space.  (C, *S) -> (C / factor^d, *S * factor), d the axes of the space.

    Source: Shi et al., ESPCN, arXiv:1609.05158, section 3.2.
    """

    kind = "pixel_shuffle"
    example = (
        "256x24x24",
        "{pixel_shuffle: 2}",
        "in SRGAN's generator (Ledig et al., arXiv:1609.04802)",
    )
    spatial_axes = (1, 2, 3)
    factor: Count

    def check(self, *inputs: Any) -> None:
        (x,) = inputs
        block = self.factor ** len(x.spatial)
        if x.channels % block:
            raise Refusal(
                f"{x.channels} channels cannot be split into pixels of {block}", argument="factor"
            )

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        return Shape(
            (
                x.channels // self.factor ** len(x.spatial),
                *(size * self.factor for size in x.spatial),
            )
        )

    def shape_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        block = (self.factor,) * len(x.spatial)
        terms = {
            "channels": self.term(
                inputs, "C / block", "so many channels become one block of pixels", block=block
            )
        }
        axes = zip(axis_names(x)[1:], size_names(x)[1:], strict=True)
        return terms | {
            axis: self.term(inputs, f"{size} x factor", "a pixel becomes a block")
            for axis, size in axes
        }

    def footprints(self, *inputs: Any) -> Footprints:
        from fractions import Fraction  # slow to import, and few networks upsample

        return (Footprint(1, Fraction(1, self.factor)),) * len(inputs[0].spatial)


class PixelUnshuffle(Layer):
    """Space into channels.  (C, *S) -> (C * factor^d, *S / factor), d the axes of the space.

    Source: torch.nn.PixelUnshuffle.
    """

    kind = "pixel_unshuffle"
    example = (
        "512x26x26",
        "{pixel_unshuffle: 2}",
        "the passthrough of YOLOv2 (Redmon and Farhadi, arXiv:1612.08242)",
    )
    spatial_axes = (1, 2, 3)
    factor: Count

    def check(self, *inputs: Any) -> None:
        (x,) = inputs
        if any(size % self.factor for size in x.spatial):
            raise Refusal(f"{x} cannot be cut into blocks of {self.factor}", argument="factor")

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        return Shape(
            (
                x.channels * self.factor ** len(x.spatial),
                *(size // self.factor for size in x.spatial),
            )
        )

    def shape_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        block = (self.factor,) * len(x.spatial)
        terms = {
            "channels": self.term(
                inputs, "C x block", "each pixel of a block becomes a channel", block=block
            )
        }
        axes = zip(axis_names(x)[1:], size_names(x)[1:], strict=True)
        return terms | {
            axis: self.term(inputs, f"{size} / factor", "a block becomes a pixel")
            for axis, size in axes
        }

    def footprints(self, *inputs: Any) -> Footprints:
        return (Footprint(self.factor, self.factor),) * len(inputs[0].spatial)
