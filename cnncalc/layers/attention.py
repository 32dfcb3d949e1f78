"""Attention layers: each position combines values of others, weighted by key and query."""

from math import prod
from typing import Annotated, Literal

from ..problem import Refusal
from ..shape import Shape
from .field import Arguments
from .footprint import Footprints
from .formula import Formula, Formulas
from .layer import Layer, Symbols
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
    same_as,
    sizes_text,
)

AttendedAxes = Annotated[
    Literal["all"] | tuple[int, ...],
    Choice("all", otherwise=ListOf(Axis(), "a spatial axis or a list of them")),
]
WindowSizes = Annotated[tuple[int, ...] | None, NoneOr(PerAxis(Integer(1)))]


class Attention(Layer):
    """Multi-head attention over positions.  (C, *S) -> (C, *S).

    Takes a series (CxN), an image (CxHxW), a volume (CxDxHxW) or a value with four spatial axes,
    and optionally a second value of `from` for the keys and values (default: the first).

    `axes` are the spatial axes along which a position attends to others, `window` the sizes of the
    window that it attends to. In the formulas P is the number of query positions, N that of key
    positions and Ckv the channels of the keys (P and C without a second value), and M the number of
    positions that one query attends to: N, or those of the window or the axes.

    `dim` is the size of the queries of all heads together, and `value_dim` that of the values. With
    fewer `kv_heads` than heads, several heads share keys and values (grouped-query attention; one:
    multi-query): K, the size of the keys, is dim x kv_heads / heads, and V, that of the values,
    value_dim x kv_heads / heads.

    Source: Vaswani et al., arXiv:1706.03762, section 3.2; windows and relative biases: Liu et al.,
    arXiv:2103.14030; grouped queries: Ainslie et al., arXiv:2305.13245.
    """

    kind = "attention"
    example = ("768x197", "{attention: 12}", "in a layer of ViT-B/16")
    category = "attention"
    arity = (1, 2)
    spatial_axes = (1, 2, 3, 4)
    heads: PositiveInt = 1
    dim: PositiveInt = input_channels()
    axes: AttendedAxes = "all"
    bias: Flag = True
    out_bias: Flag = True
    rel_bias: Flag = False
    window: WindowSizes = None
    value_dim: PositiveInt = same_as("dim")
    kv_heads: PositiveInt = same_as("heads")

    @classmethod
    def check_arguments(cls, values: Arguments) -> None:
        heads, kv_heads = values["heads"], values["kv_heads"]
        for name, argument in (("dim", "heads"), ("value_dim", "value_dim")):
            size = values[name]
            # None: it is the channels of an input not yet known
            if size is not None and size % heads:
                message = f"`{name}` of {size} cannot be split into {heads} heads"
                raise Refusal(message, argument=argument)
        if heads % kv_heads:
            message = f"{heads} heads cannot share {kv_heads} heads of keys and values equally"
            raise Refusal(message, argument="kv_heads")
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

    @property
    def key_size(self) -> int:
        """The size of the keys of one position, of all heads together."""
        return self.dim * self.kv_heads // self.heads

    @property
    def value_size(self) -> int:
        """The size of the values of one position, of all heads together."""
        return self.value_dim * self.kv_heads // self.heads

    def output(self, x: Shape, source: Shape | None = None) -> Shape:
        return x

    def weights(self, x: Shape, source: Shape | None = None) -> dict[str, Shape]:
        """`query` of dim x C, `key` of K x Ckv, `value` of V x Ckv, `out` of C x value_dim.

        With `bias` also one each of dim, K and V, with `out_bias` one of C, and with `rel_bias` one
        of heads x prod(2n - 1), n the sizes that one query attends to.
        """
        source = source or x
        weights = {
            "query": Shape((self.dim, x.channels)),
            "key": Shape((self.key_size, source.channels)),
            "value": Shape((self.value_size, source.channels)),
            "out": Shape((x.channels, self.value_dim)),
        }
        if self.bias:
            weights["query_bias"] = Shape((self.dim,))
            weights["key_bias"] = Shape((self.key_size,))
            weights["value_bias"] = Shape((self.value_size,))
        if self.out_bias:
            weights["out_bias"] = Shape((x.channels,))
        if self.rel_bias:
            offsets = [2 * size - 1 for size in self.attended(source)]
            weights["rel_bias"] = Shape((self.heads, *offsets))
        return weights

    def macs(self, x: Shape, source: Shape | None = None) -> int:
        """P C dim + N Ckv (K + V) + P M (dim + value_dim) + P value_dim C.

        That is, the projections, and the products of scores and of values.
        """
        source = source or x
        sizes = self.dim + self.value_dim
        projections = x.elements * sizes + source.elements * (self.key_size + self.value_size)
        return projections + x.positions * prod(self.attended(source)) * sizes

    def other_flops(self, x: Shape, source: Shape | None = None) -> int:
        """3 for each of heads x P x M scores, with `rel_bias` 4.

        With `bias` also P dim + N (K + V), with `out_bias` P C.
        """
        source = source or x
        scores = self.heads * x.positions * prod(self.attended(source))
        flops = (3 + self.rel_bias) * scores
        if self.bias:
            flops += self.dim * x.positions
            flops += (self.key_size + self.value_size) * source.positions
        return flops + self.out_bias * x.elements

    def footprints(self, x: Shape, source: Shape | None = None) -> Footprints:
        return (None,) * len(x.spatial)

    def canonical(self, x: Shape, source: Shape | None = None) -> Layer:
        """A window of the whole map, and all axes, are all positions."""
        whole = (source or x).spatial
        if self.window == tuple(whole) and x.spatial == whole:
            return self.with_arguments(window=None)
        if self.axes != "all" and sorted(self.axes) == list(range(1, len(x))):
            return self.with_arguments(axes="all")
        return self

    def notes(self, x: Shape, source: Shape | None = None) -> list[str]:
        sizes = (source or x).spatial
        if not self.window or not any(map(int.__mod__, sizes, self.window)):
            return []
        window, whole = sizes_text(self.window), sizes_text(sizes)
        return [
            f"the {window} window does not divide {whole}: the padding that it needs is not counted"
        ]

    def arguments(self) -> Arguments:
        """The displayed arguments, without `value_dim` and `kv_heads` of the usual attention."""
        arguments = super().arguments()
        for name, usual in (("value_dim", self.dim), ("kv_heads", self.heads)):
            if arguments[name] == usual:
                del arguments[name]
        return arguments

    # Formulas

    def key_name(self) -> str:
        """The size of the keys in formulas."""
        return "dim" if self.kv_heads == self.heads else "dim x kv_heads / heads"

    def width_name(self) -> str:
        """The size of the values of all query heads in formulas."""
        return "dim" if self.value_dim == self.dim else "value_dim"

    def value_name(self) -> str:
        """The size of the values in formulas."""
        shared = "" if self.kv_heads == self.heads else " x kv_heads / heads"
        return self.width_name() + shared

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
            "key": Formula(f"{self.key_name()} x {channels}", "a matrix makes the keys"),
            "value": Formula(f"{self.value_name()} x {channels}", "a matrix makes the values"),
            "out": Formula(f"C x {self.width_name()}", out),
            "query_bias": Formula("dim", "one per channel"),
            "key_bias": Formula(self.key_name(), "one per channel"),
            "value_bias": Formula(self.value_name(), "one per channel"),
            "out_bias": Formula("C", "one per channel"),
            "rel_bias": Formula("heads x offsets", "one for each head and offset of two positions"),
        }
        return {name: formulas[name] for name in self.weights(x, source)}

    def macs_formulas(self, x: Shape, source: Shape | None = None) -> Formulas:
        keys = "P x C" if source is None else "N x Ckv"
        projection = "a product with its matrix at each position"
        return {
            "query": Formula("P x C x dim", f"{projection} of the queries"),
            "key": Formula(f"{keys} x {self.key_name()}", f"{projection} of the keys"),
            "value": Formula(f"{keys} x {self.value_name()}", f"{projection} of the values"),
            "scores": Formula("P x M x dim", "each query times the M keys that it attends to"),
            "mixture": Formula(
                f"P x M x {self.width_name()}", "the sum of M values, each times its score"
            ),
            "out": Formula(f"P x {self.width_name()} x C", projection),
        }

    def flops_formulas(self, x: Shape, source: Shape | None = None) -> Formulas:
        formulas = {}
        if self.bias:
            keys = "P" if source is None else "N"
            reason = "one addition for each element of queries, keys and values"
            text = f"P x dim + 2 x {keys} x dim"
            if self.key_name() != self.value_name() or self.key_name() != "dim":
                text = f"P x dim + {keys} x {self.key_name()} + {keys} x {self.value_name()}"
            formulas["bias"] = Formula(text, reason)
        if self.out_bias:
            reason = "one addition for each element of the output"
            formulas["out_bias"] = Formula("P x C", reason)
        softmax = "an exponential, a sum and a quotient for each score"
        formulas["softmax"] = Formula("3 x heads x P x M", softmax)
        if self.rel_bias:
            formulas["rel_bias"] = Formula("heads x P x M", "one addition for each score")
        return formulas

    def label(self) -> str:
        words = [f"{self.heads} heads", str(self.dim)]
        if self.kv_heads != self.heads:
            words.append(f"{self.kv_heads} of keys and values")
        if self.value_dim != self.dim:
            words.append(f"values {self.value_dim}")
        if self.window:
            words.append(f"window {sizes_text(self.window)}")
        return ", ".join(words)
