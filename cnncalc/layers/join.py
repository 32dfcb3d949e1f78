"""Joins: layers that take operands."""

from math import prod
from typing import Any, ClassVar

from ..problem import Refusal
from ..shape import Shape
from .layer import Layer, Views
from .parameter import AxisNumber, Natural


def listing(shapes: tuple[Shape, ...]) -> str:
    """Shapes in words.

    >>> listing((Shape((3, 8, 8)), Shape((4,))))
    '3x8x8 and 4'
    """
    return " and ".join([", ".join(map(str, shapes[:-1])), str(shapes[-1])]) if len(shapes) > 1 else str(shapes[0])


class Join(Layer):
    """Several values become one.  Where the axes go is the engine's union of what the operands see."""

    takes: ClassVar[tuple[int, int | None]] = (1, None)


class Concat(Join):
    """The operands one after the other along an axis, the channels if not said."""

    kind = "concat"
    axis: AxisNumber = 0

    def output(self, *inputs: Any) -> Shape:
        first: Shape = inputs[0]
        for shape in inputs[1:]:
            if len(shape) != len(first) or any(
                size != wanted for axis, (size, wanted) in enumerate(zip(shape, first, strict=True)) if axis != self.axis
            ):
                raise Refusal(
                    f"concat needs operands that are alike but on axis {self.axis}, found {listing(inputs)}",
                )
        return first.with_axis(self.axis, sum(shape[self.axis] for shape in inputs))

    def telling(self) -> str:
        return f"axis {self.axis}" if self.axis else ""


class ElementWise(Join):
    """An operation on each element; axes of size 1 are repeated, and a vector of C fits (C, *S).

    `constants` counts the operands that are numbers; the engine sees only the others.
    """

    constants: Natural = 0

    def output(self, *inputs: Any) -> Shape:
        axes = max(len(shape) for shape in inputs)
        padded = [Shape((*shape, *(1,) * (axes - 1))) if len(shape) == 1 else shape for shape in inputs]
        if any(len(shape) != axes for shape in padded):
            raise self.mismatch(inputs)
        sizes = []
        for along in zip(*padded, strict=True):
            size = max(along)
            if any(other not in (1, size) for other in along):
                raise self.mismatch(inputs)
            sizes.append(size)
        return Shape(sizes)

    def mismatch(self, inputs: tuple[Shape, ...]) -> Refusal:
        return Refusal(f"{self.kind} needs operands of one shape, found {listing(inputs)}")

    def other_flops(self, *inputs: Any) -> int:
        """Operands - 1 an output element."""
        return self.output(*inputs).elements * (len(inputs) + self.constants - 1)

    def arguments(self) -> dict[str, Any]:
        return {"constants": self.constants} if self.constants else {}

    def telling(self) -> str:
        return ""


class Add(ElementWise):
    """The sum of the operands."""

    kind = "add"


class Mul(ElementWise):
    """The product of the operands."""

    kind = "mul"


class Max(ElementWise):
    """The largest of the operands."""

    kind = "max"


class Pair(ElementWise):
    """An operation on two operands."""

    def check(self, *inputs: Any) -> None:
        if len(inputs) + self.constants != 2:
            raise Refusal(f"{self.kind} takes 2 operands, found {len(inputs) + self.constants}", rule="inputs")


class Sub(Pair):
    """The first operand less the second."""

    kind = "sub"


class Div(Pair):
    """The first operand over the second."""

    kind = "div"


class MatMul(Join):
    """The product of matrices.  (*L, m, k) and (*L, k, n) -> (*L, m, n)."""

    kind = "matmul"
    takes = (2, 2)

    def check(self, *inputs: Any) -> None:
        left, right = inputs
        if min(len(left), len(right)) < 2 or left[:-2] != right[:-2] or left[-1] != right[-2]:
            raise Refusal(f"matmul needs m x k and k x n with like axes before, found {left} and {right}")

    def output(self, *inputs: Any) -> Shape:
        left, right = inputs
        return Shape((*left[:-1], right[-1]))

    def macs(self, *inputs: Any) -> int:
        """m x k x n for each of the leading axes."""
        left, right = inputs
        return int(prod(left) * right[-1])

    def views(self, *inputs: Any) -> Views:
        return (None,) * (len(inputs[0]) - 1)
