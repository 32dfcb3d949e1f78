"""Where a step is expanded: what the steps around it say, and the values of variables that are none."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from typing import Any, NamedTuple

from ...datum import Value as Datum
from .scope import Scope

UNKNOWN: Any = object()
"""Stands for the value of a variable that depends on a mistake."""
AMBIGUOUS: Any = object()
"""Stands for the value of `i` where two repetitions enclose it."""


class Frame(NamedTuple):
    """Where a step is expanded: its scope, the variables it sees, and what the steps around it say."""

    scope: Scope
    variables: dict[str, Datum]
    block: str | None = None
    calls: int = 0  # block calls around it
    depth: int = 0  # groups around it
    repeats: int = 0  # `repeat`s around it
    training_only: bool = False
    trainable: bool = True
    tag: str | None = None  # of the `shared` that covers it
    identity: str | None = None  # which weights are its, where they are shared
    origin: int = 0  # the number of the step that is shared
