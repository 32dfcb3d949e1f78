"""Recurrent convolution: a state of maps is carried along a series of maps."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar

from ..datum import Datum
from ..problem import Refusal
from ..shape import AxisWindow, Shape
from .field import Arguments
from .footprint import Footprints
from .formula import Formula, Formulas
from .layer import Symbols, axis_names, size_names
from .parameter import AmountPerAxis, Flag, Padding, PositiveInt, SizePerAxis, default, same_as
from .window import Windowed, output_size_formula


class ConvLSTM(Windowed):
    """An LSTM whose matrices are convolutions, along a series of maps.

    (C, T, *S) -> (out, T, *S'), S' the output size of the window.

    Takes a series of series (CxTxN), of images (CxTxHxW) or of volumes (CxTxDxHxW).

    The window applies to the convolution of the input. The convolution of the state has the same
    kernel, and keeps the size. Each gate has one bias. With `peepholes`, three gates also read the
    cell, with one weight for each of its elements.

    Source: Shi et al., arXiv:1506.04214, equation 3, which has peepholes; keras.layers.ConvLSTM2D
    and most implementations in PyTorch have none.
    """

    kind = "conv_lstm"
    example = (
        "1x10x64x64",
        "{conv_lstm: 64, kernel: 5, padding: same}",
        "next-frame prediction on Moving MNIST (the example of Keras), on 10 frames",
    )
    category = "recurrent"
    spatial_axes = (2, 3, 4)
    gates: ClassVar[int] = 4
    states: ClassVar[int] = 2
    out: PositiveInt
    kernel: SizePerAxis
    stride: SizePerAxis = default(1)
    padding: Padding = default(0)
    dilation: SizePerAxis = default(1)
    bias: Flag = True
    peepholes: Flag = False
    padding_end: AmountPerAxis = same_as("padding")

    @classmethod
    def check_inputs(cls, inputs: tuple[Shape, ...]) -> None:
        if len(inputs) == 1 and len(inputs[0]) - 1 not in cls.spatial_axes:
            message = "conv_lstm takes a series of maps (CxTxN, CxTxHxW or CxTxDxHxW), found "
            raise Refusal(f"{message}{inputs[0]}", "axis 1 is the time: 3x16x64x64 has 16 steps")
        super().check_inputs(inputs)

    @classmethod
    def read_arguments(cls, given: Mapping[str, Datum], x: Shape | None) -> Arguments:
        # What is given per axis is for the axes of one map.
        return super().read_arguments(given, None if x is None else map_of(x))

    @classmethod
    def resolve(cls, values: Arguments, x: Shape, *_: Shape) -> None:
        super().resolve(values, map_of(x))

    def axis_windows(self, x: Shape) -> list[AxisWindow]:
        return super().axis_windows(map_of(x))

    def windows(self, x: Shape, *_: Shape) -> dict[str, AxisWindow]:
        return dict(zip(axis_names(x)[2:], self.axis_windows(x), strict=True))

    def paddings_for(
        self, spatial: tuple[int, ...], x: Shape, *_: Shape
    ) -> list[dict[str, tuple[int, ...]]]:
        return super().paddings_for(spatial[1:], x)

    def output(self, x: Shape) -> Shape:
        return Shape((self.out, x[1], *self.output_sizes(x)))

    def weights(self, x: Shape) -> dict[str, Shape]:
        """`weight_ih` of 4 out x C x kernel, `weight_hh` of 4 out x out x kernel, `bias` of 4 out.

        With `peepholes` also three of out x *S'.
        """
        rows = self.gates * self.out
        weights = {
            "weight_ih": Shape((rows, x.channels, *self.kernel)),
            "weight_hh": Shape((rows, self.out, *self.kernel)),
        }
        if self.bias:
            weights["bias"] = Shape((rows,))
        if self.peepholes:
            cell = Shape((self.out, *self.output_sizes(x)))
            weights |= dict.fromkeys(("weight_ci", "weight_cf", "weight_co"), cell)
        return weights

    def macs(self, x: Shape) -> int:
        """Output elements x 4 (C + out) x prod(kernel)."""
        products = self.gates * (x.channels + self.out) * prod(self.kernel)
        return self.output(x).elements * products

    def other_flops(self, x: Shape) -> int:
        """6 per output element, with `bias` 4 more, with `peepholes` 6 more."""
        return self.output(x).elements * sum(count for count, _ in self.operations().values())

    def operations(self) -> dict[str, tuple[int, str]]:
        """The operations per output element other than products, by what they compute."""
        found = {}
        if self.bias:
            found["bias"] = (self.gates, "one addition for each gate")
        if self.peepholes:
            found["peepholes"] = (6, "a product and an addition for each of three gates")
        found["gates"] = (self.gates, "one function for each gate")
        found["states"] = (self.states, "one update for each state")
        return found

    def footprints(self, x: Shape, *_: Shape) -> Footprints:
        # The convolution of the state widens what a state depends on at every step.
        return (None,) * len(x.spatial)

    # Formulas

    def symbols(self, x: Shape, *_: Shape) -> Symbols:
        sizes = self.output_sizes(x)
        return super().symbols(x) | {"gates": self.gates, "P": tuple(sizes)}

    def shape_formulas(self, x: Shape, *_: Shape) -> Formulas:
        names, axes = size_names(x), axis_names(x)
        formulas = {
            "channels": Formula("out", "the state"),
            axes[1]: Formula(names[1], "one state for each time step"),
        }
        for axis, name, window in zip(axes[2:], names[2:], self.axis_windows(x), strict=True):
            formulas[axis] = output_size_formula(name, window)
        return formulas

    def weight_formulas(self, x: Shape) -> Formulas:
        peephole = Formula("out x P", "one weight for each element of the cell at P positions")
        formulas = {
            "weight_ih": Formula(
                "gates x out x C x kernel", "for each gate, the filters of the input"
            ),
            "weight_hh": Formula(
                "gates x out x out x kernel", "for each gate, the filters of the previous state"
            ),
            "bias": Formula("gates x out", "one for each gate and channel of the state"),
        }
        return {name: formulas.get(name, peephole) for name in self.weights(x)}

    def macs_formulas(self, x: Shape) -> Formulas:
        reason = "each filter is applied at every output position and time step"
        return {
            name: Formula(f"{self.weight_formulas(x)[name].text} x S'", reason)
            for name in ("weight_ih", "weight_hh")
        }

    def flops_formulas(self, x: Shape) -> Formulas:
        return {
            name: Formula(f"{count} x C' x S'", reason)
            for name, (count, reason) in self.operations().items()
        }

    def label(self) -> str:
        peepholes = ", peepholes" if self.peepholes else ""
        return f"{self.window_label()}, {self.out}{peepholes}"


def map_of(x: Shape) -> Shape:
    """The shape of one map of a series of them, (C, T, *S)."""
    return Shape((x.channels, *x[2:]))
