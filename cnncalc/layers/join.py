"""Joins: several values become one."""

from typing import Annotated, ClassVar

from ..datum import show
from ..problem import Refusal
from ..shape import Shape
from .field import Arguments
from .footprint import POINT, Footprints
from .formula import Formula, Formulas
from .layer import Layer, axis_names, elements, size_names, unchanged_sizes
from .mismatch import remedy
from .parameter import AxisIndex, Parameter

MAX_SUMMANDS = 16  # that the formula of a sum spells out


class Join(Layer):
    """The base of the joins, whose inputs are called operands."""

    # Footprints are those of one operand: the engine unites the receptive fields of all of them.

    arity: ClassVar[tuple[int, int | None]] = (1, None)

    @classmethod
    def check_operands(cls, found: int) -> None:
        """Raise Refusal if a join cannot have this many operands, including constants."""


def shapes_text(shapes: tuple[Shape, ...]) -> str:
    """Shapes as a list in a sentence.

    >>> shapes_text((Shape((3, 8, 8)), Shape((4,))))
    '3x8x8 and 4'
    """
    *others, last = map(str, shapes)
    return f"{', '.join(others)} and {last}" if others else last


# Concatenation


class Concat(Join):
    """The operands in sequence along an axis, by default the channels.

    (C1, *S), (C2, *S), ... -> (C1 + C2 + ..., *S).  Takes operands with equal sizes on all other
    axes.  Source: torch.cat.
    """

    kind = "concat"
    example = (
        "{one: 64x28x28, three: 128x28x28, five: 32x28x28, pool: 32x28x28}",
        "{concat: [one, three, five, pool]}",
        "inception (3a) of GoogLeNet",
    )
    axis: AxisIndex = 0

    def output(self, *operands: Shape) -> Shape:
        first = operands[0]
        size = first[self.axis]
        for shape in operands[1:]:
            # Without this axis, the operands must be equal.
            if len(shape) != len(first) or shape.with_axis(self.axis, size) != first:
                raise Refusal(
                    f"concat needs operands that are equal except on axis {self.axis}, "
                    f"found {shapes_text(operands)}",
                    remedy(operands) if self.axis == 0 else "",
                )
        return first.with_axis(self.axis, sum(shape[self.axis] for shape in operands))

    def is_nothing(self, *operands: Shape) -> bool:
        return len(operands) == 1

    def shape_formulas(self, *operands: Shape) -> Formulas:
        first = operands[0]
        name = size_names(first)[self.axis]
        sizes = {f"{name}{index}": shape[self.axis] for index, shape in enumerate(operands, 1)}
        return unchanged_sizes(first) | {axis_names(first)[self.axis]: sum_formula(sizes)}

    def footprints(self, *operands: Shape) -> Footprints:
        # Along its axis, an output is at another place of its operand.
        axes = range(1, len(operands[0]))
        return tuple(None if axis == self.axis else POINT for axis in axes)

    def label(self) -> str:
        return f"axis {self.axis}" if self.axis else ""


def sum_formula(sizes: dict[str, int]) -> Formula:
    """The sum of the sizes of operands, by their names.

    >>> sum_formula({"C1": 64, "C2": 128}).text
    'C1 + C2'
    >>> sum_formula({f"C{index}": 32 for index in range(1, 18)}).text
    'sum'
    """
    reason = "the operands follow one another"
    if len(sizes) > MAX_SUMMANDS:
        return Formula("sum", f"{reason}: {len(sizes)} of them", sum=sum(sizes.values()))
    return Formula(" + ".join(sizes), reason, **sizes)


# Operations on each element


class ElementWise(Join):
    """An operation on each element.  (C, *S), (C, *S), ... -> (C, *S).

    Takes operands of one shape; axes of size 1 are broadcast, and so are a vector of C over (C, *S)
    and a number over anything.
    """

    constants: Annotated[tuple[tuple[int, float], ...], Parameter()] = ()  # which are not inputs

    def output(self, *operands: Shape) -> Shape:
        if operands.count(operands[0]) == len(operands):
            return operands[0]
        axes = max(map(len, operands))
        padded = [with_axes(shape, axes) for shape in operands]
        if any(len(shape) != axes for shape in padded):
            raise self.mismatch(operands)
        out = Shape(map(max, zip(*padded, strict=True)))
        for shape in padded:
            if any(size not in (1, wanted) for size, wanted in zip(shape, out, strict=True)):
                raise self.mismatch(operands)
        return out

    def mismatch(self, operands: tuple[Shape, ...]) -> Refusal:
        message = f"{self.kind} needs operands of one shape, found {shapes_text(operands)}"
        return Refusal(message, remedy(operands))

    def other_flops(self, *operands: Shape) -> int:
        """(operands - 1) per output element."""
        return self.output(*operands).elements * (len(operands) + len(self.constants) - 1)

    def shape_formulas(self, *operands: Shape) -> Formulas:
        out = self.output(*operands)
        if out == operands[0]:
            return unchanged_sizes(out)
        reason = "an axis that is missing or has size 1 is broadcast"
        sizes = [Formula("size", reason, size=size) for size in out]
        return dict(zip(axis_names(out), sizes, strict=True))

    def flops_formulas(self, *operands: Shape) -> Formulas:
        out = elements(self.output(*operands), "'")
        count = len(operands) + len(self.constants)
        reason = "combining n operands takes n - 1 operations for each element"
        return {"operations": Formula(f"(operands - 1) x {out}", reason, operands=count)}

    def is_nothing(self, *operands: Shape) -> bool:
        return len(operands) + len(self.constants) == 1

    def canonical(self, *operands: Shape) -> Layer:
        if not (self.is_commutative and self.constants):
            return self
        numbers = sorted(number for _, number in self.constants)
        return self.with_arguments(constants=tuple(enumerate(numbers, len(operands))))

    def arguments(self) -> Arguments:
        return {"constants": self.constants} if self.constants else {}

    def label(self) -> str:
        """The place of a number among the operands: `1, []` for 1 - x, and `[], 1` for x - 1."""
        if len(self.constants) != 1:
            return ", ".join(show(number) for _, number in self.constants[:MAX_SUMMANDS])
        [(position, number)] = self.constants
        return f"[], {show(number)}" if position else f"{show(number)}, []"


def with_axes(shape: Shape, axes: int) -> Shape:
    """A vector as a map of one position with this many axes; any other shape unchanged."""
    return Shape((*shape, *(1,) * (axes - 1))) if len(shape) == 1 else shape


class Add(ElementWise):
    """The sum of the operands.  Source: He et al., ResNet, arXiv:1512.03385, section 3.2."""

    kind = "add"
    is_commutative = True
    example = (
        "{x: 256x56x56, shortcut: 256x56x56}",
        "{add: [x, shortcut]}",
        "the end of a block in the first stage of ResNet-50",
    )


class Mul(ElementWise):
    """The product of the operands, element by element.

    Source: Hu et al., SENet, arXiv:1709.01507, section 3.2.
    """

    kind = "mul"
    is_commutative = True
    example = (
        "{x: 256x56x56, gate: 256x1x1}",
        "{mul: [x, gate]}",
        "squeeze and excitation in the first stage of SE-ResNet-50",
    )


class Max(ElementWise):
    """The maximum of the operands, element by element.

    Source: Goodfellow et al., Maxout, arXiv:1302.4389.
    """

    kind = "max"
    is_commutative = True
    example = (
        "{first: 48x128x128, second: 48x128x128}",
        "{max: [first, second]}",
        "the first max-feature-map of Light CNN (Wu et al., arXiv:1511.02683)",
    )


# Operations on two operands


def check_two(kind: str, found: int) -> None:
    """Raise Refusal unless there are two operands."""
    if found != 2:
        raise Refusal(f"{kind} takes 2 operands, found {found}", rule="inputs")


class BinaryElementWise(ElementWise):
    """An operation on each element of two operands.

    Takes two operands of one shape; axes of size 1 are broadcast, and so are a vector of C over
    (C, *S) and a number over anything.
    """

    @classmethod
    def check_operands(cls, found: int) -> None:
        check_two(cls.kind, found)

    def check(self, *operands: Shape) -> None:
        check_two(self.kind, len(operands) + len(self.constants))


class Sub(BinaryElementWise):
    """The first operand minus the second.  (C, *S), (C, *S) -> (C, *S).  Source: torch.sub."""

    kind = "sub"
    example = (
        "{left: 4096, right: 4096}",
        "{sub: [left, right]}",
        "the halves of a Siamese network (Koch et al., 2015)",
    )


class Div(BinaryElementWise):
    """The first operand divided by the second.  (C, *S), (C, *S) -> (C, *S).  Source: torch.div."""

    kind = "div"
    example = (
        "12x197x197",
        "{div: [[], 8]}",
        "the scores of ViT-B/16 over the square root of the 64 channels of a head",
    )
