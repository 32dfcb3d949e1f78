"""Normalization: values are rescaled by statistics, then by a weight and a bias per channel."""

from typing import Annotated, ClassVar

from ..problem import Refusal
from ..shape import Shape
from .field import Arguments
from .footprint import POINT, Footprints
from .formula import Formula, Formulas
from .layer import Layer, check_groups, elements, size_names
from .parameter import Axis, Choice, Flag, ListOf, PositiveInt, Unused, default, sizes_text

WEIGHT_REASONS = {"weight": "one factor per channel", "bias": "one summand per channel"}
NormalizedAxes = Annotated[
    tuple[int, ...],
    Choice("all", otherwise=ListOf(Axis(), "an axis or a list of axes (0: the channels)")),
]


# What several kinds share


class Norm(Layer):
    """The base of the normalizations.  (C, *S) -> (C, *S)."""

    category = "norm"
    cost: ClassVar[int]  # operations per element
    cost_reason: ClassVar[str] = ""

    def output(self, x: Shape) -> Shape:
        return x

    def other_flops(self, x: Shape) -> int:
        """`cost` per element."""
        return self.cost * x.elements

    def cost_formula(self) -> Formula:
        """The operations per element, and the reason for them."""
        return Formula(str(self.cost), self.cost_reason)

    def weight_formulas(self, x: Shape) -> Formulas:
        return {name: Formula("C", WEIGHT_REASONS[name]) for name in self.weights(x)}

    def flops_formulas(self, x: Shape) -> Formulas:
        cost = self.cost_formula()
        return {"norm": Formula(f"{cost.text} x {elements(x)}", cost.reason)}

    def label(self) -> str:
        return ""


class AffineNorm(Norm):
    """A normalization after which each channel has a weight and a bias.

    `affine` enables both, `scale` the weight and `shift` the bias.
    """

    affine: bool = True
    scale: bool = True
    shift: bool = True

    def weights(self, x: Shape) -> dict[str, Shape]:
        """`weight` of C without `scale: false`, `bias` of C without `shift: false`."""
        learned = {"weight": self.affine and self.scale, "bias": self.affine and self.shift}
        shape = self.weight_shape(x)
        return {name: shape for name, is_learned in learned.items() if is_learned}

    def weight_shape(self, x: Shape) -> Shape:
        """The shape of the weight, and that of the bias."""
        return Shape((x.channels,))

    def canonical(self, x: Shape) -> Layer:
        """`scale` and `shift` alone state what is learned."""
        return self if self.affine else self.with_arguments(affine=True, scale=False, shift=False)

    def label(self) -> str:
        if not (self.affine and (self.scale or self.shift)):
            return "not affine"
        if not self.scale:
            return "no scale"
        return "" if self.shift else "no shift"


class Standardization(AffineNorm):
    """A normalization that subtracts the mean and divides by the standard deviation."""

    def other_flops(self, x: Shape) -> int:
        """5 per element, and 1 each with the weight and the bias."""
        return (5 + len(self.weights(x))) * x.elements

    def cost_formula(self) -> Formula:
        statistics = "mean, variance, difference and quotient"
        learned = [
            word
            for word, is_learned in (("a factor", self.scale), ("a summand", self.shift))
            if self.affine and is_learned
        ]
        added = f", and {' and '.join(learned)}" if learned else ""
        return Formula(str(5 + len(learned)), statistics + added)


class SpatialNorm(Norm):
    """A normalization with statistics over all positions, on which each output then depends."""

    def footprints(self, x: Shape) -> Footprints:
        return (None,) * len(x.spatial)


# The kinds


class BatchNorm(AffineNorm):
    """Batch normalization by the running mean and variance of each channel.

    At inference it is a factor and a summand.

    Source: Ioffe and Szegedy, arXiv:1502.03167.
    """

    kind = "bn"
    example = ("64x112x112", "bn", "after the stem of ResNet")
    cost = 2
    cost_reason = "at inference mean, variance, weight and bias fold into a factor and a summand"
    affine: Flag = True
    scale: Flag = True
    shift: Flag = True
    eps: Unused = None
    momentum: Unused = None

    def buffers(self, x: Shape) -> int:
        """The running mean and variance of each channel, 2C."""
        return 2 * x.channels

    def buffer_formulas(self, x: Shape) -> Formulas:
        return {
            "running_mean": Formula("C", "the mean of each channel over the training data"),
            "running_var": Formula("C", "the variance of each channel over the training data"),
        }


class LayerNorm(Standardization):
    """Layer normalization over the channels of each position, or over other axes.

    `axis` are the axes that the mean and the variance are over, or `all`. There is one weight and
    one bias for each index of these axes.

    Source: Ba et al., arXiv:1607.06450; torch.nn.LayerNorm.
    """

    kind = "layernorm"
    example = ("768x197", "layernorm", "in ViT-B/16")
    affine: Flag = True
    scale: Flag = True
    shift: Flag = True
    axis: NormalizedAxes = default(0)
    eps: Unused = None

    @classmethod
    def resolve(cls, values: Arguments, x: Shape) -> None:
        axes = tuple(range(len(x))) if values["axis"] == "all" else values["axis"]
        if len(set(axes)) < len(axes):
            message = f"an axis is given twice, found {sizes_text(axes)}"
            raise Refusal(message, argument="axis", rule="bad-value")
        values["axis"] = tuple(sorted(axes))

    def weight_shape(self, x: Shape) -> Shape:
        """The sizes of the normalized axes."""
        return Shape(x[axis] for axis in self.axis)

    def weights(self, x: Shape) -> dict[str, Shape]:
        """`weight` and `bias` of the sizes of `axis`: C, unless other axes are given."""
        return super().weights(x)

    def footprints(self, x: Shape) -> Footprints:
        return tuple(None if axis in self.axis else POINT for axis in range(1, len(x)))

    def weight_formulas(self, x: Shape) -> Formulas:
        if self.axis == (0,):
            return super().weight_formulas(x)
        sizes = " x ".join(size_names(x)[axis] for axis in self.axis)
        words = {"weight": "factor", "bias": "summand"}
        return {
            name: Formula(sizes, f"one {words[name]} for each index of the normalized axes")
            for name in self.weights(x)
        }

    def label(self) -> str:
        axes = "" if self.axis == (0,) else f"axis {sizes_text(self.axis)}"
        return ", ".join(filter(None, (axes, super().label())))


class GroupNorm(SpatialNorm, Standardization):
    """Normalization over each group of channels and all positions.

    Source: Wu and He, arXiv:1803.08494.
    """

    kind = "groupnorm"
    example = ("256x56x56", "{groupnorm: 32}", "in the first stage of ResNet-50 with 32 groups")
    groups: PositiveInt
    affine: Flag = True
    scale: Flag = True
    shift: Flag = True
    eps: Unused = None

    def check(self, x: Shape) -> None:
        check_groups(x.channels, self.groups)

    def label(self) -> str:
        return ", ".join(filter(None, (f"{self.groups} groups", super().label())))


class InstanceNorm(SpatialNorm, Standardization):
    """Normalization of each channel over all positions.

    Source: Ulyanov et al., arXiv:1607.08022.
    """

    kind = "instancenorm"
    example = (
        "32x256x256",
        "{instancenorm: , affine: true}",
        "after the first layer of the style transfer of Johnson et al., arXiv:1603.08155",
    )
    spatial_axes = (1, 2, 3)
    affine: Flag = False
    eps: Unused = None
    momentum: Unused = None

    def canonical(self, x: Shape) -> Layer:
        """As a `groupnorm` with one group for each channel."""
        learned = {"affine": True, "scale": self.affine, "shift": self.affine}
        return GroupNorm(groups=x.channels, eps=self.eps, **learned)

    def label(self) -> str:
        return "affine" if self.affine else ""


class RMSNorm(Norm):
    """Division by the root mean square over the channels of each position.

    Source: Zhang and Sennrich, arXiv:1910.07467.
    """

    kind = "rmsnorm"
    example = ("4096x2048", "rmsnorm", "in LLaMA-7B, on 2,048 tokens")
    cost = 4
    cost_reason = "square, mean, quotient and factor"
    eps: Unused = None

    def weights(self, x: Shape) -> dict[str, Shape]:
        """`weight` of C."""
        return {"weight": Shape((x.channels,))}


class GlobalResponseNorm(SpatialNorm, AffineNorm):
    """Global response normalization: the norm of each channel, relative to those of the others.

    Source: Woo et al., ConvNeXt V2, arXiv:2301.00808, section 3.2.
    """

    kind = "grn"
    example = ("384x56x56", "grn", "in the first stage of ConvNeXt V2-T")
    cost = 5
    cost_reason = "square, quotient, factor, summand and the input itself"
    eps: Unused = None

    def weights(self, x: Shape) -> dict[str, Shape]:
        """`weight` and `bias` of C each, 2C."""
        return super().weights(x)


class LocalResponseNorm(Norm):
    """Local response normalization over `size` neighboring channels.

    Source: Krizhevsky et al., NIPS 2012, section 3.3.
    """

    kind = "lrn"
    example = ("96x55x55", "lrn", "after conv1 of AlexNet")
    size: PositiveInt = 5
    alpha: Unused = None
    beta: Unused = None
    k: Unused = None

    def other_flops(self, x: Shape) -> int:
        """Size + 3 per element."""
        return (self.size + 3) * x.elements

    def cost_formula(self) -> Formula:
        reason = "the squares of `size` neighbors, and scale, power and quotient"
        return Formula("(size + 3)", reason)

    def label(self) -> str:
        return f"size {self.size}"


class L2Norm(Norm):
    """Division by the Euclidean norm over the channels of each position.

    Source: Liu et al., arXiv:1506.04579.
    """

    kind = "l2norm"
    example = ("512x38x38", "l2norm", "on conv4_3 of SSD300 (Liu et al., arXiv:1512.02325)")
    cost = 3
    cost_reason = "square, sum and quotient"
    eps: Unused = None
