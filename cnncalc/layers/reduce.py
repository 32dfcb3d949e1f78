"""Reductions along axes."""

from typing import Any

from ..problem import Refusal
from ..shape import Shape
from .layer import POINT, Layer, Views
from .parameter import AxisNumbers, Flag, as_entries


class Reduction(Layer):
    """One value for all along some axes, which go unless they are kept as 1."""

    axis: AxisNumbers
    keep: Flag = False

    def check(self, *inputs: Any) -> None:
        if not self.keep and len(set(self.axis)) == len(inputs[0]):
            raise Refusal(f"this leaves no axis of {inputs[0]}", "keep them as 1 with `keep: true`", "axis")

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        if self.keep:
            return Shape(1 if axis in self.axis else size for axis, size in enumerate(x))
        return Shape(size for axis, size in enumerate(x) if axis not in self.axis)

    def other_flops(self, *inputs: Any) -> int:
        """1 an input element."""
        return int(inputs[0].elements)

    def views(self, *inputs: Any) -> Views:
        (x,) = inputs
        if self.keep:
            return tuple(None if axis in self.axis else POINT for axis in range(1, len(x)))
        # An axis keeps its place among the others only if all that go stand behind it.
        kept = [axis for axis in range(len(x)) if axis not in self.axis]
        in_place = kept == list(range(len(kept)))
        return (POINT if in_place else None,) * (len(kept) - 1)

    def telling(self) -> str:
        return f"axis {as_entries(self.axis)}"


class ReduceSum(Reduction):
    """The sum along axes."""

    kind = "reduce_sum"


class ReduceMean(Reduction):
    """The mean along axes."""

    kind = "reduce_mean"


class ReduceMax(Reduction):
    """The maximum along axes."""

    kind = "reduce_max"
