"""Activations that exporters write as several operators."""

from __future__ import annotations

from math import pi, sqrt

from .matching import OperandPattern, Pattern
from .words import X, add, div, erf, mul, one_of, power, sigmoid, softplus, squared, tanh

SILU = mul(X, sigmoid(X))
MISH = mul(X, tanh(softplus(X)))

SCALED = one_of(div(X, sqrt(2)), mul(X, 1 / sqrt(2)))
ERF = add(erf(SCALED), 1.0)

CUBE = one_of(power(X, 3.0), mul(X, mul(X, X)), mul(mul(X, X), X))
SQUARE = squared(X)
BENT = one_of(
    add(X, mul(CUBE, 0.044715)),
    mul(X, add(mul(SQUARE, 0.044715), 1.0)),
)
TANH = add(
    tanh(one_of(mul(BENT, sqrt(2 / pi)), mul(mul(X, sqrt(2 / pi)), BENT))),
    1.0,
)
TANH_OF_SCALED = add(tanh(mul(mul(X, sqrt(2 / pi)), add(mul(SQUARE, 0.044715), 1.0))), 1.0)


def halved(factor: OperandPattern) -> tuple[Pattern, ...]:
    """x / 2 times a factor, in the orders in which it is written."""
    return (
        mul(mul(X, factor), 0.5),
        mul(mul(X, 0.5), factor),
        mul(X, mul(factor, 0.5)),
    )


GELU_BY_ERF = halved(ERF)
GELU_BY_TANH = (*halved(TANH), *halved(TANH_OF_SCALED))
