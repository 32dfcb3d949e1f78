"""Reductions: one value for all positions along some axes."""

from ..problem import Refusal
from ..shape import Shape
from .footprint import POINT, Footprints
from .formula import Formula, Formulas
from .layer import Layer, axis_names, elements, size_names
from .parameter import AxisIndices, Flag, Unused, sizes_text


class Reduction(Layer):
    """The base of the reductions.

    (C, *S) -> the input shape without these axes, or with 1 on them if `keep` is true.
    """

    axis: AxisIndices
    keep: Flag = False

    def check(self, x: Shape) -> None:
        if len(set(self.axis)) < len(self.axis):
            message = f"an axis is given twice, found {sizes_text(self.axis)}"
            raise Refusal(message, argument="axis", rule="bad-value")
        if not self.keep and len(self.axis) == len(x):
            hint = "keep them as 1 with `keep: true`"
            raise Refusal(f"this leaves no axis of {x}", hint, "axis")

    def output(self, x: Shape) -> Shape:
        if self.keep:
            return Shape(1 if axis in self.axis else size for axis, size in enumerate(x))
        return Shape(size for axis, size in enumerate(x) if axis not in self.axis)

    def other_flops(self, x: Shape) -> int:
        """1 per input element."""
        return x.elements

    def footprints(self, x: Shape) -> Footprints:
        if self.keep:
            return tuple(None if axis in self.axis else POINT for axis in range(1, len(x)))
        # A remaining axis keeps its index only if no axis before it is reduced.
        kept = [axis for axis in range(len(x)) if axis not in self.axis]
        in_place = kept == list(range(len(kept)))
        return (POINT if in_place else None,) * (len(kept) - 1)

    def shape_formulas(self, x: Shape) -> Formulas:
        one = Formula("1", "one value for all positions along the axis")
        sizes = [
            one if axis in self.axis else Formula(name) for axis, name in enumerate(size_names(x))
        ]
        if not self.keep:
            sizes = [size for axis, size in enumerate(sizes) if axis not in self.axis]
        return dict(zip(axis_names(self.output(x)), sizes, strict=True))

    def flops_formulas(self, x: Shape) -> Formulas:
        return {"reduction": Formula(elements(x), "one operation for each element of the input")}

    def label(self) -> str:
        return f"axis {sizes_text(self.axis)}"


class Spread(Reduction):
    """The base of the reductions that measure how far values are from their mean.

    (C, *S) -> the input shape without these axes, or with 1 on them if `keep` is true.
    """

    def other_flops(self, x: Shape) -> int:
        """4 per input element: the sum of the mean, a difference, a square and a sum."""
        return 4 * x.elements

    def flops_formulas(self, x: Shape) -> Formulas:
        reason = "the sum for the mean, then a difference, a square and a sum for each element"
        return {"reduction": Formula(f"4 x {elements(x)}", reason)}


class ReduceSum(Reduction):
    """The sum along axes.  Source: torch.sum."""

    kind = "reduce_sum"
    example = (
        "16x10x1152",
        "{reduce_sum: 2}",
        "the routing of CapsNet, over the 1,152 capsules below",
    )


class ReduceMean(Reduction):
    """The mean along axes.  Source: torch.mean."""

    kind = "reduce_mean"
    example = (
        "768x196",
        "{reduce_mean: 1}",
        "at the end of MLP-Mixer-B/16 (Tolstikhin et al., arXiv:2105.01601)",
    )


class ReduceMax(Reduction):
    """The maximum along axes.  Source: torch.amax."""

    kind = "reduce_max"
    example = (
        "256x56x56",
        "{reduce_max: 0, keep: true}",
        "the spatial attention of CBAM (Woo et al., arXiv:1807.06521)",
    )


class ReduceVar(Spread):
    """The variance along axes.  Source: torch.var."""

    kind = "reduce_var"
    example = (
        "512x4x4",
        "{reduce_var: [1, 2]}",
        "the spread of each of 512 channels over a map of 4x4",
    )
    correction: Unused = None


class ReduceStd(Spread):
    """The standard deviation along axes.  Source: torch.std."""

    kind = "reduce_std"
    example = (
        "1500x298",
        "{reduce_std: 1}",
        "half of the statistics pooling of an x-vector (Snyder et al., ICASSP 2018), on 298 frames",
    )
    correction: Unused = None

    def other_flops(self, x: Shape) -> int:
        """4 per input element, as for the variance, and a root per output element."""
        return super().other_flops(x) + self.output(x).elements

    def flops_formulas(self, x: Shape) -> Formulas:
        roots = Formula(elements(self.output(x), "'"), "the root of each variance")
        return super().flops_formulas(x) | {"roots": roots}
