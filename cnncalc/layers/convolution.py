"""Convolutions: a window of weights moves along the spatial axes.

With `weight_norm`, as in torch.nn.utils.weight_norm (Salimans and Kingma, arXiv:1602.07868), the
norm of each filter is a separate weight, `weight_g`. It is multiplied into the filters once,
before inference, which is not counted. With a `density` below 1 the weight is pruned: only
ceil(density x elements) of its elements are stored and multiplied. Their positions are not counted.
Both also apply to `conv_transpose` (one norm per input channel) and `linear` (one per output).

`weights` is a reference to a value that is used as the weight: the output of other layers in a
dynamic convolution, or a `weight` that several layers share. The layer then stores no weight, and
by default no bias; the shape of the value is checked, and the MACs are the same. The same applies
to `conv_transpose`, `linear` (whose matrix is transposed by `permute` in a tied autoencoder),
`depthwise` and, with a weight for each position, `local_conv`.
"""

from math import prod
from typing import ClassVar

from ..shape import Shape
from .field import Arguments
from .formula import Formula, Formulas
from .layer import Layer, Symbols, check_groups
from .parameter import (
    AmountPerAxis,
    Density,
    Flag,
    GivenWeights,
    Padding,
    PositiveInt,
    SizePerAxis,
    default,
    same_as,
    unless,
)
from .stored_weight import StoredWeight
from .window import Windowed


class Convolution(StoredWeight, Windowed):
    """The base of the convolutions.  (C, *S) -> (out, *S'), S' the output size of the window."""

    category = "conv"
    spatial_axes: ClassVar[tuple[int, ...] | None] = (1, 2, 3)
    uses: ClassVar[str] = "S'"  # the number of times that each weight is used
    bias: bool

    def filters(self, x: Shape) -> int:
        """The number of filters, which is that of the output channels."""
        raise NotImplementedError

    def group_count(self, x: Shape) -> int:
        """The number of groups of filters, each of which reads its own input channels."""
        raise NotImplementedError

    def check(self, x: Shape, *given: Shape) -> None:
        check_groups(x.channels, self.group_count(x))
        self.check_weight(x, *given)

    def output(self, x: Shape, *_: Shape) -> Shape:
        return Shape((self.filters(x), *self.output_sizes(x)))

    def weights(self, x: Shape, *_: Shape) -> dict[str, Shape]:
        """`weight` of out x C / groups x kernel, `bias` of out."""
        return self.stored(self.all_weights(x))

    def all_weights(self, x: Shape) -> dict[str, Shape]:
        """The weights before pruning."""
        out = self.filters(x)
        weights = {"weight": Shape((out, x.channels // self.group_count(x), *self.kernel))}
        if self.bias:
            weights["bias"] = Shape((out,))
        return weights

    def products(self, x: Shape) -> int:
        """The number of products that one output element is the sum of."""
        return x.channels // self.group_count(x) * prod(self.kernel)

    def macs(self, x: Shape, *_: Shape) -> int:
        """Output elements x C / groups x prod(kernel), times the density.

        Source: Sze et al., arXiv:1703.09039, section III.
        """
        macs = self.filters(x) * prod(self.output_sizes(x)) * self.products(x)
        return macs if self.density == 1 else self.done(macs, self.all_weights(x)["weight"])

    def other_flops(self, x: Shape, *_: Shape) -> int:
        """1 per output element for the bias."""
        return self.output(x).elements if self.bias else 0

    # Formulas

    def symbols(self, x: Shape, *_: Shape) -> Symbols:
        return super().symbols(x) | {"out": self.filters(x), "groups": self.group_count(x)}

    def channel_formula(self) -> Formula:
        return Formula("out", "each filter makes one channel")

    def filter_formula(self, x: Shape) -> str:
        """The number of weights of one filter."""
        return "C / groups x kernel" if self.group_count(x) > 1 else "C x kernel"

    def weight_reason(self, x: Shape) -> str:
        groups = self.group_count(x)
        if groups > 1:
            return (
                f"each of the {groups} groups of filters reads {x.channels // groups} of the "
                f"{x.channels} channels: {groups} times fewer weights than without groups"
            )
        if prod(self.kernel) == 1:
            return "a 1x1 kernel has no neighbors: one matrix mixes the channels of every position"
        return (
            "each filter has one weight for every channel and kernel position; all output "
            "positions share them, whatever the stride and padding"
        )

    def weight_formulas(self, x: Shape, *_: Shape) -> Formulas:
        return self.stored_formulas(self.all_formulas(x), "out")

    def all_formulas(self, x: Shape) -> Formulas:
        """The formulas of the weights before pruning."""
        formulas = {"weight": Formula(f"out x {self.filter_formula(x)}", self.weight_reason(x))}
        if self.bias:
            formulas["bias"] = Formula("out", "one per filter")
        return formulas

    def macs_formulas(self, x: Shape, *_: Shape) -> Formulas:
        reason = f"each element of the output is a sum of {self.products(x):,} products"
        if prod(self.stride) > 1:
            reason += f"; the stride keeps about 1 of {prod(self.stride)} positions"
        products = {"products": Formula(f"out x S' x {self.filter_formula(x)}", reason)}
        return self.done_formulas(products, self.all_formulas(x)["weight"], self.uses)

    def flops_formulas(self, x: Shape, *_: Shape) -> Formulas:
        if not self.bias:
            return {}
        return {"bias": Formula("out x S'", "one addition for each element of the output")}


class Conv(Convolution):
    """Convolution: each filter's sum of products with the input under the window.

    Without `kernel` it is 1x1 (PyTorch has no default), which the rule implicit-kernel reports.
    Source: LeCun et al., Gradient-Based Learning Applied to Document Recognition, Proc. IEEE 86,
    1998, section II.
    """

    kind = "conv"
    example = (
        "3x224x224",
        "{conv: 64, kernel: 7, stride: 2, padding: 3, bias: false}",
        "the stem of ResNet",
    )
    out: PositiveInt
    kernel: SizePerAxis = default(1)
    stride: SizePerAxis = default(1)
    padding: Padding = default(0)
    dilation: SizePerAxis = default(1)
    groups: PositiveInt = 1
    weights_: GivenWeights = False
    bias: Flag = unless("weights")
    padding_end: AmountPerAxis = same_as("padding")
    weight_norm: Flag = False
    density: Density = 1

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        super().check_arguments(values)
        check_groups(values["out"], values["groups"], "filters")

    def filters(self, x: Shape) -> int:
        return self.out

    def group_count(self, x: Shape) -> int:
        return self.groups

    def label(self) -> str:
        groups = f", groups {self.groups}" if self.groups > 1 else ""
        return f"{self.window_label()}, {self.out}{groups}{self.form_label()}"


class Depthwise(Convolution):
    """Filter each channel on its own.

    (C, *S) -> (C * multiplier, *S'), S' the output size of the window.

    It is a conv with out = C x multiplier and groups = C.  Source: Howard et al., MobileNets,
    arXiv:1704.04861, section 3.1.
    """

    kind = "depthwise"
    example = (
        "32x112x112",
        "{depthwise: 3, padding: 1, bias: false}",
        "the first one of MobileNet",
    )
    kernel: SizePerAxis = default(3)
    stride: SizePerAxis = default(1)
    padding: Padding = default(0)
    dilation: SizePerAxis = default(1)
    multiplier: PositiveInt = 1
    weights_: GivenWeights = False
    bias: Flag = unless("weights")
    padding_end: AmountPerAxis = same_as("padding")
    weight_norm: Flag = False
    density: Density = 1

    def filters(self, x: Shape) -> int:
        return x.channels * self.multiplier

    def group_count(self, x: Shape) -> int:
        return x.channels

    def channel_formula(self) -> Formula:
        reason = "each channel has `multiplier` filters, and each filter makes one channel"
        return Formula("C x multiplier", reason)

    def canonical(self, x: Shape, *_: Shape) -> Layer:
        """As a `conv` with one group for each channel."""
        values = {name: value for name, value in self.__dict__.items() if name != "multiplier"}
        return Conv(**values, out=self.filters(x), groups=x.channels)

    def filter_formula(self, x: Shape) -> str:
        return "kernel"

    def all_formulas(self, x: Shape) -> Formulas:
        reason = "each filter reads one channel"
        if x.channels > 1:
            times = f"{x.channels} times fewer weights than filters that read all {x.channels}"
            reason += f": {times}"
        weight = Formula("C x multiplier x kernel", reason)
        return super().all_formulas(x) | {"weight": weight}

    def label(self) -> str:
        multiplier = f", x{self.multiplier}" if self.multiplier > 1 else ""
        return self.window_label() + multiplier + self.form_label()


class LocalConv(Conv):
    """A convolution whose weights and bias are different at every output position.

    Source: Taigman et al., DeepFace, CVPR 2014, section 3.
    """

    kind = "local_conv"
    example = ("16x63x63", "{local_conv: 16, kernel: 9}", "layer L4 of DeepFace")
    uses = ""

    def weights(self, x: Shape, *_: Shape) -> dict[str, Shape]:
        """`weight` of out x C / groups x kernel, `bias` of out, both for every output position."""
        return super().weights(x)

    def all_weights(self, x: Shape) -> dict[str, Shape]:
        sizes = self.output_sizes(x)
        return {name: Shape((*shape, *sizes)) for name, shape in super().all_weights(x).items()}

    def all_formulas(self, x: Shape) -> Formulas:
        reasons = {
            "weight": "every output position has its own filters: no weight is shared",
            "bias": "one for each element of the output",
        }
        return {
            name: Formula(f"{formula.text} x S'", reasons[name])
            for name, formula in super().all_formulas(x).items()
        }
