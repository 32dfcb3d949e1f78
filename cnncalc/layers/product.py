"""Products of two values: each element of the output is a sum of products of their elements."""

from math import prod

from ..problem import Refusal
from ..shape import AxisWindow, Shape
from .footprint import POINT, Footprint, Footprints
from .formula import Formula, Formulas
from .join import Join, check_two, shapes_text
from .layer import Symbols, axis_names, size_names
from .parameter import AmountPerAxis, SizePerAxis, default, sizes_text
from .window import output_size_formula


class MatMul(Join):
    """The product of matrices.  (*L, m, k), (*L, k, n) -> (*L, m, n).  Source: torch.matmul.

    Takes two operands of at least two axes, with equal sizes on all axes before the last two.
    """

    kind = "matmul"
    example = (
        "{query: 12x197x64, key: 12x64x197}",
        "{matmul: [query, key]}",
        "the scores of ViT-B/16",
    )
    arity = (2, 2)

    @classmethod
    def check_operands(cls, found: int) -> None:
        check_two(cls.kind, found)

    def check(self, left: Shape, right: Shape) -> None:
        is_matrices = min(len(left), len(right)) >= 2
        if not is_matrices or left[:-2] != right[:-2] or left[-1] != right[-2]:
            raise Refusal(
                "matmul needs (*L, m, k) and (*L, k, n) with equal L and k, "
                f"found {left} and {right}"
            )

    def output(self, left: Shape, right: Shape) -> Shape:
        return Shape((*left[:-1], right[-1]))

    def macs(self, left: Shape, right: Shape) -> int:
        """prod(L) x m x k x n."""
        return prod(left) * right[-1]

    def footprints(self, left: Shape, right: Shape) -> Footprints:
        # Of two matrices, column n of the output depends on column n of the second.
        return (POINT,) if len(left) == 2 else (None,) * (len(left) - 1)

    def reads_all(self, position: int, inputs: tuple[Shape, ...]) -> bool:
        return position == 0

    def symbols(self, left: Shape, right: Shape) -> Symbols:
        sizes = {"L": left[:-2], "m": left[-2], "k": left[-1], "n": right[-1]}
        return super().symbols(left, right) | sizes

    def shape_formulas(self, left: Shape, right: Shape) -> Formulas:
        leading = [Formula(name) for name in size_names(left)[:-2]]
        rows = Formula("m", "the rows of the first operand")
        columns = Formula("n", "the columns of the second operand")
        axes = axis_names(self.output(left, right))
        return dict(zip(axes, [*leading, rows, columns], strict=True))

    def macs_formulas(self, left: Shape, right: Shape) -> Formulas:
        leading = "L x " if len(left) > 2 else ""
        reason = "each element of the output is a sum of k products"
        return {"products": Formula(f"{leading}m x k x n", reason)}


class Correlation(Join):
    """The products of each patch of a map with the patches around it in another map.

    (C, *S), (C, *S) -> (D, *S'), S' the output size of the window, D the number of displacements.

    Takes two operands of one shape: series, images or volumes.

    A patch has the size of the kernel. It is compared with those up to `displacement` positions
    away along each axis, in steps of `step`; outside of the second map there are zeros. So D is
    prod(2 floor(displacement / step) + 1). The sum of the products is divided by their number.

    Source: Dosovitskiy et al., FlowNet, arXiv:1504.06852, section 3.
    """

    kind = "correlation"
    example = (
        "{left: 256x48x64, right: 256x48x64}",
        "{correlation: [left, right], displacement: 20, step: 2}",
        "FlowNetC on images of 384x512",
    )
    arity = (2, 2)
    spatial_axes = (1, 2, 3)
    displacement: AmountPerAxis
    step: SizePerAxis = default(1)
    kernel: SizePerAxis = default(1)
    stride: SizePerAxis = default(1)
    padding: AmountPerAxis = default(0)

    @classmethod
    def check_operands(cls, found: int) -> None:
        check_two(cls.kind, found)

    def check(self, left: Shape, right: Shape) -> None:
        if left != right:
            found = shapes_text((left, right))
            raise Refusal(f"correlation needs operands of one shape, found {found}")

    def displacements(self) -> tuple[int, ...]:
        """The number of displacements along each axis."""
        axes = zip(self.displacement, self.step, strict=True)
        return tuple(2 * (most // step) + 1 for most, step in axes)

    def windows(self, left: Shape, right: Shape) -> dict[str, AxisWindow]:
        axes = zip(left.spatial, self.kernel, self.stride, self.padding, self.padding, strict=True)
        return dict(zip(axis_names(left)[1:], [AxisWindow(*axis) for axis in axes], strict=True))

    def output(self, left: Shape, right: Shape) -> Shape:
        sizes = [window.output_size() for window in self.windows(left, right).values()]
        return Shape((prod(self.displacements()), *sizes))

    def macs(self, left: Shape, right: Shape) -> int:
        """Output elements x C x prod(kernel)."""
        return self.output(left, right).elements * left.channels * prod(self.kernel)

    def other_flops(self, left: Shape, right: Shape) -> int:
        """1 per output element: the division."""
        return self.output(left, right).elements

    def footprints(self, left: Shape, right: Shape) -> Footprints:
        # That of the second operand, which contains that of the first.
        windows = self.windows(left, right).values()
        moved = [
            most // step * step for most, step in zip(self.displacement, self.step, strict=True)
        ]
        return tuple(
            Footprint(window.kernel + 2 * most, window.stride, -window.before - most)
            for window, most in zip(windows, moved, strict=True)
        )

    def symbols(self, left: Shape, right: Shape) -> Symbols:
        return super().symbols(left, right) | {"displacements": self.displacements()}

    def shape_formulas(self, left: Shape, right: Shape) -> Formulas:
        reason = "one for each displacement, 2 floor(displacement / step) + 1 along each axis"
        formulas = {"channels": Formula("displacements", reason)}
        names = zip(size_names(left)[1:], self.windows(left, right).items(), strict=True)
        for name, (axis, window) in names:
            formulas[axis] = output_size_formula(name, window)
        return formulas

    def macs_formulas(self, left: Shape, right: Shape) -> Formulas:
        reason = "each element of the output compares two patches"
        return {"products": Formula("displacements x S' x C x kernel", reason)}

    def flops_formulas(self, left: Shape, right: Shape) -> Formulas:
        return {"means": Formula("C' x S'", "a division for each element of the output")}

    def label(self) -> str:
        label = f"within {sizes_text(self.displacement)}"
        if any(step > 1 for step in self.step):
            label += f", step {sizes_text(self.step)}"
        if prod(self.kernel) > 1:
            label += f", {sizes_text(self.kernel)}"
        if any(stride > 1 for stride in self.stride):
            label += f" /{sizes_text(self.stride)}"
        return label
