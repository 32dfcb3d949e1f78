"""Reductions: one value for all along some axes."""

from typing import Any

from ..problem import Refusal
from ..shape import Shape
from .formula import Terms
from .layer import POINT, Footprints, Layer, as_text, axis_names, elements, size_names
from .parameter import AxisNumbers, Flag, as_entries


class Reduction(Layer):
    """One value for all along some axes.  (C, *S) -> the same without them, with `keep` 1 on them."""

    axis: AxisNumbers
    keep: Flag = False

    def check(self, *inputs: Any) -> None:
        if len(set(self.axis)) < len(self.axis):
            raise Refusal(
                f"an axis is named twice, found {as_text(self.axis)}",
                argument="axis",
                rule="bad-value",
            )
        if not self.keep and len(set(self.axis)) == len(inputs[0]):
            raise Refusal(
                f"this leaves no axis of {inputs[0]}", "keep them as 1 with `keep: true`", "axis"
            )

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        if self.keep:
            return Shape(1 if axis in self.axis else size for axis, size in enumerate(x))
        return Shape(size for axis, size in enumerate(x) if axis not in self.axis)

    def other_flops(self, *inputs: Any) -> int:
        """1 an input element."""
        return int(inputs[0].elements)

    def shape_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        gone = self.term(inputs, "1", "one value for all along the axis")
        sizes = [
            gone if axis in self.axis else self.term(inputs, name)
            for axis, name in enumerate(size_names(x))
        ]
        kept = (
            sizes
            if self.keep
            else [size for axis, size in enumerate(sizes) if axis not in self.axis]
        )
        return dict(zip(axis_names(self.output(x)), kept, strict=True))

    def flops_terms(self, *inputs: Any) -> Terms:
        return {
            "reduction": self.term(
                inputs, elements(inputs[0]), "one operation for each element of the input"
            )
        }

    def footprints(self, *inputs: Any) -> Footprints:
        (x,) = inputs
        if self.keep:
            return tuple(None if axis in self.axis else POINT for axis in range(1, len(x)))
        # An axis keeps its place among the others only if all that go stand behind it.
        kept = [axis for axis in range(len(x)) if axis not in self.axis]
        in_place = kept == list(range(len(kept)))
        return (POINT if in_place else None,) * (len(kept) - 1)

    def label(self) -> str:
        return f"axis {as_entries(self.axis)}"


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
