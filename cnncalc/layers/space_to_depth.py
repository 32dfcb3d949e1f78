"""Space to depth: blocks of positions become channels, and the reverse."""

from math import prod

from ..problem import Refusal
from ..shape import Shape
from .footprint import Footprint, Footprints, transposed
from .formula import Formula, Formulas
from .layer import Layer, axis_names, size_names
from .parameter import PositiveInt


class PixelShuffle(Layer):
    """Channels become positions.  (C, *S) -> (C / factor^d, *S * factor), d the spatial axes.

    Source: Shi et al., ESPCN, arXiv:1609.05158, section 3.2.
    """

    kind = "pixel_shuffle"
    example = (
        "256x24x24",
        "{pixel_shuffle: 2}",
        "in SRGAN's generator (Ledig et al., arXiv:1609.04802)",
    )
    spatial_axes = (1, 2, 3)
    factor: PositiveInt

    def block(self, x: Shape) -> tuple[int, ...]:
        """The sizes of the block that each position becomes."""
        return (self.factor,) * len(x.spatial)

    def check(self, x: Shape) -> None:
        pixels = prod(self.block(x))
        if x.channels % pixels:
            message = f"{x.channels} channels cannot be split into blocks of {pixels}"
            raise Refusal(message, argument="factor")

    def output(self, x: Shape) -> Shape:
        sizes = [size * self.factor for size in x.spatial]
        return Shape((x.channels // prod(self.block(x)), *sizes))

    def is_nothing(self, x: Shape) -> bool:
        return self.factor == 1

    def footprints(self, x: Shape) -> Footprints:
        return (transposed(self.factor, self.factor),) * len(x.spatial)

    def shape_formulas(self, x: Shape) -> Formulas:
        reason = "a block of channels becomes a block of positions"
        formulas = {"channels": Formula("C / block", reason, block=self.block(x))}
        for axis, size in zip(axis_names(x)[1:], size_names(x)[1:], strict=True):
            formulas[axis] = Formula(f"{size} x factor", "each position becomes a block")
        return formulas


class PixelUnshuffle(Layer):
    """Positions become channels.  (C, *S) -> (C * factor^d, *S / factor), d the spatial axes.

    Source: torch.nn.PixelUnshuffle.
    """

    kind = "pixel_unshuffle"
    example = (
        "512x26x26",
        "{pixel_unshuffle: 2}",
        "the passthrough of YOLOv2 (Redmon and Farhadi, arXiv:1612.08242)",
    )
    spatial_axes = (1, 2, 3)
    factor: PositiveInt

    def check(self, x: Shape) -> None:
        if any(size % self.factor for size in x.spatial):
            raise Refusal(f"{x} cannot be split into blocks of {self.factor}", argument="factor")

    def output(self, x: Shape) -> Shape:
        sizes = [size // self.factor for size in x.spatial]
        return Shape((x.channels * self.factor ** len(sizes), *sizes))

    def is_nothing(self, x: Shape) -> bool:
        return self.factor == 1

    def footprints(self, x: Shape) -> Footprints:
        return (Footprint(self.factor, self.factor),) * len(x.spatial)

    def shape_formulas(self, x: Shape) -> Formulas:
        block = (self.factor,) * len(x.spatial)
        reason = "each position of a block becomes a channel"
        formulas = {"channels": Formula("C x block", reason, block=block)}
        for axis, size in zip(axis_names(x)[1:], size_names(x)[1:], strict=True):
            formulas[axis] = Formula(f"{size} / factor", "each block becomes a position")
        return formulas
