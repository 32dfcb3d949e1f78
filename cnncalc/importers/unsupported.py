"""Unsupported operators of a model file: all of them in one message."""

from __future__ import annotations

from collections.abc import Sequence

from ..named_tuple import NamedTuple
from ..problem import count
from .errors import ImportFailed


class UnsupportedOperator(NamedTuple):
    """One node of a file.  `reason` says what no layer can express."""

    kind: str
    node: str
    reason: str


OPTIONS = (
    "--output NAME stops before them, --allow-custom writes them as `custom` layers "
    "(options of `cnncalc import`)"
)
WITHOUT_SHAPES = (
    "--output NAME stops before them; --allow-custom cannot write all of them, as the file does "
    "not state the shapes of their outputs"
)


def refuse(found: Sequence[UnsupportedOperator], *, is_custom_allowed: bool = False) -> None:
    """Raise ImportFailed with each kind, how often it occurs, and its first node; if there are any.

    `is_custom_allowed` is true where `custom` does not help, as the shape of an output is unknown.
    The names come from the file; whoever prints the message makes them safe.
    """
    if found:
        raise ImportFailed(refusal(found, is_custom_allowed=is_custom_allowed))


def refusal(found: Sequence[UnsupportedOperator], *, is_custom_allowed: bool = False) -> str:
    """The message that refuses some operators."""
    kinds: dict[str, list[UnsupportedOperator]] = {}
    for operator in found:
        kinds.setdefault(operator.kind, []).append(operator)
    lines = [f"the file has {count(len(found), 'unsupported operator')}:"]
    for kind, operators in kinds.items():
        first = operators[0]
        times = f"{len(operators)} times, first" if len(operators) > 1 else "once,"
        lines.append(f"  {kind} ({times} at {first.node}): {first.reason}")
    lines.append(WITHOUT_SHAPES if is_custom_allowed else OPTIONS)
    return "\n".join(lines)
