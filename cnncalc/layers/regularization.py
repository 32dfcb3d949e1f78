"""Layers that do nothing at inference."""

from typing import Any

from ..shape import Shape
from .layer import Layer
from .parameter import Probability


class Unchanged(Layer):
    """Puts out what enters."""

    aliases = True

    def output(self, *inputs: Any) -> Shape:
        x: Shape = inputs[0]
        return x


class Identity(Unchanged):
    """Nothing."""

    kind = "identity"


class Dropout(Unchanged):
    """Zeroes elements with probability p while training.  Source: Srivastava et al., JMLR 15, 2014."""

    kind = "dropout"
    p: Probability = 0.5

    def telling(self) -> str:
        return f"{self.p:g}"


class DropPath(Unchanged):
    """Skips the branch with probability p while training.  Source: Huang et al., arXiv:1603.09382."""

    kind = "droppath"
    p: Probability

    def telling(self) -> str:
        return f"{self.p:g}"
