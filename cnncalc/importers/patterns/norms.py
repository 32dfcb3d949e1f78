"""Norms over some axes that exporters write as several operators.

The words are those of ONNX; readers of other formats translate their operators.
"""

from __future__ import annotations

from collections.abc import Iterator

from .matching import OperandPattern, Pattern
from .words import (
    EPS,
    GAIN,
    SHIFT,
    X,
    add,
    div,
    mean,
    mul,
    negative,
    one_of,
    reciprocal,
    reciprocal_root,
    root,
    squared,
    squared_difference,
    sub,
)

MEAN, SPREAD = "mean", "spread"
"""The labels of the calls that reduce: the mean, and the mean of the squares around it."""


def affine(inner: OperandPattern) -> tuple[Pattern, ...]:
    """With a gain and a shift, or a gain alone."""
    return add(mul(inner, GAIN), SHIFT), mul(inner, GAIN)


def divided(dividend: OperandPattern, below: OperandPattern) -> tuple[Pattern, ...]:
    """A tensor divided by the root of another one."""
    return div(dividend, root(below)), mul(dividend, inverse_root(below))


def inverse_root(below: OperandPattern) -> OperandPattern:
    return one_of(reciprocal_root(below), reciprocal(root(below)), div(1.0, root(below)))


def normalized(x: OperandPattern = X) -> tuple[Pattern, ...]:
    """A tensor less its mean, divided by its deviation."""
    center = mean(x, label=MEAN)
    centered = sub(x, center)
    squares = one_of(*squared(centered).choices, squared_difference(x, center))
    return divided(centered, add(mean(squares, label=SPREAD), EPS))


def multiplied_first(x: OperandPattern = X) -> Iterator[Pattern]:
    """As TensorFlow calculates it: x times a factor, and a shift less the mean times the factor.

    The factor is the gain divided by the deviation.
    """
    center = mean(x, label=MEAN)
    squares = one_of(*squared(sub(x, center)).choices, squared_difference(x, center))
    inverse = inverse_root(add(mean(squares, label=SPREAD), EPS))
    for factor in (mul(inverse, GAIN), inverse):
        moved = mul(center, factor)
        scaled, less = mul(x, factor), mul(negative(center), factor)
        yield add(scaled, add(less, SHIFT))
        yield add(scaled, sub(SHIFT, moved))
        yield add(scaled, less)
        yield sub(scaled, moved)


def layer_norms(x: OperandPattern = X) -> tuple[Pattern, ...]:
    """With a gain and a shift, one of them, or none."""
    plain = normalized(x)
    with_both = [pattern for inner in plain for pattern in affine(inner)]
    return (*with_both, *multiplied_first(x), *plain)


def rms_norms() -> tuple[Pattern, ...]:
    """A tensor divided by the root of the mean of its squares, times a gain."""
    below = add(mean(squared(X), label=MEAN), EPS)
    return tuple(affine(inner)[1] for inner in divided(X, below))
