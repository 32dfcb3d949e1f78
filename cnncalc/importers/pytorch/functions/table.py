"""The table of all functions."""

from __future__ import annotations

from collections.abc import Callable

from ...program import Operation
from ..context import FunctionResults, LoweringContext
from ..names import plain
from . import (
    activation,
    assignment,
    attention,
    convolution,
    dense,
    joins,
    normalization,
    parts,
    pooling,
    recurrent,
    resizing,
    sampling,
    shapes,
)

Handler = Callable[[LoweringContext, Operation], FunctionResults]

FAMILIES = (
    activation,
    assignment,
    attention,
    convolution,
    dense,
    joins,
    normalization,
    parts,
    pooling,
    recurrent,
    resizing,
    sampling,
    shapes,
)
HANDLERS: dict[str, Handler] = {
    name: handler for family in FAMILIES for name, handler in family.FUNCTIONS.items()
}


def handler_of(function: str) -> Handler | None:
    """The handler of a function; None if no layer states it."""
    return HANDLERS.get(plain(function))
