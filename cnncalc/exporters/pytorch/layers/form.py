"""What a layer is in PyTorch: modules in sequence, or an expression of its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ....datum import Datum
from ....layers.aliases import PYTORCH
from ....layers.layer import Layer
from ....named_tuple import NamedTuple
from ....problem import Error
from ....shape import Shape
from ...python.arguments import ModuleArgument, ModuleForm, aliased_arguments


class NoForm(Error):
    """PyTorch has no such layer; the message says which property it lacks."""


class TorchForm(NamedTuple):
    """What a layer is in PyTorch.

    `modules` are called in sequence.  Without any, `expression` is Python with {0}, {1} for the
    inputs.  `sized` is one for the case that the size is that of another value, {size}; `like` is a
    module that is called with that value, too.  `varied` is a module that does the same, for the
    case that the numbers in the expression differ between calls or are those of variables.
    `parameter` is the value of an attribute, for a layer without an input: {sizes} in it are those
    of `shape`, after a batch of one that all samples share.
    """

    modules: tuple[ModuleForm, ...] = ()
    expression: str = ""
    sized: str = ""
    like: ModuleForm | None = None
    varied: ModuleForm | None = None
    parameter: str = ""
    shape: ModuleArgument | None = None


def module(class_name: str, *arguments: ModuleArgument) -> TorchForm:
    return TorchForm((ModuleForm(class_name, arguments),))


def of_rank(name: str, x: Shape) -> str:
    """A class of torch.nn for the number of spatial axes: Conv -> nn.Conv2d."""
    rank = len(x.spatial)
    if not 1 <= rank <= 3:
        raise NoForm(f"nn.{name} has one to three spatial axes, not {rank}")
    return f"nn.{name}{rank}d"


def aliased(
    layer: Layer,
    first: Iterable[ModuleArgument] = (),
    *,
    positional: Iterable[str] = (),
    values: Mapping[str, Datum] = {},
) -> tuple[ModuleArgument, ...]:
    """The arguments of a layer by the names that PyTorch has for them."""
    alias = PYTORCH[layer.kind]
    return aliased_arguments(alias, layer, first, positional=positional, values=values)


def pads(ends: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """The amounts (before, after) of each axis as torch.nn has them, from the last axis on.

    >>> pads([(1, 2), (3, 4)])
    (3, 4, 1, 2)
    """
    return tuple([amount for pair in reversed(list(ends)) for amount in pair])
