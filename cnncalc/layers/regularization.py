"""Regularisation: what acts while training, and does nothing at inference."""

from typing import Any

from ..shape import Shape
from .layer import Layer
from .parameter import Probability


class Unchanged(Layer):
    """Puts out what enters.  (C, *S) -> (C, *S)."""

    is_alias = True

    def output(self, *inputs: Any) -> Shape:
        x: Shape = inputs[0]
        return x


class Identity(Unchanged):
    """Nothing: puts out what enters.  Source: torch.nn.Identity."""

    kind = "identity"
    example = ("256x56x56", "identity", "a shortcut in the first stage of ResNet-50, written out")


class Dropout(Unchanged):
    """Zeroes elements with probability p while training.  Source: Srivastava et al., JMLR 15, 2014."""

    kind = "dropout"
    example = ("4096", "dropout", "after fc6 of AlexNet")
    p: Probability = 0.5

    def label(self) -> str:
        return f"{self.p:g}"


class DropPath(Unchanged):
    """Skips the branch with probability p while training.  Source: Huang et al., arXiv:1603.09382."""

    kind = "droppath"
    example = ("768x7x7", "{droppath: 0.1}", "in the last block of ConvNeXt-T")
    p: Probability

    def label(self) -> str:
        return f"{self.p:g}"
