"""Puts one call in place of several that are a pattern."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ...named_tuple import NamedTuple
from ..errors import Unsupported
from .graph import CallType, OperatorGraph
from .matching import Match, Pattern, matches, operators_read

FusedNode = tuple[str, tuple[str, ...], Mapping[str, Any]]
"""The operator, the inputs and the arguments of the call that several become."""

FusedCall = Callable[[Any, Match], "FusedNode | None"]
"""What a match in a graph becomes; None if it is not that after all.  May raise Unsupported."""


class Fusion(NamedTuple):
    """Patterns that are one operator.  Calls in a match must not be read from outside."""

    patterns: tuple[Pattern, ...]
    fused: FusedCall


class FusionEntry(NamedTuple):
    """A pattern, and the operators of which one must make each operand that is a call."""

    pattern: Pattern
    needed: tuple[frozenset[str], ...]
    fused: FusedCall


FusionTable = Mapping[str, list[FusionEntry]]
"""The patterns by the operator that they end with."""


def by_last_operator(fusions: Iterable[Fusion]) -> FusionTable:
    found: dict[str, list[FusionEntry]] = {}
    for fusion in fusions:
        for pattern in fusion.patterns:
            entry = FusionEntry(pattern, tuple(operators_read(pattern)), fusion.fused)
            found.setdefault(pattern.operator, []).append(entry)
    return found


def one_pass(
    graph: OperatorGraph[CallType],
    fusions: FusionTable,
    made: Callable[[CallType, FusedNode], CallType],
) -> list[CallType]:
    """The calls after all fusions, the last calls first, so that the larger patterns are.

    `made` is the call that several become, given the last of them.
    """
    replaced: dict[int, CallType] = {}
    removed: set[int] = set()
    for number in range(len(graph.calls) - 1, -1, -1):
        if number in removed:
            continue
        for inner, node in fusions_at(graph, fusions, number):
            if removed.isdisjoint(inner) and replaced.keys().isdisjoint(inner):
                replaced[number] = made(graph.calls[number], node)
                removed |= inner
                break
    kept = (number for number in range(len(graph.calls)) if number not in removed)
    return [replaced.get(number, graph.calls[number]) for number in kept]


def fusions_at(
    graph: OperatorGraph[CallType], fusions: FusionTable, number: int
) -> Iterator[tuple[set[int], FusedNode]]:
    """The calls that are one with a call, and what they become."""
    root = graph.calls[number]
    entries = fusions.get(root.node.operator, ())
    made_by = graph.operators_read(root) if entries else set()
    for pattern, needed, fused in entries:
        if any(map(made_by.isdisjoint, needed)):
            continue
        for match in matches(graph, pattern, number):
            inner = set(match.inner) - {number}
            if not inner or not graph.is_closed(inner, number):
                continue
            try:
                found = fused(graph, match)
            except Unsupported:
                continue
            if found is not None:
                yield inner, found
