"""Replaces several nodes by the one operator that they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from ...patterns.replacing import FusedNode, Fusion, by_last_operator, one_pass
from ..operators.call import OperatorCall
from ..tensors import GraphTensor
from . import activation, gates, normalization, products, statistics, windows
from .graph import CallGraph

FUSIONS: tuple[Fusion, ...] = (
    *activation.FUSIONS,
    *gates.FUSIONS,
    *normalization.FUSIONS,
    *products.FUSIONS,
    *statistics.FUSIONS,
    *windows.FUSIONS,
)
TABLE = by_last_operator(FUSIONS)

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
        graph = CallGraph(found, tensors, kept)
        found = one_pass(graph, TABLE, partial(made, tensors))
        if len(found) == before:
            break
    return found


def made(tensors: Mapping[str, GraphTensor], root: OperatorCall, found: FusedNode) -> OperatorCall:
    """The call that several become; its name and outputs are those of the last one."""
    operator, inputs, attributes = found
    node = root.node._replace(operator=operator, inputs=inputs, attributes=attributes)
    return OperatorCall(node, tuple([tensors[name] if name else None for name in inputs]), NEWEST)
