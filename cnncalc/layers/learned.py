"""Learned tensors that are no matrix."""

from typing import Any

from ..shape import Shape
from .layer import Layer, Views
from .parameter import Flag, NewShape


class Scale(Layer):
    """A learned factor for each channel, with `bias` a summand too.  (C, *S) -> (C, *S)."""

    kind = "scale"
    bias: Flag = False

    def output(self, *inputs: Any) -> Shape:
        x: Shape = inputs[0]
        return x

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        channels = Shape((inputs[0].channels,))
        return {"weight": channels, "bias": channels} if self.bias else {"weight": channels}

    def other_flops(self, *inputs: Any) -> int:
        return int((2 if self.bias else 1) * inputs[0].elements)


class Weight(Layer):
    """A learned tensor, whatever enters: a class token, a table of positions.  -> shape."""

    kind = "weight"
    takes = (0, 0)
    shape: NewShape

    def output(self, *inputs: Any) -> Shape:
        return Shape(self.shape)

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        return {"weight": Shape(self.shape)}

    def views(self, *inputs: Any) -> Views:
        return ()
