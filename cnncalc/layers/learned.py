"""Learned tensors: weights that are no matrix."""

from typing import Any

from ..shape import Shape
from .formula import Terms
from .layer import Footprints, Layer, axis_names, elements
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

    def weight_terms(self, *inputs: Any) -> Terms:
        words = {"weight": "factor", "bias": "summand"}
        return {
            name: self.term(inputs, "C", f"one {words[name]} a channel")
            for name in self.weights(*inputs)
        }

    def flops_terms(self, *inputs: Any) -> Terms:
        terms = {"factor": self.term(inputs, elements(inputs[0]), "one product for each element")}
        bias = {"bias": self.term(inputs, elements(inputs[0]), "one addition for each element")}
        return terms | bias if self.bias else terms


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

    def shape_terms(self, *inputs: Any) -> Terms:
        sizes = zip(axis_names(Shape(self.shape)), self.shape, strict=True)
        return {
            axis: self.term(inputs, "size", "it is what the layer is told", size=size)
            for axis, size in sizes
        }

    def weight_terms(self, *inputs: Any) -> Terms:
        return {"weight": self.term(inputs, "shape", "every number of it is learned")}

    def footprints(self, *inputs: Any) -> Footprints:
        return ()
