"""Dense layers: a matrix is applied to the channels of every position."""

from typing import Annotated

from ..problem import Refusal
from ..shape import Shape
from .footprint import POINT, Footprints
from .formula import Formula, Formulas
from .layer import Layer, Symbols, axis_names, elements, size_names, unchanged_sizes
from .parameter import Axis, Density, Flag, GivenWeights, NoneOr, PositiveInt, unless
from .stored_weight import StoredWeight

LARGE_INPUT = 4096  # from this many inputs, `explain` remarks on the cost of a dense layer


def is_vector(x: Shape) -> bool:
    """Whether a value is a vector of C, or has only one position, as after global pooling."""
    return x.positions == 1


class Linear(StoredWeight):
    """Fully connected: a matrix applied to the channels of every position.

    (C) -> (out); (C, N) -> (out, N); with `axis` -> the input shape with out on that axis.

    Takes a vector (C), a series (CxN), or a map of one position (Cx1x1) as a vector; with `axis`,
    any value.

    With `axis` the matrix is applied along that axis, at every position of the others: 0 are the
    channels, as in a 1x1 conv; -1 is the last axis, as in torch.nn.Linear on a map. A map needs it,
    because `linear` after a map usually lacks a `flatten`.

    Source: torch.nn.Linear.
    """

    kind = "linear"
    example = ("9216", "{linear: 4096}", "fc6 of AlexNet")
    category = "dense"
    out: PositiveInt
    weights_: GivenWeights = False
    bias: Flag = unless("weights")
    axis: Annotated[int | None, NoneOr(Axis())] = None
    weight_norm: Flag = False
    density: Density = 1

    def check(self, x: Shape, *given: Shape) -> None:
        if len(x) > 2 and self.axis is None and not is_vector(x):
            raise Refusal(
                f"linear takes a vector (C) or a series (CxN), found {x}",
                f"put `flatten` before it for a vector of {x.elements}, "
                "or give the `axis`: 0 for the channels of every position",
            )
        self.check_weight(x, *given)

    def label(self) -> str:
        return super().label().replace("weights true", "given weights")

    def is_on_vector(self, x: Shape) -> bool:
        """Whether the output is a vector."""
        return self.axis is None and is_vector(x)

    def inputs(self, x: Shape) -> int:
        """The number of inputs of one output."""
        return x[self.axis or 0]

    def output(self, x: Shape, *_: Shape) -> Shape:
        return Shape((self.out,)) if self.is_on_vector(x) else x.with_axis(self.axis or 0, self.out)

    def weights(self, x: Shape, *_: Shape) -> dict[str, Shape]:
        """`weight` of out x C (with `axis`, the size of that axis), `bias` of out."""
        return self.stored(self.all_weights(x))

    def all_weights(self, x: Shape) -> dict[str, Shape]:
        """The weights before pruning."""
        weights = {"weight": Shape((self.out, self.inputs(x)))}
        if self.bias:
            weights["bias"] = Shape((self.out,))
        return weights

    def macs(self, x: Shape, *_: Shape) -> int:
        """C x out per position (with `axis`, input elements x out), times the density."""
        macs = x.elements * self.out
        return macs if self.density == 1 else self.done(macs, self.all_weights(x)["weight"])

    def other_flops(self, x: Shape, *_: Shape) -> int:
        """1 per output element for the bias."""
        return self.output(x).elements if self.bias else 0

    def footprints(self, x: Shape, *_: Shape) -> Footprints:
        if self.is_on_vector(x):
            return ()
        return tuple(None if axis == self.axis else POINT for axis in range(1, len(x)))

    # Formulas

    def symbols(self, x: Shape, *_: Shape) -> Symbols:
        others = tuple(size for axis, size in enumerate(x) if axis != (self.axis or 0))
        return super().symbols(x) | {"others": others}

    def shape_formulas(self, x: Shape, *_: Shape) -> Formulas:
        axis = axis_names(x)[self.axis or 0]
        out = {axis: Formula("out", "one for each row of the matrix")}
        if self.is_on_vector(x):
            return out
        sizes = unchanged_sizes(x)
        if self.axis is None:
            sizes["length"] = Formula("N", "each position on its own")
        return sizes | out

    def weight_formulas(self, x: Shape, *_: Shape) -> Formulas:
        return self.stored_formulas(self.all_formulas(x), "out")

    def all_formulas(self, x: Shape) -> Formulas:
        """The formulas of the weights before pruning."""
        reason = (
            f"each of the {self.out:,} outputs has its own weight for each of the "
            f"{self.inputs(x):,} inputs: no weight is shared"
        )
        if self.is_on_vector(x) and x.channels >= LARGE_INPUT:
            reason += ", so a dense layer after a large map has most of the parameters"
        formulas = {"weight": Formula(f"out x {size_names(x)[self.axis or 0]}", reason)}
        if self.bias:
            formulas["bias"] = Formula("out", "one per output")
        return formulas

    def macs_formulas(self, x: Shape, *_: Shape) -> Formulas:
        weight, uses = self.all_formulas(x)["weight"], ""
        reason = "each weight is used once"
        if not self.is_on_vector(x) and len(x) > 1:
            uses = "others" if self.axis is not None else "N"
            reason += " at each of the N positions"
            if self.axis is not None:
                reason = "each weight is used once at each position of the other axes"
        text = f"{weight.text} x {uses}" if uses else weight.text
        return self.done_formulas({"products": Formula(text, reason)}, weight, uses)

    def flops_formulas(self, x: Shape, *_: Shape) -> Formulas:
        if not self.bias:
            return {}
        reason = "one addition for each element of the output"
        return {"bias": Formula(elements(self.output(x), "'"), reason)}


class Embedding(Layer):
    """A table with one vector per token.  (N) -> (dim, N).  Source: torch.nn.Embedding.

    Takes a vector (N) of token indices below `vocab`.
    """

    kind = "embedding"
    example = ("512", "{embedding: 30522, dim: 768}", "the words of BERT-base")
    category = "dense"
    spatial_axes = (0,)
    vocab: PositiveInt
    dim: PositiveInt

    def output(self, x: Shape) -> Shape:
        return Shape((self.dim, x.channels))

    def weights(self, x: Shape) -> dict[str, Shape]:
        """`weight` of vocab x dim."""
        return {"weight": Shape((self.vocab, self.dim))}

    def shape_formulas(self, x: Shape) -> Formulas:
        return {
            "channels": Formula("dim", "the size of the vector of one token"),
            "length": Formula("C", "one vector for each token"),
        }

    def weight_formulas(self, x: Shape) -> Formulas:
        reason = "one row for each token of the vocabulary; a lookup multiplies nothing"
        return {"weight": Formula("vocab x dim", reason)}
