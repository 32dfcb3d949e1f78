"""Regularization: layers that act in training and do nothing at inference."""

from typing import Annotated

from ..shape import Shape
from .layer import Layer
from .parameter import Boolean, NoneOr, Probability


class PassThrough(Layer):
    """The base of layers whose output is their input.  (C, *S) -> (C, *S)."""

    is_alias = True

    def output(self, x: Shape) -> Shape:
        return x


class Identity(PassThrough):
    """The input, unchanged.  Source: torch.nn.Identity."""

    kind = "identity"
    example = ("256x56x56", "identity", "an explicit shortcut in the first stage of ResNet-50")

    def is_nothing(self, x: Shape) -> bool:
        return True


class Dropout(PassThrough):
    """Zeroes elements with probability p in training.

    With `inplace`, PyTorch overwrites the input, which affects only the memory of training.

    Source: Srivastava et al., JMLR 15, 2014.
    """

    kind = "dropout"
    example = ("4096", "dropout", "after fc6 of AlexNet")
    p: Probability = 0.5
    inplace: Annotated[bool | None, NoneOr(Boolean())] = None

    def canonical(self, x: Shape) -> Layer:
        """Where the result is stored changes no number of a network."""
        return self.with_arguments(inplace=None)

    def is_nothing(self, x: Shape) -> bool:
        return not self.p

    def label(self) -> str:
        return f"{self.p:g}"


class DropPath(PassThrough):
    """Skips the branch with probability p in training.  Source: Huang et al., arXiv:1603.09382."""

    kind = "droppath"
    example = ("768x7x7", "{droppath: 0.1}", "in the last block of ConvNeXt-T")
    p: Probability

    def is_nothing(self, x: Shape) -> bool:
        return not self.p

    def label(self) -> str:
        return f"{self.p:g}"
