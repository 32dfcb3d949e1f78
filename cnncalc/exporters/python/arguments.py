"""The arguments of generated calls: values, and expressions of the file that have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...datum import Datum
from ...layers.aliases import Alias
from ...layers.field import Field
from ...layers.layer import Layer
from ...layers.parameter import Default
from ...named_tuple import NamedTuple
from ...shape import Shape


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
    """A module or layer that is constructed: a class of the framework or of the code itself."""

    class_name: str
    arguments: tuple[ModuleArgument, ...] = ()


CHANNELS = "in_channels"


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


def aliased_arguments(
    alias: Alias,
    layer: Layer,
    first: Iterable[ModuleArgument] = (),
    *,
    omit: Iterable[str] = (),
    positional: Iterable[str] = (),
    values: Mapping[str, Datum] = {},
) -> tuple[ModuleArgument, ...]:
    """The arguments of a layer by the names that a framework has for them.

    `first` are those that are given before.  Required arguments, and those of `positional`, have no
    name.  `values` replaces some of the values.
    """
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


# Arguments that are part of an index or a call


def slice_text(part: Any, x: Shape) -> str:
    """The range of a `slice`, as it is in brackets: `2:8`, `:4`, `::2`."""
    start, end = part.range if isinstance(part.range, tuple) else (part.range, None)
    if end == x[part.axis]:
        end = None
    step = "" if part.step == 1 else f":{part.step}"
    return f"{start or ''}:{'' if end is None else end}{step}"
