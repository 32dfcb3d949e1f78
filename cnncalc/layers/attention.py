"""Attention layers: each position takes values from others, by the fit of key and query."""

from math import prod
from typing import Annotated, Literal

from ..problem import Refusal
from ..shape import Shape
from .formula import Formula, Formulas
from .layer import Arguments, Footprints, Layer, Symbols
from .parameter import (
    Axis,
    Choice,
    Flag,
    Integer,
    ListOf,
    NoneOr,
    PerAxis,
    PositiveInt,
    input_channels,
    sizes_text,
)

AttendedAxes = Annotated[
    Literal["all"] | tuple[int, ...],
    Choice("all", otherwise=ListOf(Axis(), "a spatial axis or a list of them")),
]
WindowSizes = Annotated[tuple[int, ...] | None, NoneOr(PerAxis(Integer(1)))]


class Attention(Layer):
    """Multi-head attention over positions.  (C, *S) -> (C, *S).

    Takes a series (CxN), an image (CxHxW) or a volume (CxDxHxW), and optionally a second value of
    `from` for the keys and values (default: the first).

    `axes` are the spatial axes along which a position attends to others, `window` the sizes of the
    window that it attends to. In the formulas P is the number of query positions, N that of key
    positions and Ckv the channels of the keys (P and C without a second value), and M the number of
    positions that one query attends to: N, or those of the window or the axes.

    Source: Vaswani et al., arXiv:1706.03762, section 3.2; windows and relative biases: Liu et al.,
    arXiv:2103.14030.
    """

    kind = "attention"
    example = ("768x197", "{attention: 12}", "in a layer of ViT-B/16")
    category = "attention"
    arity = (1, 2)
    spatial_axes = (1, 2, 3)
    heads: PositiveInt = 1
    dim: PositiveInt = input_channels()
    axes: AttendedAxes = "all"
    bias: Flag = True
    out_bias: Flag = True
    rel_bias: Flag = False
    window: WindowSizes = None

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        dim, heads = values["dim"], values["heads"]
        if dim is not None and dim % heads:  # None: it is the channels of an input not yet known
            raise Refusal(f"`dim` of {dim} cannot be split into {heads} heads", argument="heads")
        if values["window"] and values["axes"] != "all":
            raise Refusal(
                "attention is either along some axes or within a window, not both",
                argument="window",
            )

    def check(self, x: Shape, source: Shape | None = None) -> None:
        if isinstance(self.axes, str):
            return
        if 0 in self.axes:
            raise Refusal(
                f"attention is along spatial axes (1 to {len(x) - 1}), not along the channels",
                argument="axes",
            )
        if source is not None and len(source) != len(x):
            raise Refusal(
                f"`axes` needs keys and values with as many axes as the queries, "
                f"found {source} for {x}",
                argument="axes",
            )

    def attended(self, source: Shape) -> tuple[int, ...]:
        """The sizes of what one query attends to: the window, or the axes of the keys."""
        if self.window:
            return self.window
        if isinstance(self.axes, str):
            return source.spatial
        return tuple([source[axis] for axis in self.axes])

    def output(self, x: Shape, source: Shape | None = None) -> Shape:
        return x

    def weights(self, x: Shape, source: Shape | None = None) -> dict[str, Shape]:
        """`query` of dim x C, `key` and `value` of dim x Ckv, `out` of C x dim.

        With `bias` also 3 of dim, with `out_bias` one of C, and with `rel_bias` one of heads x
        prod(2n - 1), n the sizes that one query attends to.
        """
        source = source or x
        weights = {
            "query": Shape((self.dim, x.channels)),
            "key": Shape((self.dim, source.channels)),
            "value": Shape((self.dim, source.channels)),
            "out": Shape((x.channels, self.dim)),
        }
        if self.bias:
            biases = ("query_bias", "key_bias", "value_bias")
            weights |= dict.fromkeys(biases, Shape((self.dim,)))
        if self.out_bias:
            weights["out_bias"] = Shape((x.channels,))
        if self.rel_bias:
            offsets = [2 * size - 1 for size in self.attended(source)]
            weights["rel_bias"] = Shape((self.heads, *offsets))
        return weights

    def macs(self, x: Shape, source: Shape | None = None) -> int:
        """P C dim + 2 N Ckv dim + 2 P M dim + P dim C: projections, and the products of scores."""
        source = source or x
        projections = 2 * x.elements * self.dim + 2 * source.elements * self.dim
        return projections + 2 * x.positions * prod(self.attended(source)) * self.dim

    def other_flops(self, x: Shape, source: Shape | None = None) -> int:
        """3 for each of heads x P x M scores, with `rel_bias` 4.

        With `bias` also dim (P + 2 N), with `out_bias` P C.
        """
        source = source or x
        scores = self.heads * x.positions * prod(self.attended(source))
        flops = (3 + self.rel_bias) * scores
        if self.bias:
            flops += self.dim * (x.positions + 2 * source.positions)
        return flops + self.out_bias * x.elements

    def footprints(self, x: Shape, source: Shape | None = None) -> Footprints:
        return (None,) * len(x.spatial)

    def notes(self, x: Shape, source: Shape | None = None) -> list[str]:
        sizes = (source or x).spatial
        if not self.window or not any(map(int.__mod__, sizes, self.window)):
            return []
        window, whole = sizes_text(self.window), sizes_text(sizes)
        return [
            f"the {window} window does not divide {whole}: the padding that it needs is not counted"
        ]

    # Formulas

    def symbols(self, x: Shape, source: Shape | None = None) -> Symbols:
        source = source or x
        attended = self.attended(source)
        return super().symbols(x) | {
            "P": x.spatial,
            "N": source.spatial,
            "Ckv": source.channels,
            "M": attended,
            "offsets": tuple(2 * size - 1 for size in attended),
        }

    def weight_formulas(self, x: Shape, source: Shape | None = None) -> Formulas:
        channels = "C" if source is None else "Ckv"
        out = "a matrix combines the heads; their number does not change the weights"
        formulas = {
            "query": Formula("dim x C", "a matrix makes the queries"),
            "key": Formula(f"dim x {channels}", "a matrix makes the keys"),
            "value": Formula(f"dim x {channels}", "a matrix makes the values"),
            "out": Formula("C x dim", out),
            "out_bias": Formula("C", "one per channel"),
            "rel_bias": Formula("heads x offsets", "one for each head and offset of two positions"),
        }
        bias = Formula("dim", "one per channel")
        return {name: formulas.get(name, bias) for name in self.weights(x, source)}

    def macs_formulas(self, x: Shape, source: Shape | None = None) -> Formulas:
        keys = "P x C" if source is None else "N x Ckv"
        projection = "a product with its matrix at each position"
        return {
            "query": Formula("P x C x dim", f"{projection} of the queries"),
            "key": Formula(f"{keys} x dim", f"{projection} of the keys"),
            "value": Formula(f"{keys} x dim", f"{projection} of the values"),
            "scores": Formula("P x M x dim", "each query times the M keys that it attends to"),
            "mixture": Formula("P x M x dim", "the sum of M values, each times its score"),
            "out": Formula("P x dim x C", projection),
        }

    def flops_formulas(self, x: Shape, source: Shape | None = None) -> Formulas:
        formulas = {}
        if self.bias:
            keys = "P" if source is None else "N"
            reason = "one addition for each element of queries, keys and values"
            formulas["bias"] = Formula(f"P x dim + 2 x {keys} x dim", reason)
        if self.out_bias:
            reason = "one addition for each element of the output"
            formulas["out_bias"] = Formula("P x C", reason)
        softmax = "an exponential, a sum and a quotient for each score"
        formulas["softmax"] = Formula("3 x heads x P x M", softmax)
        if self.rel_bias:
            formulas["rel_bias"] = Formula("heads x P x M", "one addition for each score")
        return formulas

    def label(self) -> str:
        window = f", window {sizes_text(self.window)}" if self.window else ""
        return f"{self.heads} heads, {self.dim}{window}"
