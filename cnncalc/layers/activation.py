"""Activations: a function of each element.  The shape stays but for glu."""

from typing import Annotated, Any, ClassVar

from ..problem import Refusal
from ..shape import Shape
from .layer import POINT, Layer, Views
from .parameter import AxisNumber, Choice, Flag, Number, Optional, Unused


class Activation(Layer):
    """A function of each element.  (C, *S) -> (C, *S)."""

    cost: ClassVar[int] = 1  # operations an output element

    def output(self, *inputs: Any) -> Shape:
        x: Shape = inputs[0]
        return x

    def other_flops(self, *inputs: Any) -> int:
        return self.cost * self.output(*inputs).elements


class ReLU(Activation):
    """max(0, x)."""

    kind = "relu"


class ReLU6(Activation):
    """min(max(0, x), 6)."""

    kind = "relu6"


class LeakyReLU(Activation):
    """x where it is positive, slope * x elsewhere."""

    kind = "leaky_relu"
    slope: Number = 0.01


class ELU(Activation):
    """x where it is positive, alpha * (exp(x) - 1) elsewhere."""

    kind = "elu"
    alpha: Number = 1


class SELU(Activation):
    """A scaled elu that keeps mean and variance.  Source: Klambauer et al., arXiv:1706.02515."""

    kind = "selu"


class Sigmoid(Activation):
    """1 / (1 + exp(-x))."""

    kind = "sigmoid"


class HardSigmoid(Activation):
    """relu6(x + 3) / 6."""

    kind = "hardsigmoid"


class Tanh(Activation):
    """The hyperbolic tangent."""

    kind = "tanh"


class HardTanh(Activation):
    """x cut off at both sides."""

    kind = "hardtanh"
    min: Unused = None
    max: Unused = None


class SiLU(Activation):
    """x * sigmoid(x), also called swish."""

    kind = "silu"


class HardSwish(Activation):
    """x * hardsigmoid(x).  Source: Howard et al., arXiv:1905.02244, section 5.2."""

    kind = "hardswish"


class GELU(Activation):
    """x * Phi(x), with Phi the distribution function of the normal distribution."""

    kind = "gelu"
    approximate: Annotated[str | None, Optional(Choice("tanh"))] = None


class Mish(Activation):
    """x * tanh(softplus(x))."""

    kind = "mish"


class Softplus(Activation):
    """log(1 + exp(x))."""

    kind = "softplus"
    beta: Unused = None
    threshold: Unused = None


class Softmax(Activation):
    """exp(x) over its sum along an axis, the channels if not said."""

    kind = "softmax"
    cost = 3
    axis: AxisNumber = 0

    def views(self, *inputs: Any) -> Views:
        return tuple(None if axis == self.axis else POINT for axis in range(1, len(inputs[0])))


class LogSoftmax(Softmax):
    """The logarithm of softmax."""

    kind = "log_softmax"


class Squash(Activation):
    """A capsule's length squashed to below 1.  Source: Sabour et al., arXiv:1710.09829, equation 1."""

    kind = "squash"


class Abs(Activation):
    """The absolute value."""

    kind = "abs"


class GLU(Activation):
    """The first half of the channels times the sigmoid of the second.  (C, *S) -> (C/2, *S).

    Source: Dauphin et al., arXiv:1612.08083.
    """

    kind = "glu"
    cost = 2

    def check(self, *inputs: Any) -> None:
        if inputs[0].channels % 2:
            raise Refusal(f"glu halves the channels, found {inputs[0].channels}")

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        return Shape((x.channels // 2, *x.space))


class PReLU(Activation):
    """A leaky relu whose slope is learned: one, or one a channel.  Source: He et al., arXiv:1502.01852."""

    kind = "prelu"
    per_channel: Flag = False

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        return {"weight": Shape((inputs[0].channels if self.per_channel else 1,))}
