"""Activations: a function of each element, or of the channels at each position."""

from typing import Annotated, ClassVar

from ..problem import Refusal
from ..shape import Shape
from .field import Arguments
from .footprint import POINT, Footprints
from .formula import Formula, Formulas
from .layer import Layer, elements, unchanged_sizes
from .parameter import AxisIndex, Choice, Flag, NoneOr, Real, RealNumber, Unused

FUNCTIONS = (
    *("sqrt", "rsqrt", "square", "reciprocal", "pow"),
    *("exp", "expm1", "log", "log1p", "log2", "log10"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh"),
    *("erf", "neg", "sign", "floor", "ceil", "round"),
)
"""The functions of `elementwise`, by their names in torch."""


class Activation(Layer):
    """The base of the activations.  (C, *S) -> (C, *S)."""

    cost: ClassVar[int] = 1  # operations per output element
    cost_reason: ClassVar[str] = "one operation for each element, whatever the function"

    def output(self, x: Shape) -> Shape:
        return x

    def other_flops(self, x: Shape) -> int:
        """`cost` per output element."""
        return self.cost * self.output(x).elements

    def is_in_place(self, x: Shape) -> bool:
        return True

    def flops_formulas(self, x: Shape) -> Formulas:
        count = elements(self.output(x), "'")
        text = count if self.cost == 1 else f"{self.cost} x {count}"
        return {"function": Formula(text, self.cost_reason)}


class ReLU(Activation):
    """max(0, x).

    Source: Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, ICML
    2010.
    """

    kind = "relu"
    example = ("96x55x55", "relu", "after conv1 of AlexNet")


class ReLU6(Activation):
    """min(max(0, x), 6).

    Source: Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10, 2010.
    """

    kind = "relu6"
    example = ("32x112x112", "relu6", "after the stem of MobileNetV2")


class LeakyReLU(Activation):
    """x if it is positive, else slope * x.

    Source: Maas et al., Rectifier Nonlinearities Improve Neural Network Acoustic Models, ICML 2013.
    """

    kind = "leaky_relu"
    example = ("32x416x416", "{leaky_relu: 0.1}", "after the first layer of YOLOv3")
    slope: RealNumber = 0.01


class ELU(Activation):
    """x if it is positive, else alpha * (exp(x) - 1).

    Source: Clevert et al., arXiv:1511.07289.
    """

    kind = "elu"
    example = (
        "16x1x128",
        "elu",
        "in the first block of EEGNet (Lawhern et al., arXiv:1611.08024), on 128 samples",
    )
    alpha: RealNumber = 1


class SELU(Activation):
    """A scaled elu that preserves mean and variance.

    Source: Klambauer et al., arXiv:1706.02515.
    """

    kind = "selu"
    example = ("256", "selu", "after a layer of 256 units of a self-normalizing network")


class Sigmoid(Activation):
    """1 / (1 + exp(-x)).  Source: torch.nn.Sigmoid."""

    kind = "sigmoid"
    example = (
        "256x1x1",
        "sigmoid",
        "the gate of squeeze and excitation in the first stage of SE-ResNet-50",
    )


class HardSigmoid(Activation):
    """relu6(x + 3) / 6.  Source: Howard et al., MobileNetV3, arXiv:1905.02244, section 5.2."""

    kind = "hardsigmoid"
    example = ("72x1x1", "hardsigmoid", "the first gate of MobileNetV3-Large")


class Tanh(Activation):
    """The hyperbolic tangent.  Source: torch.nn.Tanh."""

    kind = "tanh"
    example = ("6x28x28", "tanh", "after C1 of LeNet-5")


class HardTanh(Activation):
    """min(max(-1, x), 1), or between other bounds.  Source: torch.nn.Hardtanh."""

    kind = "hardtanh"
    example = (
        "128x32x32",
        "hardtanh",
        "after the first layer of the binarized network of Hubara et al., arXiv:1602.02830",
    )
    min: Unused = None
    max: Unused = None

    def canonical(self, x: Shape) -> Layer:
        """The usual bounds are those that need not be stated."""
        bounds = {"min": -1, "max": 1}
        usual = [name for name, bound in bounds.items() if getattr(self, name) == bound]
        return self.with_arguments(**dict.fromkeys(usual))


class SiLU(Activation):
    """x * sigmoid(x), also called swish.  Source: Ramachandran et al., arXiv:1710.05941."""

    kind = "silu"
    example = ("32x112x112", "silu", "after the stem of EfficientNet-B0")


class HardSwish(Activation):
    """x * hardsigmoid(x).  Source: Howard et al., MobileNetV3, arXiv:1905.02244, section 5.2."""

    kind = "hardswish"
    example = ("16x112x112", "hardswish", "after the stem of MobileNetV3-Large")


class GELU(Activation):
    """x * Phi(x), with Phi the distribution function of the normal distribution.

    Source: Hendrycks and Gimpel, arXiv:1606.08415.
    """

    kind = "gelu"
    example = ("3072x197", "gelu", "in the MLP of ViT-B/16")
    approximate: Annotated[str | None, NoneOr(Choice("tanh"))] = None


class Mish(Activation):
    """x * tanh(softplus(x)).  Source: Misra, arXiv:1908.08681."""

    kind = "mish"
    example = ("32x608x608", "mish", "after the first layer of YOLOv4")


class Softplus(Activation):
    """log(1 + exp(x)).  Source: torch.nn.Softplus."""

    kind = "softplus"
    example = (
        "32",
        "softplus",
        "the variances of a variational autoencoder of 32 latent variables",
    )
    beta: Unused = None
    threshold: Unused = None

    @property
    def is_straight(self) -> bool:
        """Whether it is x itself above a threshold where log(1 + exp(x)) is another float."""
        return self.threshold is not None and self.threshold < 20


class Softmax(Activation):
    """exp(x) divided by its sum along an axis, by default the channels.

    Source: torch.nn.Softmax.
    """

    kind = "softmax"
    example = ("1000", "softmax", "at the end of AlexNet")
    cost = 3
    cost_reason = "an exponential, a sum and a quotient for each element"
    axis: AxisIndex = 0

    def is_in_place(self, x: Shape) -> bool:
        return False

    def footprints(self, x: Shape) -> Footprints:
        return tuple(None if axis == self.axis else POINT for axis in range(1, len(x)))


class LogSoftmax(Softmax):
    """The logarithm of softmax.  Source: torch.nn.LogSoftmax."""

    kind = "log_softmax"
    example = (
        "21x500x500",
        "log_softmax",
        "the 21 classes of FCN (Long et al., arXiv:1411.4038), at every pixel",
    )


class Squash(Activation):
    """The length of each capsule scaled to below 1.

    Source: Sabour et al., arXiv:1710.09829, equation 1.
    """

    kind = "squash"
    example = ("16x10", "squash", "the DigitCaps of CapsNet: ten capsules of 16")

    def is_in_place(self, x: Shape) -> bool:
        return False


class Abs(Activation):
    """The absolute value.  Source: torch.abs."""

    kind = "abs"
    example = (
        "4096",
        "abs",
        "of the difference between the halves of a Siamese network (Koch et al., 2015)",
    )


class Elementwise(Activation):
    """A function of each element, by its name in torch; `pow` also needs the `exponent`.

    Source: torch.sqrt, torch.exp, torch.pow and so on.
    """

    kind = "elementwise"
    example = ("256x197", "{elementwise: sin}", "in SIREN (Sitzmann et al., arXiv:2006.09661)")
    function: Annotated[str, Choice(*FUNCTIONS)]
    exponent: Annotated[float | None, NoneOr(Real())] = None

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        function, exponent = values["function"], values["exponent"]
        if function == "pow" and exponent is None:
            message = "the function `pow` needs an `exponent`"
            raise Refusal(message, "as in {elementwise: pow, exponent: 3}", rule="missing-argument")
        if function != "pow" and exponent is not None:
            message = f"the function `{function}` has no exponent, only `pow` has one"
            raise Refusal(message, "remove `exponent`", "exponent", "bad-value")


class GLU(Activation):
    """The first half of the channels times the sigmoid of the second.  (C, *S) -> (C/2, *S).

    Source: Dauphin et al., arXiv:1612.08083.
    """

    kind = "glu"
    example = (
        "1024x250",
        "glu",
        "in the convolution module of Conformer-L (Gulati et al., arXiv:2005.08100), on 250 frames",
    )
    cost = 2
    cost_reason = "a sigmoid and a product for each element of the output"

    def is_in_place(self, x: Shape) -> bool:
        return False

    def check(self, x: Shape) -> None:
        if x.channels % 2:
            raise Refusal(f"glu halves the channels, found {x.channels}")

    def output(self, x: Shape) -> Shape:
        return x.with_channels(x.channels // 2)

    def shape_formulas(self, x: Shape) -> Formulas:
        return unchanged_sizes(x) | {"channels": Formula("C / 2", "one half gates the other")}


class PReLU(Activation):
    """A leaky relu whose slope is learned: one for all, one per channel, or one per element.

    Source: He et al., arXiv:1502.01852. Keras' default is `per_element`.
    """

    kind = "prelu"
    example = (
        "64x112x112",
        "{prelu: , per_channel: true}",
        "after the first layer of the network of its paper",
    )
    per_channel: Flag = False
    per_element: Flag = False

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        if values["per_channel"] and values["per_element"]:
            message = "the slopes are either per channel or per element, not both"
            raise Refusal(message, argument="per_element")

    def weights(self, x: Shape) -> dict[str, Shape]:
        """`weight` of 1, with `per_channel` of C, with `per_element` of the shape of the input."""
        if self.per_element:
            return {"weight": x}
        return {"weight": Shape((x.channels if self.per_channel else 1,))}

    def canonical(self, x: Shape) -> Layer:
        """At a single position each element is a channel; a single channel has one slope."""
        per_element = self.per_element and x.positions > 1
        per_channel = self.per_channel or self.per_element
        return self.with_arguments(
            per_element=per_element, per_channel=per_channel and x.channels > 1 and not per_element
        )

    def weight_formulas(self, x: Shape) -> Formulas:
        if self.per_element:
            return {"weight": Formula(elements(x), "one slope for each element")}
        if self.per_channel:
            return {"weight": Formula("C", "one slope per channel")}
        return {"weight": Formula("1", "one slope for all channels")}
