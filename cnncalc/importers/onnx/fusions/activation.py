"""Activations that exporters write as several operators."""

from __future__ import annotations

from collections.abc import Callable

from ....onnx_format.messages import DROP_PATH
from ...patterns.activations import GELU_BY_ERF, GELU_BY_TANH, MISH, SILU
from ...patterns.matching import Match, OperandPattern, Pattern, StoredPattern
from ...patterns.replacing import FusedCall, FusedNode, Fusion
from ...patterns.words import (
    EPS,
    X,
    add,
    clip,
    div,
    hard_sigmoid,
    mul,
    norm,
    one_of,
    operator,
    root,
    squared,
    total,
)
from ..nodes import AttributeValue
from ..operators.activation import RANDOM, SQUASH
from ..operators.pooling import reduced_axes
from .graph import CallGraph

SHIFTED_CLIP = clip(add(X, 3.0), label="clip")
SIXTH = 1 / 6


def sixth(operand: OperandPattern) -> tuple[Pattern, ...]:
    """A sixth of something, as a quotient or as a product."""
    return div(operand, 6.0), mul(operand, SIXTH)


def one_input(operator: str, **attributes: AttributeValue) -> Callable[..., FusedNode]:
    """A call of an operator with the value as its only input."""

    def fused(graph: CallGraph, match: Match) -> FusedNode:
        return operator, (match.tensors["x"],), attributes

    return fused


def if_clipped_at_6(operator: str) -> FusedCall:
    """The same, if the bounds of the Clip in it are 0 and 6."""
    made = one_input(operator)

    def fused(graph: CallGraph, match: Match) -> FusedNode | None:
        call = graph.calls[match.calls["clip"]]
        bounds = [call.attribute("min"), call.attribute("max")]
        for index in (1, 2):
            if call.has(index):
                bounds[index - 1] = graph.number(call.node.inputs[index])
        return made(graph, match) if bounds == [0, 6] else None

    return fused


LENGTH = norm(X, label="length")
SQUARED_LENGTH = one_of(squared(LENGTH), total(squared(X), label="length"))
SATURATION = div(SQUARED_LENGTH, add(SQUARED_LENGTH, 1.0))
"""Of the length of a capsule: below 1, and near it for a long one."""
DIVISOR = one_of(
    LENGTH,
    root(one_of(SQUARED_LENGTH, add(SQUARED_LENGTH, EPS))),
    add(one_of(LENGTH, root(SQUARED_LENGTH)), EPS),
)
SQUASHED = (
    mul(X, div(LENGTH, add(SQUARED_LENGTH, 1.0))),
    div(mul(X, SATURATION), DIVISOR),
    mul(SATURATION, div(X, DIVISOR)),
    mul(X, div(SATURATION, DIVISOR)),
)


def squashed(graph: CallGraph, match: Match) -> FusedNode | None:
    """A squash, if its lengths are along one axis."""
    axes = reduced_axes(graph.calls[match.calls["length"]])
    return (SQUASH, (match.tensors["x"],), {"axis": axes[0]}) if len(axes) == 1 else None


less, random = operator("Less"), operator(RANDOM)
SURVIVAL = StoredPattern("survival")
FACTOR = less(random(StoredPattern("sizes")), SURVIVAL)
"""1 with the probability of survival for each sample, else 0."""


def stochastic_depth(graph: CallGraph, match: Match) -> FusedNode | None:
    """A branch that is skipped in training, if the factor is one number for each sample."""
    survival = graph.number(match.tensors["survival"])
    scale = graph.number(match.tensors.get("scale", match.tensors["survival"]))
    sizes = graph.tensors[match.tensors["sizes"]].sizes
    if survival is None or scale != survival or not 0 < survival <= 1:
        return None
    if max(sizes[1:], default=1) > 1:
        return None
    return DROP_PATH, (match.tensors["x"],), {"ratio": 1 - survival}


FUSIONS: tuple[Fusion, ...] = (
    Fusion((mul(X, div(FACTOR, StoredPattern("scale"))), mul(X, FACTOR)), stochastic_depth),
    Fusion((SILU,), one_input("Swish")),
    Fusion(SQUASHED, squashed),
    Fusion((mul(X, hard_sigmoid(X)),), one_input("HardSwish")),
    Fusion((MISH,), one_input("Mish")),
    Fusion(
        (*(mul(X, part) for part in sixth(SHIFTED_CLIP)), *sixth(mul(X, SHIFTED_CLIP))),
        if_clipped_at_6("HardSwish"),
    ),
    Fusion(sixth(SHIFTED_CLIP), if_clipped_at_6("HardSigmoid")),
    Fusion(GELU_BY_ERF, one_input("Gelu")),
    Fusion(GELU_BY_TANH, one_input("Gelu", approximate="tanh")),
)
