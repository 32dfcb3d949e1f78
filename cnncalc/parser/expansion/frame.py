"""The context in which a step is expanded."""

from __future__ import annotations

from typing import Any

from ...datum import Datum
from ...dtype import FLOAT32, DataTypes
from ...named_tuple import NamedTuple
from .scope import Scope

UNKNOWN: Any = object()
"""The value of a variable that depends on an error that was reported."""
AMBIGUOUS: Any = object()
"""The value of `i` inside of two repetitions."""


class Frame(NamedTuple):
    """The context of a step: its scope, its variables, and what the steps around it set.

    `variables` are its own: the parameters of the block, and the counters around the step.  Those
    of the file are in Expansion.
    """

    scope: Scope
    variables: dict[str, Datum]
    block: str | None = None
    calls: int = 0  # number of block calls around it
    depth: int = 0  # number of groups around it
    repeats: int = 0  # number of `repeat`s around it
    training_only: bool = False
    trainable: bool = True
    dtype: DataTypes = FLOAT32
    tag: str | None = None  # the `shared` tag that covers it
    identity: str | None = None  # where weights are shared: the key of those that it uses
    origin: int = 0  # the number of the step that is shared
