"""Learned tensors: weights that are not a matrix, and tensors that are not learned."""

from ..shape import Shape
from .footprint import Footprints
from .formula import Formula, Formulas
from .layer import Layer, axis_names, elements, size_argument
from .parameter import Flag, ShapeArgument


class Scale(Layer):
    """A learned factor for each channel, with `bias` also a learned summand.  (C, *S) -> (C, *S).

    Source: Touvron et al., Going Deeper with Image Transformers (LayerScale), arXiv:2103.17239,
    section 2.
    """

    kind = "scale"
    example = ("96x56x56", "scale", "in the first stage of ConvNeXt-T")
    bias: Flag = False

    def output(self, x: Shape) -> Shape:
        return x

    def weights(self, x: Shape) -> dict[str, Shape]:
        """`weight` of C, with `bias` also `bias` of C."""
        channels = Shape((x.channels,))
        return {"weight": channels, "bias": channels} if self.bias else {"weight": channels}

    def other_flops(self, x: Shape) -> int:
        """1 per element, 2 with `bias`."""
        return (2 if self.bias else 1) * x.elements

    def weight_formulas(self, x: Shape) -> Formulas:
        formulas = {"weight": Formula("C", "one factor per channel")}
        if self.bias:
            formulas["bias"] = Formula("C", "one summand per channel")
        return formulas

    def flops_formulas(self, x: Shape) -> Formulas:
        formulas = {"factor": Formula(elements(x), "one product for each element")}
        if self.bias:
            formulas["bias"] = Formula(elements(x), "one addition for each element")
        return formulas


class Weight(Layer):
    """A learned tensor: a class token, a table of positions.  -> shape.

    Takes nothing: the step before it is ignored.  Source: Dosovitskiy et al., arXiv:2010.11929,
    section 3.1.
    """

    kind = "weight"
    example = ("768x196", "{weight: 768x197}", "the table of positions of ViT-B/16")
    arity = (0, 0)
    shape: ShapeArgument

    def output(self) -> Shape:
        return Shape(self.shape)

    def weights(self) -> dict[str, Shape]:
        """`weight` of the shape."""
        return {"weight": Shape(self.shape)}

    def footprints(self) -> Footprints:
        return ()

    def shape_formulas(self) -> Formulas:
        axes = axis_names(Shape(self.shape))
        return dict(zip(axes, map(size_argument, self.shape), strict=True))

    def weight_formulas(self) -> Formulas:
        return {"weight": Formula("shape", "every element is learned")}


class Constant(Layer):
    """A tensor that is not learned: a table of sines, a grid of coordinates, a filter.  -> shape.

    Takes nothing: the step before it is ignored.

    With `buffer` it is stored with the weights, as by torch.nn.Module.register_buffer; otherwise it
    is created in each pass, and costs nothing.

    Source: Vaswani et al., arXiv:1706.03762, section 3.5.
    """

    kind = "constant"
    example = (
        "512x100",
        "{constant: 512x100, buffer: true}",
        "the sines and cosines of the positions in a Transformer",
    )
    arity = (0, 0)
    shape: ShapeArgument
    buffer: Flag = False

    def output(self) -> Shape:
        return Shape(self.shape)

    def buffers(self) -> int:
        """The elements, with `buffer`."""
        return Shape(self.shape).elements if self.buffer else 0

    def footprints(self) -> Footprints:
        return ()

    def shape_formulas(self) -> Formulas:
        axes = axis_names(Shape(self.shape))
        return dict(zip(axes, map(size_argument, self.shape), strict=True))

    def buffer_formulas(self) -> Formulas:
        return {"constant": Formula("shape", "every element is stored")} if self.buffer else {}
