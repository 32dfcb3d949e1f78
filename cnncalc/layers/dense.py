"""Dense layers: a matrix is applied to the channels of every position."""

from ..problem import Refusal
from ..shape import Shape
from .formula import Formula, Formulas
from .layer import Footprints, Layer, bias_additions
from .parameter import Flag, PositiveInt

LARGE_INPUT = 4096  # from this many inputs, `explain` remarks on the cost of a dense layer


def is_vector(x: Shape) -> bool:
    """Whether a value is a vector of C, or has only one position, as after global pooling."""
    return x.positions == 1


class Linear(Layer):
    """Fully connected: a matrix applied to the channels of every position.

    (C) -> (out); (C, N) -> (out, N).

    Takes a vector (C), a series (CxN), or a map of one position (Cx1x1) as a vector.

    Source: torch.nn.Linear.
    """

    kind = "linear"
    example = ("9216", "{linear: 4096}", "fc6 of AlexNet")
    category = "dense"
    out: PositiveInt
    bias: Flag = True

    def check(self, x: Shape) -> None:
        if len(x) > 2 and not is_vector(x):
            raise Refusal(
                f"linear takes a vector (C) or a series (CxN), found {x}",
                f"put `flatten` before it for a vector of {x.elements}, "
                f"or `tokens` for {x.channels}x{x.positions}",
            )

    def output(self, x: Shape) -> Shape:
        return Shape((self.out,)) if is_vector(x) else x.with_channels(self.out)

    def weights(self, x: Shape) -> dict[str, Shape]:
        """`weight` of out x C, `bias` of out."""
        weights = {"weight": Shape((self.out, x.channels))}
        if self.bias:
            weights["bias"] = Shape((self.out,))
        return weights

    def macs(self, x: Shape) -> int:
        """C x out per position."""
        return x.channels * self.out * x.positions

    def other_flops(self, x: Shape) -> int:
        """1 per output element for the bias."""
        return self.output(x).elements if self.bias else 0

    def footprints(self, x: Shape) -> Footprints:
        return () if is_vector(x) else super().footprints(x)

    # Formulas

    def shape_formulas(self, x: Shape) -> Formulas:
        formulas = {"channels": Formula("out", "one for each row of the matrix")}
        if not is_vector(x):
            formulas["length"] = Formula("N", "each position on its own")
        return formulas

    def weight_formulas(self, x: Shape) -> Formulas:
        reason = (
            f"each of the {self.out:,} outputs has its own weight for each of the {x.channels:,} "
            "inputs: no weight is shared"
        )
        if is_vector(x) and x.channels >= LARGE_INPUT:
            reason += ", so a dense layer after a large map has most of the parameters"
        formulas = {"weight": Formula("out x C", reason)}
        if self.bias:
            formulas["bias"] = Formula("out", "one per output")
        return formulas

    def macs_formulas(self, x: Shape) -> Formulas:
        if is_vector(x):
            return {"products": Formula("out x C", "each weight is used once")}
        reason = "each weight is used once at each of the N positions"
        return {"products": Formula("out x C x N", reason)}

    def flops_formulas(self, x: Shape) -> Formulas:
        return bias_additions(self.output(x)) if self.bias else {}


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
