"""Normalisation."""

from typing import Any, ClassVar

from ..problem import Refusal
from ..shape import Shape
from .layer import Layer, Views
from .parameter import Count, Flag, Unused


class Norm(Layer):
    """What the normalisations share: the shape stays, and each channel may have a weight and a bias."""

    category = "norm"
    cost: ClassVar[int] = 7  # operations an element
    bare_cost: ClassVar[int | None] = None  # without weight and bias, where that is less
    affine: Any = True

    def output(self, *inputs: Any) -> Shape:
        x: Shape = inputs[0]
        return x

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        channels = Shape((inputs[0].channels,))
        return {"weight": channels, "bias": channels} if self.affine else {}

    def other_flops(self, *inputs: Any) -> int:
        cost = self.cost if self.affine or self.bare_cost is None else self.bare_cost
        return int(cost * inputs[0].elements)

    def telling(self) -> str:
        return "" if self.affine else "not affine"


class OverSpace(Norm):
    """A normalisation by statistics of the whole map, which every position therefore sees."""

    def views(self, *inputs: Any) -> Views:
        return (None,) * len(inputs[0].space)


class BatchNorm(Norm):
    """Batch normalisation: 2 operations an element, since at inference it folds to a scale and a shift.

    Source: Ioffe and Szegedy, arXiv:1502.03167.
    """

    kind = "bn"
    cost = 2
    affine: Flag = True
    scale: Flag = True
    eps: Unused = None
    momentum: Unused = None

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        weights = super().weights(*inputs)
        if not self.scale:
            weights.pop("weight", None)
        return weights

    def buffers(self, *inputs: Any) -> int:
        """The running mean and variance of each channel."""
        return int(2 * inputs[0].channels)

    def telling(self) -> str:
        return super().telling() or ("" if self.scale else "no scale")


class LayerNorm(Norm):
    """Layer normalisation over the channels, at every position alike.  Source: Ba et al., arXiv:1607.06450."""

    kind = "layernorm"
    bare_cost = 5
    affine: Flag = True
    eps: Unused = None


class GroupNorm(OverSpace):
    """Normalisation over groups of channels.  Source: Wu and He, arXiv:1803.08494."""

    kind = "groupnorm"
    bare_cost = 5
    groups: Count
    affine: Flag = True
    eps: Unused = None

    def check(self, *inputs: Any) -> None:
        if inputs[0].channels % self.groups:
            raise Refusal(f"{inputs[0].channels} channels cannot be split into {self.groups} groups", argument="groups")

    def telling(self) -> str:
        return f"{self.groups} groups" + (", not affine" if not self.affine else "")


class InstanceNorm(OverSpace):
    """Normalisation of each channel of each sample.  Source: Ulyanov et al., arXiv:1607.08022."""

    kind = "instancenorm"
    space_axes = (1, 2, 3)
    bare_cost = 5
    affine: Flag = False
    eps: Unused = None
    momentum: Unused = None

    def telling(self) -> str:
        return "affine" if self.affine else ""


class RMSNorm(Norm):
    """Normalisation by the root mean square over the channels.  Source: Zhang and Sennrich, arXiv:1910.07467."""

    kind = "rmsnorm"
    cost = 4
    eps: Unused = None

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        return {"weight": Shape((inputs[0].channels,))}


class GlobalResponseNorm(OverSpace):
    """Global response normalisation of ConvNeXt V2.  Source: Woo et al., arXiv:2301.00808, section 3.2."""

    kind = "grn"
    cost = 5
    eps: Unused = None


class LocalResponseNorm(Norm):
    """Local response normalisation over neighbouring channels.  Source: Krizhevsky et al., NIPS 2012, section 3.3."""

    kind = "lrn"
    affine = False
    size: Count = 5
    alpha: Unused = None
    beta: Unused = None
    k: Unused = None

    def other_flops(self, *inputs: Any) -> int:
        """size + 3 an element."""
        return int((self.size + 3) * inputs[0].elements)

    def telling(self) -> str:
        return f"size {self.size}"


class L2Norm(Norm):
    """Division by the Euclidean norm over the channels, at every position.  Source: Liu et al., arXiv:1506.04579."""

    kind = "l2norm"
    affine = False
    cost = 3
    eps: Unused = None

    def telling(self) -> str:
        return ""
