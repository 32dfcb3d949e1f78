"""Joins: several values become one."""

from math import prod
from typing import Any, ClassVar

from ..problem import Refusal
from ..shape import Shape
from .formula import Term, Terms
from .layer import Footprints, Layer, axis_names, elements, size_names
from .parameter import AxisNumber, Natural


def listing(shapes: tuple[Shape, ...]) -> str:
    """Shapes in words.

    >>> listing((Shape((3, 8, 8)), Shape((4,))))
    '3x8x8 and 4'
    """
    return (
        " and ".join([", ".join(map(str, shapes[:-1])), str(shapes[-1])])
        if len(shapes) > 1
        else str(shapes[0])
    )


def check_two(kind: str, found: int) -> None:
    if found != 2:
        raise Refusal(f"{kind} takes 2 operands, found {found}", rule="inputs")


MOST_SUMMANDS = 16  # that a formula names


def total(sizes: dict[str, int]) -> Term:
    """The sum of the sizes of operands.

    >>> total({"C1": 64, "C2": 128}).with_numbers, total(dict.fromkeys("abcdefghijklmnopq", 32)).with_numbers
    ('64 + 128', '544')
    """
    reason = "the operands stand one after the other"
    if len(sizes) > MOST_SUMMANDS:
        return Term("sum", {"sum": sum(sizes.values())}, f"{reason}: {len(sizes)} of them")
    return Term(" + ".join(sizes), sizes, reason)


class Join(Layer):
    """Several values become one."""

    # What an output position sees is the engine's to say: the union of what the operands see.
    takes: ClassVar[tuple[int, int | None]] = (1, None)

    @classmethod
    def check_operands(cls, found: int) -> None:
        """Raise Refusal where there are too many operands, or too few, whatever they are; numbers count."""


class Concat(Join):
    """The operands one after the other along an axis, the channels if not said.

    (C1, *S), (C2, *S), ... -> (C1 + C2 + ..., *S).  Takes operands that are alike but on that axis.  Source: torch.cat.
    """

    kind = "concat"
    example = (
        "{one: 64x28x28, three: 128x28x28, five: 32x28x28, pool: 32x28x28}",
        "{concat: [one, three, five, pool]}",
        "inception (3a) of GoogLeNet",
    )
    axis: AxisNumber = 0

    def output(self, *inputs: Any) -> Shape:
        first: Shape = inputs[0]
        for shape in inputs[1:]:
            if len(shape) != len(first) or any(
                size != wanted
                for axis, (size, wanted) in enumerate(zip(shape, first, strict=True))
                if axis != self.axis
            ):
                raise Refusal(
                    f"concat needs operands that are alike but on axis {self.axis}, found {listing(inputs)}",
                )
        return first.with_axis(self.axis, sum(shape[self.axis] for shape in inputs))

    def shape_terms(self, *inputs: Any) -> Terms:
        size = size_names(inputs[0])[self.axis]
        sizes = {f"{size}{place}": shape[self.axis] for place, shape in enumerate(inputs, 1)}
        return self.unchanged(*inputs) | {axis_names(inputs[0])[self.axis]: total(sizes)}

    def label(self) -> str:
        return f"axis {self.axis}" if self.axis else ""


class ElementWise(Join):
    """An operation on each element.  (C, *S), (C, *S), ... -> (C, *S).

    Takes operands of one shape; axes of size 1 are repeated, a vector of C fits (C, *S), and a number fits all.
    """

    constants: Natural = 0  # how many operands are numbers: the engine sees only the others

    def output(self, *inputs: Any) -> Shape:
        axes = max(len(shape) for shape in inputs)
        padded = [
            Shape((*shape, *(1,) * (axes - 1))) if len(shape) == 1 else shape for shape in inputs
        ]
        if any(len(shape) != axes for shape in padded):
            raise self.mismatch(inputs)
        sizes = []
        for along in zip(*padded, strict=True):
            size = max(along)
            if any(other not in (1, size) for other in along):
                raise self.mismatch(inputs)
            sizes.append(size)
        return Shape(sizes)

    def shape_terms(self, *inputs: Any) -> Terms:
        out = self.output(*inputs)
        if out == inputs[0]:
            return self.unchanged(*inputs)
        terms = [
            self.term(
                inputs, "size", "an axis of size 1, or that is not there, is repeated", size=size
            )
            for size in out
        ]
        return dict(zip(axis_names(out), terms, strict=True))

    def flops_terms(self, *inputs: Any) -> Terms:
        out, operands = elements(self.output(*inputs), "'"), len(inputs) + self.constants
        reason = "to put operands together takes an operation less than there are of them, for each element"
        return {
            "operations": self.term(inputs, f"(operands - 1) x {out}", reason, operands=operands)
        }

    def mismatch(self, inputs: tuple[Shape, ...]) -> Refusal:
        return Refusal(f"{self.kind} needs operands of one shape, found {listing(inputs)}")

    def other_flops(self, *inputs: Any) -> int:
        """The operands less 1, an output element."""
        return self.output(*inputs).elements * (len(inputs) + self.constants - 1)

    def arguments(self) -> dict[str, Any]:
        return {"constants": self.constants} if self.constants else {}

    def label(self) -> str:
        return ""


class Add(ElementWise):
    """The sum of the operands.  Source: He et al., ResNet, arXiv:1512.03385, section 3.2."""

    kind = "add"
    example = (
        "{x: 256x56x56, shortcut: 256x56x56}",
        "{add: [x, shortcut]}",
        "the end of a block in the first stage of ResNet-50",
    )


class Mul(ElementWise):
    """The product of the operands, element by element.  Source: Hu et al., SENet, arXiv:1709.01507, section 3.2."""

    kind = "mul"
    example = (
        "{x: 256x56x56, gate: 256x1x1}",
        "{mul: [x, gate]}",
        "squeeze and excitation in the first stage of SE-ResNet-50",
    )


class Max(ElementWise):
    """The largest of the operands, element by element.  Source: Goodfellow et al., Maxout, arXiv:1302.4389."""

    kind = "max"
    example = (
        "{first: 48x128x128, second: 48x128x128}",
        "{max: [first, second]}",
        "the first max-feature-map of Light CNN (Wu et al., arXiv:1511.02683)",
    )


class Pair(ElementWise):
    """An operation on two operands.

    Takes two operands of one shape; axes of size 1 are repeated, a vector of C fits (C, *S), and a number fits all.
    """

    @classmethod
    def check_operands(cls, found: int) -> None:
        check_two(cls.kind, found)

    def check(self, *inputs: Any) -> None:
        check_two(self.kind, len(inputs) + self.constants)


class Sub(Pair):
    """The first operand less the second.  (C, *S), (C, *S) -> (C, *S).  Source: torch.sub."""

    kind = "sub"
    example = (
        "{left: 4096, right: 4096}",
        "{sub: [left, right]}",
        "the halves of a Siamese network (Koch et al., 2015)",
    )


class Div(Pair):
    """The first operand over the second.  (C, *S), (C, *S) -> (C, *S).  Source: torch.div."""

    kind = "div"
    example = (
        "12x197x197",
        "{div: [[], 8]}",
        "the scores of ViT-B/16 over the root of the 64 of a head",
    )


class MatMul(Join):
    """The product of matrices.  (*L, m, k), (*L, k, n) -> (*L, m, n).  Source: torch.matmul.

    Takes two operands of at least two axes, those before the last two alike.
    """

    kind = "matmul"
    example = (
        "{query: 12x197x64, key: 12x64x197}",
        "{matmul: [query, key]}",
        "the scores of ViT-B/16",
    )
    takes = (2, 2)

    @classmethod
    def check_operands(cls, found: int) -> None:
        check_two(cls.kind, found)

    def check(self, *inputs: Any) -> None:
        left, right = inputs
        if min(len(left), len(right)) < 2 or left[:-2] != right[:-2] or left[-1] != right[-2]:
            raise Refusal(
                f"matmul needs m x k and k x n with like axes before, found {left} and {right}"
            )

    def output(self, *inputs: Any) -> Shape:
        left, right = inputs
        return Shape((*left[:-1], right[-1]))

    def shape_terms(self, *inputs: Any) -> Terms:
        terms = [self.term(inputs, name) for name in size_names(inputs[0])[:-2]]
        terms += [
            self.term(inputs, "m", "the rows of the first"),
            self.term(inputs, "n", "the columns of the second"),
        ]
        return dict(zip(axis_names(self.output(*inputs)), terms, strict=True))

    def macs_terms(self, *inputs: Any) -> Terms:
        leading = "L x " if len(inputs[0]) > 2 else ""
        return {
            "products": self.term(
                inputs, f"{leading}m x k x n", "each element of the product is a sum of k products"
            )
        }

    def symbols(self, *inputs: Any) -> dict[str, Any]:
        left, right = inputs
        return super().symbols(*inputs) | {
            "L": left[:-2],
            "m": left[-2],
            "k": left[-1],
            "n": right[-1],
        }

    def macs(self, *inputs: Any) -> int:
        """prod(L) x m x k x n."""
        left, right = inputs
        return int(prod(left) * right[-1])

    def footprints(self, *inputs: Any) -> Footprints:
        return (None,) * (len(inputs[0]) - 1)
