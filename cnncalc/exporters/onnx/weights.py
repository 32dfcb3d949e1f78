"""The values of weights: zeros, random numbers, or none."""

from __future__ import annotations

import random
import struct
import sys
from array import array
from collections.abc import Sequence
from math import prod, sqrt

from ..contents import RepeatedBytes

PERIOD = 65_521
"""The different numbers of a tensor, at most: a prime, so that rows of usual lengths differ."""

FLOAT_BYTES = 4

MATRIX_AXES = 2
"""The axes of a weight that many products are summed with, at least."""


def random_numbers(name: str, sizes: Sequence[int], around: float) -> RepeatedBytes:
    """The numbers of a tensor, as 32-bit floats; always the same ones for a name.

    There are PERIOD different ones, which repeat: a large tensor takes neither time nor memory.
    Those of a matrix or a kernel keep the variance of activations after a ReLU: they are uniform
    up to sqrt(6 / products), as in He et al., arXiv:1502.01852.  Those of a vector are at most a
    tenth away from `around`, the value that does nothing.
    """
    is_matrix = len(sizes) >= MATRIX_AXES
    bound = sqrt(6 / max(1, prod(sizes[1:]))) if is_matrix else 0.1
    center = 0.0 if is_matrix else around
    number = prod(sizes)
    steps = array("H", random.Random(name).randbytes(2 * min(number, PERIOD)))
    if sys.byteorder == "big":
        steps.byteswap()
    scale, least = 2 * bound / 65535, center - bound
    found = array("f", (least + scale * step for step in steps))
    if sys.byteorder == "big":
        found.byteswap()
    return RepeatedBytes(found.tobytes(), FLOAT_BYTES * number)


def whole_numbers(numbers: Sequence[int]) -> bytes:
    """Numbers of 64 bits."""
    return struct.pack(f"<{len(numbers)}q", *numbers)


def real_numbers(numbers: Sequence[float]) -> bytes:
    """Numbers of 32 bits."""
    return struct.pack(f"<{len(numbers)}f", *numbers)
