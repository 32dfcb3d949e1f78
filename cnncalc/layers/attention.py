"""Attention layers: each position takes from the others, by how well their keys fit its query."""

from math import prod
from typing import Annotated, Any

from ..problem import Refusal
from ..shape import Shape
from .formula import Terms
from .layer import Footprints, Layer
from .parameter import (
    Axis,
    Choice,
    Count,
    Flag,
    Listed,
    Optional,
    PerAxis,
    Whole,
    as_entries,
    entering_channels,
)

AttendedAxes = Annotated[
    Any, Choice("all", otherwise=Listed(Axis(), "an axis of the space or a list of them"))
]
Window = Annotated[tuple[int, ...] | None, Optional(PerAxis(Whole(1)))]


class Attention(Layer):
    """Multi-head attention over positions.  (C, *S) -> (C, *S).

    Takes a series (CxN), an image (CxHxW) or a volume (CxDxHxW), and as a second value of `from` one that gives the keys
    and values; without it the first does.

    `axes` are the axes of the space along which a position sees others, `window` the sizes of what it sees of them.
    In the formulas P is the positions of the queries, N those of the keys and Ckv their channels (P and C without a
    second value), and M how many of them one query sees: N, or those of the window or the axes.
    Source: Vaswani et al., arXiv:1706.03762, section 3.2; windows and relative biases: Liu et al., arXiv:2103.14030.
    """

    kind = "attention"
    example = ("768x197", "{attention: 12}", "in a layer of ViT-B/16")
    category = "attention"
    takes = (1, 2)
    spatial_axes = (1, 2, 3)
    heads: Count = 1
    dim: Count = entering_channels()
    axes: AttendedAxes = "all"
    bias: Flag = True
    out_bias: Flag = True
    rel_bias: Flag = False
    window: Window = None

    @classmethod
    def check_arguments(cls, values: dict[str, Any]) -> None:
        dim, heads = values["dim"], values["heads"]
        if dim is not None and dim % heads:  # else what enters has a say
            raise Refusal(f"`dim` of {dim} cannot be split into {heads} heads", argument="heads")
        if values["window"] and values["axes"] != "all":
            raise Refusal(
                "attention is either along some axes or within a window, not both",
                argument="window",
            )

    def check(self, *inputs: Any) -> None:
        x = inputs[0]
        if self.axes != "all" and 0 in self.axes:
            raise Refusal(
                f"attention is along axes of the space (1 to {len(x) - 1}), not along the channels",
                argument="axes",
            )
        if self.axes != "all" and len(inputs) == 2 and len(inputs[1]) != len(x):
            raise Refusal(
                f"`axes` need keys and values of as many axes, found {inputs[1]} beside {x}",
                argument="axes",
            )

    def seen(self, *inputs: Shape) -> tuple[int, ...]:
        """The sizes of what one query sees: the window, or the axes it attends along."""
        if self.window:
            return self.window
        source = inputs[-1]
        return source.spatial if self.axes == "all" else tuple([source[axis] for axis in self.axes])

    def output(self, *inputs: Any) -> Shape:
        x: Shape = inputs[0]
        return x

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        """`query` of dim x C, `key` and `value` of dim x Ckv, `out` of C x dim; with `bias` 3 of dim, with `out_bias` one of C.

        With `rel_bias` one of heads x prod(2n - 1), n the sizes of what one query sees.
        """
        channels, source = inputs[0].channels, inputs[-1].channels
        weights = {
            "query": Shape((self.dim, channels)),
            "key": Shape((self.dim, source)),
            "value": Shape((self.dim, source)),
            "out": Shape((channels, self.dim)),
        }
        if self.bias:
            weights |= {
                name: Shape((self.dim,)) for name in ("query_bias", "key_bias", "value_bias")
            }
        if self.out_bias:
            weights["out_bias"] = Shape((channels,))
        if self.rel_bias:
            weights["rel_bias"] = Shape(
                (self.heads, *(2 * size - 1 for size in self.seen(*inputs)))
            )
        return weights

    def macs(self, *inputs: Any) -> int:
        """P C dim + 2 N Ckv dim + 2 P M dim + P dim C: the projections, and the two products of the scores."""
        x, source = inputs[0], inputs[-1]
        projections = 2 * x.elements * self.dim + 2 * source.elements * self.dim
        return int(projections + 2 * x.positions * prod(self.seen(*inputs)) * self.dim)

    def other_flops(self, *inputs: Any) -> int:
        """With `bias` dim (P + 2 N), with `out_bias` P C, and 3 for each of heads x P x M scores, with `rel_bias` 4."""
        x, source = inputs[0], inputs[-1]
        flops = (3 + self.rel_bias) * self.heads * x.positions * prod(self.seen(*inputs))
        if self.bias:
            flops += self.dim * (x.positions + 2 * source.positions)
        return int(flops + self.out_bias * x.elements)

    def symbols(self, *inputs: Any) -> dict[str, Any]:
        seen = self.seen(*inputs)
        numbers = {
            "P": inputs[0].spatial,
            "N": inputs[-1].spatial,
            "Ckv": inputs[-1].channels,
            "M": seen,
        }
        return (
            super().symbols(*inputs) | numbers | {"offsets": tuple(2 * size - 1 for size in seen)}
        )

    def shape_terms(self, *inputs: Any) -> Terms:
        return self.unchanged(inputs[0])

    def weight_terms(self, *inputs: Any) -> Terms:
        source = "Ckv" if len(inputs) > 1 else "C"
        formulas = {
            "query": ("dim x C", "a matrix makes the queries"),
            "key": (f"dim x {source}", "a matrix makes the keys"),
            "value": (f"dim x {source}", "a matrix makes the values"),
            "out": ("C x dim", "a matrix puts the heads together; their number changes no weights"),
            "out_bias": ("C", "one a channel"),
            "rel_bias": ("heads x offsets", "one for each head and distance between two positions"),
        }
        return {
            name: self.term(inputs, *formulas.get(name, ("dim", "one a channel")))
            for name in self.weights(*inputs)
        }

    def macs_terms(self, *inputs: Any) -> Terms:
        keys = "N x Ckv" if len(inputs) > 1 else "P x C"
        return {
            "query": self.term(
                inputs, "P x C x dim", "a product with its matrix at each of the P positions"
            ),
            "key": self.term(inputs, f"{keys} x dim", "the same"),
            "value": self.term(inputs, f"{keys} x dim", "the same"),
            "scores": self.term(inputs, "P x M x dim", "each query times the M keys that it sees"),
            "mixture": self.term(inputs, "P x M x dim", "the M values, each times its score"),
            "out": self.term(inputs, "P x dim x C", "a product with its matrix at each position"),
        }

    def flops_terms(self, *inputs: Any) -> Terms:
        terms = {}
        if self.bias:
            keys = "2 x N x dim" if len(inputs) > 1 else "2 x P x dim"
            terms["bias"] = self.term(
                inputs,
                f"P x dim + {keys}",
                "one addition for each element of queries, keys and values",
            )
        if self.out_bias:
            terms["out_bias"] = self.term(
                inputs, "P x C", "one addition for each element of the output"
            )
        terms["softmax"] = self.term(inputs, "3 x heads x P x M", "three operations for each score")
        if self.rel_bias:
            terms["rel_bias"] = self.term(inputs, "heads x P x M", "one addition for each score")
        return terms

    def notes(self, *inputs: Any) -> list[str]:
        space = inputs[-1].spatial
        if not self.window or all(
            size % one == 0 for size, one in zip(space, self.window, strict=True)
        ):
            return []
        window, map_ = as_entries(self.window), as_entries(space)
        return [
            f"the window of {window} does not divide {map_}: counted without what padding would add"
        ]

    def footprints(self, *inputs: Any) -> Footprints:
        return (None,) * len(inputs[0].spatial)

    def label(self) -> str:
        window = f", window {'x'.join(map(str, self.window))}" if self.window else ""
        return f"{self.heads} heads, {self.dim}{window}"
