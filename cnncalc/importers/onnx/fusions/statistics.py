"""Variances and deviations that exporters write as several operators."""

from __future__ import annotations

from math import prod

from ...patterns.matching import Match, StoredPattern
from ...patterns.replacing import FusedCall, FusedNode, Fusion
from ...patterns.words import X, div, mean, mul, root, squared, sub, total
from ..operators.pooling import DEVIATION, VARIANCE, reduced_axes
from .graph import CallGraph

SQUARES = squared(sub(X, mean(X, label="mean")))
NUMBER, COUNT = StoredPattern("number"), StoredPattern("count")
SPREADS = (
    div(total(SQUARES, label="spread"), COUNT),
    div(mul(mean(SQUARES, label="spread"), NUMBER), COUNT),
    mean(SQUARES, label="spread"),
)
"""The sum of the squares divided by a count; their mean, perhaps for another count."""


def spread(operator: str) -> FusedCall:
    """A variance or a deviation, if the mean of the squares is over the axes of the other one."""

    def fused(graph: CallGraph, match: Match) -> FusedNode | None:
        call, center = (graph.calls[match.calls[name]] for name in ("spread", "mean"))
        axes = reduced_axes(call)
        elements = prod(call.sizes()[axis] for axis in axes)
        number, count = (
            graph.number(match.tensors[name]) if name in match.tensors else elements
            for name in ("number", "count")
        )
        is_kept = bool(center.attribute("keepdims", 1))
        if axes != reduced_axes(center) or not is_kept or number != elements or count is None:
            return None
        keep = call.attribute("keepdims", 1)
        attributes = {"axes": tuple(axes), "keepdims": keep, "correction": round(elements - count)}
        return operator, (match.tensors["x"],), attributes

    return fused


FUSIONS: tuple[Fusion, ...] = (
    Fusion(tuple(root(pattern) for pattern in SPREADS), spread(DEVIATION)),
    Fusion(SPREADS, spread(VARIANCE)),
)
