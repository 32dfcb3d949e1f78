"""Variants in groups that one calculation is right for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...problem import Error
from .questions import Disagreement, TooManyNumbers

LEAST = 16
"""Fewer variants than this take less time alone."""

FAILURES = (
    Error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What code raises for a number that it does not know how to handle, or for an invalid variant."""

Variants = Sequence[int]


def calculated(
    groups: list[Variants], calculate: Callable[[Variants], Sequence[Any]], count: int
) -> list[Any]:
    """What a function gives for each of `count` variants, which is called with groups of them.

    A group that it splits is calculated in parts. None for variants that must be calculated alone:
    for small groups, and where it fails.
    """
    found: list[Any] = [None] * count
    most = count
    left = count // LEAST + len(groups)  # calculations, so that splitting takes a bounded time
    while groups and left:
        variants = groups.pop()
        if len(variants) < LEAST:
            continue
        if len(variants) > most:
            groups += halves(variants)
            continue
        left -= 1
        try:
            results = calculate(variants)
        except Disagreement as split:
            groups += parts(variants, split.answers)
        except TooManyNumbers:
            most = len(variants) // 2
            groups.append(variants)
        except FAILURES:
            continue
        else:
            for variant, result in zip(variants, results, strict=True):
                found[variant] = result
    return found


def parts(variants: Variants, answers: Any) -> list[Variants]:
    """The variants with each answer."""
    _, labels = np.unique(answers, return_inverse=True)
    order = np.argsort(labels, kind="stable")
    ends = np.cumsum(np.bincount(labels))[:-1]
    return [part.tolist() for part in np.split(np.asarray(variants)[order], ends)]


def halves(variants: Variants) -> list[Variants]:
    middle = len(variants) // 2
    return [variants[:middle], variants[middle:]]
