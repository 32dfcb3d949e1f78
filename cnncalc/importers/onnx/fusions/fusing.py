"""Replaces several nodes by the one operator that they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...errors import Unsupported
from ..nodes import AttributeValue
from ..operators.call import OperatorCall
from ..tensors import GraphTensor
from . import activation, gates, normalization, products, statistics, windows
from .fusion import Fusion
from .graph import CallGraph
from .patterns import Pattern, matches, operators_read

FUSIONS: tuple[Fusion, ...] = (
    *activation.FUSIONS,
    *gates.FUSIONS,
    *normalization.FUSIONS,
    *products.FUSIONS,
    *statistics.FUSIONS,
    *windows.FUSIONS,
)
BY_ROOT: dict[str, list[tuple[Pattern, list[frozenset[str]], Fusion]]] = {}
"""The patterns that end with an operator, with the operators that must make what it reads."""
for fusion in FUSIONS:
    for pattern in fusion.patterns:
        entry = (pattern, list(operators_read(pattern)), fusion)
        BY_ROOT.setdefault(pattern.operator, []).append(entry)

NEWEST = 24
"""The version of the operators that calls become."""

MAX_PASSES = 3


def fused(
    calls: Sequence[OperatorCall], tensors: Mapping[str, GraphTensor], kept: Iterable[str]
) -> list[OperatorCall]:
    """The calls with those of each pattern as one.  `kept` are the outputs of the model.

    What one pass makes may be part of a pattern in the next one.
    """
    kept = set(kept)
    found = list(calls)
    for _ in range(MAX_PASSES):
        before = len(found)
        found = one_pass(CallGraph(found, tensors, kept))
        if len(found) == before:
            break
    return found


def one_pass(graph: CallGraph) -> list[OperatorCall]:
    """The calls after all fusions, the last calls first, so that the larger patterns are."""
    replaced: dict[int, OperatorCall] = {}
    removed: set[int] = set()
    for number in range(len(graph.calls) - 1, -1, -1):
        if number in removed:
            continue
        for inner, call in fusions_at(graph, number):
            if removed.isdisjoint(inner) and replaced.keys().isdisjoint(inner):
                replaced[number] = call
                removed |= inner
                break
    kept = (number for number in range(len(graph.calls)) if number not in removed)
    return [replaced.get(number, graph.calls[number]) for number in kept]


def fusions_at(graph: CallGraph, number: int) -> Iterator[tuple[set[int], OperatorCall]]:
    """The calls that are one with a call, and what they become."""
    root = graph.calls[number]
    entries = BY_ROOT.get(root.node.operator, ())
    made_by = graph.operators_read(root) if entries else set()
    for pattern, needed, fusion in entries:
        if any(map(made_by.isdisjoint, needed)):
            continue
        for match in matches(graph, pattern, number):
            inner = set(match.inner) - {number}
            if not inner or not graph.is_closed(inner, number):
                continue
            try:
                found = fusion.fused(graph, match)
            except Unsupported:
                continue
            if found is not None:
                yield inner, made(graph, root, *found)


def made(
    graph: CallGraph,
    root: OperatorCall,
    operator: str,
    inputs: tuple[str, ...],
    attributes: Mapping[str, AttributeValue],
) -> OperatorCall:
    """The call that several become; its name and outputs are those of the last one."""
    node = root.node._replace(operator=operator, inputs=inputs, attributes=attributes)
    tensors = tuple(graph.tensors[name] if name else None for name in inputs)
    return OperatorCall(node, tensors, NEWEST)
