"""Learned tensors: weights that are no matrix."""

from typing import Any

from ..shape import Shape
from .layer import Layer, Views
from .parameter import Flag, NewShape


class Scale(Layer):
    """A learned factor for each channel, with `bias` a summand too.  (C, *S) -> (C, *S).

    Source: Touvron et al., Going Deeper with Image Transformers (LayerScale), arXiv:2103.17239, section 2.
    """

    kind = "scale"
    example = ("96x56x56", "scale", "in the first stage of ConvNeXt-T")
    bias: Flag = False

    def output(self, *inputs: Any) -> Shape:
        x: Shape = inputs[0]
        return x

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        """`weight` of C, with `bias` that of C too, 2C."""
        channels = Shape((inputs[0].channels,))
        return {"weight": channels, "bias": channels} if self.bias else {"weight": channels}

    def other_flops(self, *inputs: Any) -> int:
        """1 an element, 2 with `bias`."""
        return int((2 if self.bias else 1) * inputs[0].elements)


class Weight(Layer):
    """A learned tensor: a class token, a table of positions.  -> shape.

    Takes nothing: what stands before it is ignored.  Source: Dosovitskiy et al., arXiv:2010.11929, section 3.1.
    """

    kind = "weight"
    example = ("768x196", "{weight: 768x197}", "the table of positions of ViT-B/16")
    takes = (0, 0)
    shape: NewShape

    def output(self, *inputs: Any) -> Shape:
        return Shape(self.shape)

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        """`weight` of the shape."""
        return {"weight": Shape(self.shape)}

    def views(self, *inputs: Any) -> Views:
        return ()
