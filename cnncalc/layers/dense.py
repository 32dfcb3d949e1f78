"""Dense layers: the channels times a matrix, at every position alike."""

from typing import Any

from ..problem import Refusal
from ..shape import Shape
from .formula import Terms
from .layer import Footprints, Layer, elements
from .parameter import Count, Flag

MAP = 4096  # inputs from which a dense layer is worth a remark


def is_vector(x: Shape) -> bool:
    """Whether a value is a vector of C, or counts as one, as global pooling leaves it (Cx1x1, Cx1)."""
    return x.positions == 1


class Linear(Layer):
    """Fully connected: the channels times a matrix, at every position alike.  (C) -> (out); (C, N) -> (out, N).

    Takes a vector (C), a series (CxN), or as a vector what has 1 position only (Cx1x1).  Source: torch.nn.Linear.
    """

    kind = "linear"
    example = ("9216", "{linear: 4096}", "fc6 of AlexNet")
    category = "dense"
    out: Count
    bias: Flag = True

    def check(self, *inputs: Any) -> None:
        (x,) = inputs
        if len(x) > 2 and not is_vector(x):
            raise Refusal(
                f"linear takes a vector (C) or a series (CxN), found {x}",
                f"put `flatten` before it for a vector of {x.elements}, or `tokens` for {x.channels}x{x.positions}",
            )

    def output(self, *inputs: Any) -> Shape:
        (x,) = inputs
        return Shape((self.out,)) if is_vector(x) else x.with_channels(self.out)

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        """`weight` of out x C, `bias` of out."""
        weights = {"weight": Shape((self.out, inputs[0].channels))}
        if self.bias:
            weights["bias"] = Shape((self.out,))
        return weights

    def macs(self, *inputs: Any) -> int:
        """C x out a position."""
        (x,) = inputs
        return int(x.channels * self.out * x.positions)

    def other_flops(self, *inputs: Any) -> int:
        """1 an output element for the bias."""
        return self.output(*inputs).elements if self.bias else 0

    def shape_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        terms = {"channels": self.term(inputs, "out", "one for each row of the matrix")}
        return (
            terms
            if is_vector(x)
            else {**terms, "length": self.term(inputs, "N", "each position on its own")}
        )

    def weight_terms(self, *inputs: Any) -> Terms:
        (x,) = inputs
        reason = f"each of the {self.out:,} outputs has a weight of its own for each of the {x.channels:,} inputs: nothing is shared"
        if is_vector(x) and x.channels >= MAP:
            reason += ", so a large map before a dense layer costs most parameters"
        terms = {"weight": self.term(inputs, "out x C", reason)}
        return terms | ({"bias": self.term(inputs, "out", "one an output")} if self.bias else {})

    def macs_terms(self, *inputs: Any) -> Terms:
        if is_vector(inputs[0]):
            return {"products": self.term(inputs, "out x C", "each weight is used once")}
        return {
            "products": self.term(
                inputs, "out x C x N", "each weight is used once at each of the N positions"
            )
        }

    def flops_terms(self, *inputs: Any) -> Terms:
        out = elements(self.output(*inputs), "'")
        return (
            {"bias": self.term(inputs, out, "one addition for each element of the output")}
            if self.bias
            else {}
        )

    def footprints(self, *inputs: Any) -> Footprints:
        (x,) = inputs
        return () if is_vector(x) else super().footprints(x)


class Embedding(Layer):
    """A table that gives a vector for each token.  (N) -> (dim, N).  Source: torch.nn.Embedding.

    Takes a vector (N) of the numbers of tokens, below `vocab`.
    """

    kind = "embedding"
    example = ("512", "{embedding: 30522, dim: 768}", "the words of BERT-base")
    category = "dense"
    spatial_axes = (0,)
    vocab: Count
    dim: Count

    def output(self, *inputs: Any) -> Shape:
        return Shape((self.dim, inputs[0].channels))

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        """`weight` of vocab x dim."""
        return {"weight": Shape((self.vocab, self.dim))}

    def shape_terms(self, *inputs: Any) -> Terms:
        return {
            "channels": self.term(inputs, "dim", "the numbers of one word"),
            "length": self.term(inputs, "C", "the words"),
        }

    def weight_terms(self, *inputs: Any) -> Terms:
        return {
            "weight": self.term(
                inputs,
                "vocab x dim",
                "a row for each word that there is; to look one up multiplies nothing",
            )
        }
