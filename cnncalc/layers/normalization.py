"""Normalisation: means and deviations taken out, a learned weight and bias for each channel put in."""

from typing import Any, ClassVar

from ..problem import Refusal
from ..shape import Shape
from .formula import Terms
from .layer import Footprints, Layer, elements
from .parameter import Count, Flag, Unused

WEIGHTS = {"weight": "factor", "bias": "summand"}


class Norm(Layer):
    """What the normalisations share.  (C, *S) -> (C, *S)."""

    category = "norm"
    cost: ClassVar[int]  # operations an element
    why: ClassVar[str] = ""  # so many

    def output(self, *inputs: Any) -> Shape:
        x: Shape = inputs[0]
        return x

    def other_flops(self, *inputs: Any) -> int:
        """`cost` an element."""
        return int(self.cost * inputs[0].elements)

    def each(self, *inputs: Any) -> tuple[str, str]:
        """How many operations an element takes, in a formula, and why."""
        return str(self.cost), self.why

    def weight_terms(self, *inputs: Any) -> Terms:
        return {
            name: self.term(inputs, "C", f"one {WEIGHTS[name]} a channel")
            for name in self.weights(*inputs)
        }

    def flops_terms(self, *inputs: Any) -> Terms:
        cost, reason = self.each(*inputs)
        return {"norm": self.term(inputs, f"{cost} x {elements(inputs[0])}", reason)}

    def label(self) -> str:
        return ""


class Affine(Norm):
    """A normalisation after which each channel has a weight and a bias."""

    affine: Any = True

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        """`weight` and `bias` of C each, 2C."""
        channels = Shape((inputs[0].channels,))
        return {"weight": channels, "bias": channels} if self.affine else {}

    def label(self) -> str:
        return "" if self.affine else "not affine"


class Standardization(Affine):
    """What takes the mean out and divides by the deviation."""

    def other_flops(self, *inputs: Any) -> int:
        """7 an element, 5 without weight and bias."""
        return int((7 if self.affine else 5) * inputs[0].elements)

    def each(self, *inputs: Any) -> tuple[str, str]:
        if self.affine:
            return "7", "mean, variance, difference and quotient, and a factor and a summand"
        return "5", "mean, variance, difference and quotient"


class OverSpace(Norm):
    """A normalisation by statistics of the whole map, which every position therefore sees."""

    def footprints(self, *inputs: Any) -> Footprints:
        return (None,) * len(inputs[0].spatial)


class BatchNorm(Affine):
    """Batch normalisation, by the running mean and variance of each channel: at inference a factor and a summand.

    Source: Ioffe and Szegedy, arXiv:1502.03167.
    """

    kind = "bn"
    example = ("64x112x112", "bn", "after the stem of ResNet")
    cost = 2
    why = "at inference mean, variance, weight and bias fold to a factor and a summand"
    affine: Flag = True
    scale: Flag = True
    eps: Unused = None
    momentum: Unused = None

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        """`weight` and `bias` of C each, 2C; without `scale` the bias alone, C."""
        weights = super().weights(*inputs)
        if not self.scale:
            weights.pop("weight", None)
        return weights

    def buffers(self, *inputs: Any) -> int:
        """The running mean and variance of each channel, 2C."""
        return int(2 * inputs[0].channels)

    def buffer_terms(self, *inputs: Any) -> Terms:
        names = {"running_mean": "mean", "running_var": "variance"}
        return {
            name: self.term(inputs, "C", f"the {what} of each channel, as training saw it")
            for name, what in names.items()
        }

    def label(self) -> str:
        return super().label() or ("" if self.scale else "no scale")


class LayerNorm(Standardization):
    """Layer normalisation over the channels, at every position alike.  Source: Ba et al., arXiv:1607.06450."""

    kind = "layernorm"
    example = ("768x197", "layernorm", "in ViT-B/16")
    affine: Flag = True
    eps: Unused = None


class GroupNorm(OverSpace, Standardization):
    """Normalisation over each group of channels and all positions.  Source: Wu and He, arXiv:1803.08494."""

    kind = "groupnorm"
    example = ("256x56x56", "{groupnorm: 32}", "in the first stage of ResNet-50 with 32 groups")
    groups: Count
    affine: Flag = True
    eps: Unused = None

    def check(self, *inputs: Any) -> None:
        if inputs[0].channels % self.groups:
            raise Refusal(
                f"{inputs[0].channels} channels cannot be split into {self.groups} groups",
                argument="groups",
            )

    def label(self) -> str:
        return f"{self.groups} groups" + (", not affine" if not self.affine else "")


class InstanceNorm(OverSpace, Standardization):
    """Normalisation of each channel over all positions.  Source: Ulyanov et al., arXiv:1607.08022."""

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

    def label(self) -> str:
        return "affine" if self.affine else ""


class RMSNorm(Norm):
    """Division by the root mean square over the channels, at every position.  Source: Zhang and Sennrich, arXiv:1910.07467."""

    kind = "rmsnorm"
    example = ("4096x2048", "rmsnorm", "in LLaMA-7B, on 2,048 tokens")
    cost = 4
    why = "square, mean, quotient and factor"
    eps: Unused = None

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        """`weight` of C."""
        return {"weight": Shape((inputs[0].channels,))}


class GlobalResponseNorm(OverSpace, Affine):
    """Global response normalisation: each channel by its norm over all positions, beside those of the others.

    Source: Woo et al., ConvNeXt V2, arXiv:2301.00808, section 3.2.
    """

    kind = "grn"
    example = ("384x56x56", "grn", "in the first stage of ConvNeXt V2-T")
    cost = 5
    why = "square, quotient, factor, summand and the input itself"
    eps: Unused = None


class LocalResponseNorm(Norm):
    """Local response normalisation over `size` neighbouring channels.  Source: Krizhevsky et al., NIPS 2012, section 3.3."""

    kind = "lrn"
    example = ("96x55x55", "lrn", "after conv1 of AlexNet")
    size: Count = 5
    alpha: Unused = None
    beta: Unused = None
    k: Unused = None

    def other_flops(self, *inputs: Any) -> int:
        """Size + 3 an element."""
        return int((self.size + 3) * inputs[0].elements)

    def each(self, *inputs: Any) -> tuple[str, str]:
        return "(size + 3)", "the squares of so many neighbours, and scale, power and quotient"

    def label(self) -> str:
        return f"size {self.size}"


class L2Norm(Norm):
    """Division by the Euclidean norm over the channels, at every position.  Source: Liu et al., arXiv:1506.04579."""

    kind = "l2norm"
    example = ("512x38x38", "l2norm", "on conv4_3 of SSD300 (Liu et al., arXiv:1512.02325)")
    cost = 3
    why = "square, sum and quotient"
    eps: Unused = None
