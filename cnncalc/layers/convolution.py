"""Convolutions: a window of weights moves over the space."""

from math import prod
from typing import Annotated, Any

from ..problem import Refusal
from ..shape import Shape, effective_kernel, transposed_size
from .formula import Term, Terms
from .layer import Footprint, Footprints, Layer, axis_names, size_names
from .parameter import (
    Choice,
    Count,
    Flag,
    Naturals,
    Padding,
    PerAxis,
    Sizes,
    Whole,
    abreast,
    as_entries,
    same_as,
)
from .window import Windowed, as_one


def check_groups(filters: int, groups: int) -> None:
    """Raise Refusal where the groups are no equal ones."""
    if filters % groups:
        raise Refusal(f"{filters} filters cannot be split into {groups} groups", argument="groups")


class Convolution(Windowed):
    """What the convolutions share.  (C, *S) -> (out, *S'), S' the places of the window."""

    category = "conv"
    spatial_axes = (1, 2, 3)
    bias: Any

    def filters(self, x: Shape) -> int:
        """How many channels come out."""
        out: int = self.out  # type: ignore[attr-defined]
        return out

    def group_count(self, x: Shape) -> int:
        groups: int = self.groups  # type: ignore[attr-defined]
        return groups

    @classmethod
    def check_arguments(cls, values: dict[str, Any]) -> None:
        super().check_arguments(values)
        if "groups" in values:
            check_groups(values["out"], values["groups"])

    def check(self, *inputs: Any) -> None:
        (x,) = inputs
        groups = self.group_count(x)
        if x.channels % groups:
            raise Refusal(
                f"{x.channels} channels cannot be split into {groups} groups", argument="groups"
            )

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        return Shape((self.filters(x), *self.spatial(x)))

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        """`weight` of out x C / groups x kernel, `bias` of out."""
        (x,) = inputs
        out = self.filters(x)
        weights = {"weight": Shape((out, x.channels // self.group_count(x), *self.kernel))}
        if self.bias:
            weights["bias"] = Shape((out,))
        return weights

    def macs(self, *inputs: Any) -> int:
        """Output elements x C / groups x prod(kernel).

        Source: Sze et al., arXiv:1703.09039, section III.
        """
        (x,) = inputs
        return int(
            self.output(x).elements * (x.channels // self.group_count(x)) * prod(self.kernel)
        )

    def other_flops(self, *inputs: Any) -> int:
        """1 an output element for the bias."""
        return self.output(*inputs).elements if self.bias else 0

    def symbols(self, *inputs: Any) -> dict[str, Any]:
        return super().symbols(*inputs) | {
            "out": self.filters(inputs[0]),
            "groups": self.group_count(inputs[0]),
        }

    def channel_term(self, *inputs: Any) -> Term:
        return self.term(inputs, "out", "each filter makes one channel")

    def seen(self, x: Shape) -> str:
        """The weights of one filter, in a formula."""
        return "C / groups x kernel" if self.group_count(x) > 1 else "C x kernel"

    def weight_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        groups = self.group_count(x)
        if groups > 1:
            reason = (
                f"each of the {groups} groups of filters sees {x.channels // groups} of the {x.channels} channels: "
                f"{groups} times fewer weights than without groups"
            )
        elif prod(self.kernel) == 1:
            reason = (
                "a 1x1 window sees no neighbours: one matrix mixes the channels of every position"
            )
        else:
            reason = (
                "each filter has a weight for every channel under its window; stride and padding say where it is put, "
                "and all places share it"
            )
        terms = {"weight": self.term(inputs, f"out x {self.seen(x)}", reason)}
        return terms | ({"bias": self.term(inputs, "out", "one a filter")} if self.bias else {})

    def macs_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        products = x.channels // self.group_count(x) * prod(self.kernel)
        reason = f"each element of the output is a sum of {products:,} products"
        if prod(self.stride) > 1:
            reason += (
                f"; the stride leaves about 1 of {prod(self.stride)} places, and of the products"
            )
        return {"products": self.term(inputs, f"out x S' x {self.seen(x)}", reason)}

    def flops_terms(self, *inputs: Any) -> Terms:
        return (
            {"bias": self.term(inputs, "out x S'", "one addition for each element of the output")}
            if self.bias
            else {}
        )


class Conv(Convolution):
    """Convolution: at every place, each filter's sum of products with what is under the window.

    Source: LeCun et al., Gradient-Based Learning Applied to Document Recognition, Proc. IEEE 86, 1998, section II.
    """

    kind = "conv"
    example = (
        "3x224x224",
        "{conv: 64, kernel: 7, stride: 2, padding: 3, bias: false}",
        "the stem of ResNet",
    )
    out: Count
    kernel: Sizes = 1
    stride: Sizes = 1
    padding: Padding = 0
    dilation: Sizes = 1
    groups: Count = 1
    bias: Flag = True
    padding_end: Naturals = same_as("padding")

    def label(self) -> str:
        groups = f", groups {self.groups}" if self.groups > 1 else ""
        return f"{self.window_text()}, {self.out}{groups}"


class Depthwise(Convolution):
    """Filter each channel on its own.  (C, *S) -> (C * multiplier, *S'), S' the places of the window.

    It is a conv with out = C x multiplier and groups = C.  Source: Howard et al., MobileNets, arXiv:1704.04861, section 3.1.
    """

    kind = "depthwise"
    example = (
        "32x112x112",
        "{depthwise: 3, padding: 1, bias: false}",
        "the first one of MobileNet",
    )
    kernel: Sizes = 3
    stride: Sizes = 1
    padding: Padding = 0
    dilation: Sizes = 1
    multiplier: Count = 1
    bias: Flag = True
    padding_end: Naturals = same_as("padding")

    def filters(self, x: Shape) -> int:
        return int(x.channels * self.multiplier)

    def group_count(self, x: Shape) -> int:
        return x.channels

    def channel_term(self, *inputs: Any) -> Term:
        return self.term(
            inputs, "C x multiplier", "so many filters for each channel, and each filter makes one"
        )

    def weight_terms(self, *inputs: Any) -> Terms:
        terms = super().weight_terms(*inputs)
        channels = inputs[0].channels
        reason = f"each filter sees one channel: {channels} times fewer weights than filters that see all {channels}"
        weight = self.term(
            inputs,
            "C x multiplier x kernel",
            reason if channels > 1 else "each filter sees one channel",
        )
        return terms | {"weight": weight}

    def seen(self, x: Shape) -> str:
        return "kernel"

    def label(self) -> str:
        return self.window_text() + (f", x{self.multiplier}" if self.multiplier > 1 else "")


class LocalConv(Conv):
    """A convolution with weights, and a bias, of its own at every output position.

    Source: Taigman et al., DeepFace, CVPR 2014, section 3.
    """

    kind = "local_conv"
    example = ("16x63x63", "{local_conv: 16, kernel: 9}", "layer L4 of DeepFace")

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        """`weight` of out x C / groups x kernel and `bias` of out, each once for every output position."""
        places = self.spatial(inputs[0])
        return {name: Shape((*shape, *places)) for name, shape in super().weights(*inputs).items()}

    def weight_terms(self, *inputs: Any) -> Terms:
        reasons = {
            "weight": "every place has filters of its own: nothing is shared",
            "bias": "one for each element of the output",
        }
        terms = super().weight_terms(*inputs)
        return {
            name: self.term(inputs, f"{term.formula} x S'", reasons[name])
            for name, term in terms.items()
        }


class ConvTranspose(Layer):
    """Transposed convolution: each input pixel puts a multiple of the filter into the output.  (C, *S) -> (out, *S').

    S' = (S - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1; `padding: same` gives S' = S x stride.
    `output_padding` is less than the larger of stride and dilation.
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
    out: Count
    kernel: Sizes = 1
    stride: Sizes = 1
    padding: Annotated[Any, Choice("same", otherwise=PerAxis(Whole(0)))] = 0
    output_padding: Naturals = 0
    dilation: Sizes = 1
    groups: Count = 1
    bias: Flag = True

    @classmethod
    def check_arguments(cls, values: dict[str, Any]) -> None:
        check_groups(values["out"], values["groups"])
        if values["padding"] == "same":
            if any(values["output_padding"]):
                raise Refusal(
                    "`padding: same` already says the output size",
                    "leave out `output_padding`",
                    "output_padding",
                    "bad-value",
                )
            return
        for extra, stride, dilation in abreast(
            values["output_padding"], values["stride"], values["dilation"]
        ):
            if extra >= max(stride, dilation):
                raise Refusal(
                    f"`output_padding` must be less than the stride or the dilation, found {extra} for stride {stride} "
                    f"and dilation {dilation}",
                    argument="output_padding",
                    rule="bad-value",
                )

    @classmethod
    def resolve(cls, values: dict[str, Any], *inputs: Any) -> None:
        if values["padding"] == "same":
            surplus = [
                effective_kernel(kernel, dilation) - stride
                for kernel, stride, dilation in zip(
                    values["kernel"], values["stride"], values["dilation"], strict=True
                )
            ]
            values["padding"] = tuple([max(0, -(-extra // 2)) for extra in surplus])
            values["output_padding"] = tuple(
                [extra % 2 if extra > 0 else -extra for extra in surplus]
            )

    def check(self, *inputs: Any) -> None:
        (x,) = inputs
        if x.channels % self.groups:
            raise Refusal(
                f"{x.channels} channels cannot be split into {self.groups} groups",
                argument="groups",
            )

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        axes = zip(
            x.spatial,
            self.kernel,
            self.stride,
            self.padding,
            self.output_padding,
            self.dilation,
            strict=True,
        )
        return Shape((self.out, *(transposed_size(*axis) for axis in axes)))

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        """`weight` of C x out / groups x kernel, `bias` of out."""
        (x,) = inputs
        weights = {"weight": Shape((x.channels, self.out // self.groups, *self.kernel))}
        if self.bias:
            weights["bias"] = Shape((self.out,))
        return weights

    def macs(self, *inputs: Any) -> int:
        """Input elements x out / groups x prod(kernel): each input pixel is multiplied with a whole filter."""
        (x,) = inputs
        return int(x.elements * (self.out // self.groups) * prod(self.kernel))

    def other_flops(self, *inputs: Any) -> int:
        """1 an output element for the bias."""
        return self.output(*inputs).elements if self.bias else 0

    def shape_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        terms = {"channels": self.term(inputs, "out", "each filter makes one channel")}
        axes = zip(axis_names(x), size_names(x), strict=True)
        numbers = zip(
            self.kernel, self.stride, self.padding, self.output_padding, self.dilation, strict=True
        )
        reason = (
            "a convolution the other way round: each step of the input is a stride of the output"
        )
        for (axis, size), (kernel, stride, padding, extra, dilation) in zip(
            list(axes)[1:], numbers, strict=True
        ):
            span = "kernel" if dilation == 1 else "dilation x (kernel - 1) + 1"
            formula = f"({size} - 1) x stride - 2 x padding + {span}" + (
                " + output_padding" if extra else ""
            )
            terms[axis] = self.term(
                inputs,
                formula,
                reason,
                kernel=kernel,
                stride=stride,
                padding=padding,
                dilation=dilation,
                output_padding=extra,
            )
        return terms

    def paddings_for(self, space: tuple[int, ...], *inputs: Any) -> list[dict[str, Any]]:
        """As little padding as does, with as much `output_padding` as it takes."""
        axes = zip(inputs[0].spatial, space, self.kernel, self.stride, self.dilation, strict=True)
        found = []
        for size, wanted, kernel, stride, dilation in axes:
            surplus = (
                transposed_size(size, kernel, stride, 0, 0, dilation) - wanted
            )  # of what there is without padding
            padding = max(0, -(-surplus // 2))
            extra = 2 * padding - surplus
            if extra >= max(stride, dilation):
                return []
            found.append((padding, extra))
        return [
            {
                "padding": tuple(padding for padding, _ in found),
                "output_padding": tuple(extra for _, extra in found),
            }
        ]

    def weight_terms(self, *inputs: Any) -> Terms:
        groups = " / groups" if self.groups > 1 else ""
        reason = "each channel of the input has a window of weights for every channel of the output"
        if groups:
            reason += " in its group"
        terms = {"weight": self.term(inputs, f"C x out{groups} x kernel", reason)}
        return terms | ({"bias": self.term(inputs, "out", "one a filter")} if self.bias else {})

    def macs_terms(self, *inputs: Any) -> Terms:
        groups = " / groups" if self.groups > 1 else ""
        reason = "each element of the input is multiplied with a whole filter, and the products are added up where they meet"
        return {"products": self.term(inputs, f"C x S x out{groups} x kernel", reason)}

    def flops_terms(self, *inputs: Any) -> Terms:
        return (
            {"bias": self.term(inputs, "out x S'", "one addition for each element of the output")}
            if self.bias
            else {}
        )

    def footprints(self, *inputs: Any) -> Footprints:
        """Output y sees the inputs x with x stride - padding + t dilation = y for a tap t of the kernel."""
        from fractions import Fraction  # slow to import, and few networks upsample

        footprints = []
        for kernel, stride, padding, dilation in zip(
            self.kernel, self.stride, self.padding, self.dilation, strict=True
        ):
            last = effective_kernel(kernel, dilation) - 1
            # Output 0 sees from ceil((padding - last) / stride) to floor(padding / stride): its centre is kept.
            features = last // stride + 1
            centre = Fraction(-((last - padding) // stride) + padding // stride, 2)
            footprints.append(
                Footprint(features, Fraction(1, stride), centre - Fraction(features - 1, 2))
            )
        return tuple(footprints)

    def label(self) -> str:
        stride = f" /{as_one(self.stride)}" if any(stride != 1 for stride in self.stride) else ""
        groups = f", groups {self.groups}" if self.groups > 1 else ""
        return f"{as_entries(self.kernel)}{stride}, {self.out}{groups}"
