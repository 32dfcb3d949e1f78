"""Layers that multiply channels by a matrix, at every position alike."""

from typing import Any

from ..problem import Refusal
from ..shape import Shape
from .layer import Layer, Views
from .parameter import Count, Flag


def is_vector(x: Shape) -> bool:
    """Whether a value is a vector of C, or counts as one, as global pooling leaves it (Cx1x1, Cx1)."""
    return x.positions == 1


class Linear(Layer):
    """Fully connected.  (C) -> (out); (C, N) -> (out, N), at every position alike; (C, 1, 1) as (C)."""

    kind = "linear"
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
        weights = {"weight": Shape((self.out, inputs[0].channels))}
        if self.bias:
            weights["bias"] = Shape((self.out,))
        return weights

    def macs(self, *inputs: Any) -> int:
        """in x out a position."""
        (x,) = inputs
        return int(x.channels * self.out * x.positions)

    def other_flops(self, *inputs: Any) -> int:
        return self.output(*inputs).elements if self.bias else 0

    def views(self, *inputs: Any) -> Views:
        (x,) = inputs
        return () if is_vector(x) else super().views(x)


class Embedding(Layer):
    """A table that gives a vector for each token.  (N) -> (dim, N)."""

    kind = "embedding"
    category = "dense"
    space_axes = (0,)
    vocab: Count
    dim: Count

    def output(self, *inputs: Any) -> Shape:
        return Shape((self.dim, inputs[0].channels))

    def weights(self, *inputs: Any) -> dict[str, Shape]:
        return {"weight": Shape((self.vocab, self.dim))}
