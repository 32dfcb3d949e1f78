"""What a layer is in PyTorch: modules in sequence, or an expression of its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ....datum import Datum
from ....layers.aliases import PYTORCH
from ....layers.layer import Field, Layer
from ....layers.parameter import Default
from ....named_tuple import NamedTuple
from ....problem import Error
from ....shape import Shape


class NoForm(Error):
    """PyTorch has no such layer; the message says which property it lacks."""


class ModuleArgument(NamedTuple):
    """An argument of a constructor: its name ("" for a positional one) and value.

    `source` is an expression that has the value, of the arguments of the layer and of
    `in_channels`; "" if there is none.  An argument that `is_optional` has the default value.
    """

    name: str
    value: Datum
    source: str = ""
    is_optional: bool = False


class ModuleForm(NamedTuple):
    """A module that is constructed: a class of torch.nn (`nn.Conv2d`) or of `helpers`."""

    class_name: str
    arguments: tuple[ModuleArgument, ...] = ()


class TorchForm(NamedTuple):
    """What a layer is in PyTorch.

    `modules` are called in sequence.  Without any, `expression` is Python with {0}, {1} for the
    inputs.  `sized` is one for the case that the size is that of another value, {size}.
    `parameter` is the value of an attribute, for a layer without an input.
    """

    modules: tuple[ModuleForm, ...] = ()
    expression: str = ""
    sized: str = ""
    parameter: str = ""


CHANNELS = "in_channels"


def module(class_name: str, *arguments: ModuleArgument) -> TorchForm:
    return TorchForm((ModuleForm(class_name, arguments),))


def given(value: Datum, source: str = "") -> ModuleArgument:
    """A positional argument."""
    return ModuleArgument("", compact(value), source)


def keyword(name: str, value: Datum, default: Datum, source: str = "") -> ModuleArgument:
    """An argument by name, which may be omitted if it has the default value."""
    value = compact(value)
    return ModuleArgument(name, value, source, value == default and type(value) is type(default))


def channels(x: Shape) -> ModuleArgument:
    """The number of input channels as a positional argument."""
    return given(x.channels, CHANNELS)


def compact(value: Datum) -> Datum:
    """One number for all axes if they have the same.

    >>> compact((3, 3)), compact((3, 1)), compact(7)
    (3, (3, 1), 7)
    """
    if isinstance(value, tuple) and value and len(set(value)) == 1:
        return value[0]
    return value


def of_rank(name: str, x: Shape) -> str:
    """A class of torch.nn for the number of spatial axes: Conv -> nn.Conv2d."""
    rank = len(x.spatial)
    if not 1 <= rank <= 3:
        raise NoForm(f"nn.{name} has one to three spatial axes, not {rank}")
    return f"nn.{name}{rank}d"


def argument_of(layer: Layer, name: str) -> Any:
    """An argument of a layer, whose field has an underscore if a rule has its name."""
    values = layer.__dict__
    return values[name] if name in values else values[f"{name}_"]


def usual(field: Field, layer: Layer) -> Any:
    """The default of an argument, which is also that of PyTorch."""
    if isinstance(field.default, Default):
        if field.default.literal is not None:
            return field.default.literal
        return compact(argument_of(layer, field.default.argument or "dim"))
    return field.default


def aliased(
    layer: Layer,
    first: Iterable[ModuleArgument] = (),
    *,
    omit: Iterable[str] = (),
    positional: Iterable[str] = (),
    values: Mapping[str, Datum] = {},
) -> tuple[ModuleArgument, ...]:
    """The arguments of a layer by the names that PyTorch has for them.

    `first` are those that are given before.  Required arguments, and those of `positional`, have no
    name.  `values` replaces some of the values.
    """
    alias = PYTORCH[layer.kind]
    found = list(first)
    for ours, theirs in alias.arguments.items():
        value = compact(values[ours] if ours in values else argument_of(layer, ours))
        if ours in omit or value is None:
            continue
        field = layer.fields[ours]
        if field.required or ours in positional:
            found.append(ModuleArgument("", value, ours))
        else:
            found.append(keyword(theirs, value, compact(usual(field, layer)), ours))
    return tuple(found)


def pads(ends: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """The amounts (before, after) of each axis as torch.nn has them, from the last axis on.

    >>> pads([(1, 2), (3, 4)])
    (3, 4, 1, 2)
    """
    return tuple([amount for pair in reversed(list(ends)) for amount in pair])
