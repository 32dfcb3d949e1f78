"""Operators that no layer of the catalogue states: all of a file in one message."""

from __future__ import annotations

from collections.abc import Sequence

from ..named_tuple import NamedTuple
from ..problem import count
from .errors import ImportFailed


class UnsupportedOperator(NamedTuple):
    """One node of a file.  `reason` says what the catalogue does not have."""

    kind: str
    node: str
    reason: str


def refuse(title: str, found: Sequence[UnsupportedOperator]) -> None:
    """Raise ImportFailed with each kind, how often it occurs, and its first node; if there are any.

    The names come from the file; whoever prints the message makes them safe.
    """
    if not found:
        return
    kinds: dict[str, list[UnsupportedOperator]] = {}
    for operator in found:
        kinds.setdefault(operator.kind, []).append(operator)
    lines = [f"{title} has {count(len(found), 'operator')} that no layer states:"]
    for kind, operators in kinds.items():
        first = operators[0]
        times = f"{len(operators)} times, first" if len(operators) > 1 else "once,"
        lines.append(f"  {kind} ({times} at {first.node}): {first.reason}")
    options = "--output NAME stops before them, --allow-custom states their numbers as `custom`"
    lines.append(f"{options} (of `cnncalc import`)")
    raise ImportFailed("\n".join(lines))
