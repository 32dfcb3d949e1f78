"""Transposed convolution: the window moves along the spatial axes of the output."""

from collections.abc import Iterator
from math import prod
from typing import Annotated

from ..problem import Refusal
from ..shape import Shape, TransposedAxisWindow, effective_kernel
from .field import Arguments
from .footprint import Footprints, transposed
from .formula import Formula, Formulas
from .layer import axis_names, check_groups, size_names
from .parameter import (
    AmountPerAxis,
    Choice,
    Density,
    Flag,
    GivenWeights,
    Integer,
    PerAxis,
    PositiveInt,
    SizePerAxis,
    default,
    short_sizes_text,
    sizes_text,
    unless,
    zip_axes,
)
from .stored_weight import StoredWeight

SameOrAmounts = Annotated[tuple[int, ...], Choice("same", otherwise=PerAxis(Integer(0)))]


class ConvTranspose(StoredWeight):
    """Transposed convolution: each input position adds a multiple of the filter to the output.

    (C, *S) -> (out, *S').

    S' = (S - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1; `padding: same`
    gives S' = S x stride. `output_padding` is less than the larger of stride and dilation.

    Source: Dumoulin and Visin, arXiv:1603.07285, section 4.
    """

    kind = "conv_transpose"
    example = (
        "1024x28x28",
        "{conv_transpose: 512, kernel: 2, stride: 2}",
        "the first up-convolution of U-Net",
    )
    category = "conv"
    spatial_axes = (1, 2, 3)
    out: PositiveInt
    kernel: SizePerAxis = default(1)
    stride: SizePerAxis = default(1)
    padding: SameOrAmounts = default(0)
    output_padding: AmountPerAxis = default(0)
    dilation: SizePerAxis = default(1)
    groups: PositiveInt = 1
    weights_: GivenWeights = False
    bias: Flag = unless("weights")
    weight_norm: Flag = False
    density: Density = 1

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        super().check_arguments(values)
        check_groups(values["out"], values["groups"], "filters")
        if values["padding"] != "same":
            check_output_padding(values)
        elif any(values["output_padding"]):
            raise Refusal(
                "`padding: same` already determines the output size",
                "remove `output_padding`",
                "output_padding",
                "bad-value",
            )

    @classmethod
    def resolve(cls, values: Arguments, x: Shape, *_: Shape) -> None:
        if values["padding"] == "same":
            axes = zip(values["kernel"], values["stride"], values["dilation"], strict=True)
            cuts = [
                effective_kernel(kernel, dilation) - stride for kernel, stride, dilation in axes
            ]
            values["padding"] = tuple([max(0, -(-cut // 2)) for cut in cuts])
            values["output_padding"] = tuple([cut % 2 if cut > 0 else -cut for cut in cuts])

    def check(self, x: Shape, *given: Shape) -> None:
        check_groups(x.channels, self.groups)
        self.check_weight(x, *given)

    def axis_windows(self, x: Shape) -> Iterator[TransposedAxisWindow]:
        """The window along each spatial axis."""
        paddings = self.padding, self.output_padding
        axes = zip(x.spatial, self.kernel, self.stride, *paddings, self.dilation, strict=True)
        return (TransposedAxisWindow(*axis) for axis in axes)

    def output(self, x: Shape, *_: Shape) -> Shape:
        return Shape((self.out, *(window.output_size for window in self.axis_windows(x))))

    def weights(self, x: Shape, *_: Shape) -> dict[str, Shape]:
        """`weight` of C x out / groups x kernel, `bias` of out."""
        return self.stored(self.all_weights(x))

    def all_weights(self, x: Shape) -> dict[str, Shape]:
        """The weights before pruning."""
        weights = {"weight": Shape((x.channels, self.out // self.groups, *self.kernel))}
        if self.bias:
            weights["bias"] = Shape((self.out,))
        return weights

    def macs(self, x: Shape, *_: Shape) -> int:
        """Input elements x out / groups x prod(kernel): each is multiplied by a whole filter.

        Times the density.
        """
        macs = x.elements * (self.out // self.groups) * prod(self.kernel)
        return macs if self.density == 1 else self.done(macs, self.all_weights(x)["weight"])

    def other_flops(self, x: Shape, *_: Shape) -> int:
        """1 per output element for the bias."""
        return self.output(x).elements if self.bias else 0

    def footprints(self, x: Shape, *_: Shape) -> Footprints:
        extents = map(effective_kernel, self.kernel, self.dilation)
        return tuple(map(transposed, extents, self.stride, self.padding))

    def paddings_for(
        self, spatial: tuple[int, ...], x: Shape, *_: Shape
    ) -> list[dict[str, tuple[int, ...]]]:
        """The least padding, with the `output_padding` that makes up the difference."""
        paddings, extras = [], []
        for window, wanted in zip(self.axis_windows(x), spatial, strict=True):
            surplus = window._replace(padding=0, output_padding=0).output_size - wanted
            padding = max(0, -(-surplus // 2))
            extra = 2 * padding - surplus
            if extra >= max(window.stride, window.dilation):
                return []
            paddings.append(padding)
            extras.append(extra)
        return [{"padding": tuple(paddings), "output_padding": tuple(extras)}]

    # Formulas

    def shape_formulas(self, x: Shape, *_: Shape) -> Formulas:
        formulas = {"channels": Formula("out", "each filter makes one channel")}
        names = zip(axis_names(x)[1:], size_names(x)[1:], self.axis_windows(x), strict=True)
        for axis, size, window in names:
            formulas[axis] = output_size_formula(size, window)
        return formulas

    def filter_formula(self) -> str:
        """The number of weights of one input channel."""
        return "out / groups x kernel" if self.groups > 1 else "out x kernel"

    def weight_formulas(self, x: Shape, *_: Shape) -> Formulas:
        return self.stored_formulas(self.all_formulas(), "C")

    def all_formulas(self) -> Formulas:
        """The formulas of the weights before pruning."""
        reason = "each input channel has a kernel for every output channel"
        if self.groups > 1:
            reason += " of its group"
        formulas = {"weight": Formula(f"C x {self.filter_formula()}", reason)}
        if self.bias:
            formulas["bias"] = Formula("out", "one per filter")
        return formulas

    def macs_formulas(self, x: Shape, *_: Shape) -> Formulas:
        reason = (
            "each element of the input is multiplied by a whole filter, and products that meet at "
            "one output position are added"
        )
        products = {"products": Formula(f"C x S x {self.filter_formula()}", reason)}
        return self.done_formulas(products, self.all_formulas()["weight"], "S")

    def flops_formulas(self, x: Shape, *_: Shape) -> Formulas:
        if not self.bias:
            return {}
        return {"bias": Formula("out x S'", "one addition for each element of the output")}

    def label(self) -> str:
        stride = ""
        if any(step != 1 for step in self.stride):
            stride = f" /{short_sizes_text(self.stride)}"
        groups = f", groups {self.groups}" if self.groups > 1 else ""
        return f"{sizes_text(self.kernel)}{stride}, {self.out}{groups}{self.form_label()}"


def check_output_padding(values: Arguments) -> None:
    """Raise Refusal if `output_padding` would add positions that no window reaches."""
    axes = zip_axes(values["output_padding"], values["stride"], values["dilation"])
    for extra, stride, dilation in axes:
        if extra >= max(stride, dilation):
            raise Refusal(
                f"`output_padding` must be less than the stride or the dilation, found {extra} "
                f"for stride {stride} and dilation {dilation}",
                argument="output_padding",
                rule="bad-value",
            )


def output_size_formula(name: str, window: TransposedAxisWindow) -> Formula:
    """The output size along an axis whose input size is called `name`."""
    extent = "kernel" if window.dilation == 1 else "dilation x (kernel - 1) + 1"
    text = f"({name} - 1) x stride - 2 x padding + {extent}"
    if window.output_padding:
        text += " + output_padding"
    values = window._asdict()
    del values["size"]
    reason = "a convolution in reverse: each step of the input is a stride of the output"
    return Formula(text, reason, **values)
