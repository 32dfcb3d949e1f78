"""The fields of a layer: its arguments with their types and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..named_tuple import NamedTuple
from ..shape import Shape
from .parameter import Default, Parameter

Arguments = dict[str, Any]
"""Arguments by name.  Their types are those of the fields, which are read at run time."""


class Field(NamedTuple):
    """One argument of a layer: its type and its default."""

    type: Parameter
    default: Any
    required: bool

    def is_default(self, value: Any) -> bool:
        """Whether a value is the default, or follows from the input or another argument."""
        return value == self.default or Default.hides(self.default, value)


def fixed_defaults(fields: Mapping[str, Field], axes: int | None) -> Arguments:
    """The defaults that hold for all inputs with so many axes (None: not known)."""
    x = None if axes is None else Shape((1,) * axes)
    found: Arguments = {}
    for name, field in fields.items():
        if not field.required and not isinstance(field.default, Default):
            found[name] = None if field.default is None else field.type.read(field.default, x)
    return found
