"""One entry of the table of fusions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ....named_tuple import NamedTuple
from ..nodes import AttributeValue
from .graph import CallGraph
from .patterns import Match, Pattern

FusedNode = tuple[str, tuple[str, ...], Mapping[str, AttributeValue]]
"""The operator, the inputs and the arguments of the call that several become."""

FusedCall = Callable[[CallGraph, Match], FusedNode | None]
"""What a match becomes; None if it is not that after all."""


class Fusion(NamedTuple):
    """Patterns that are one operator.  Calls in a match must not be read from outside."""

    patterns: tuple[Pattern, ...]
    fused: FusedCall
