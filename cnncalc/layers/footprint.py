"""Footprints: the parts of an input that one output position depends on.

Of some layers, the outputs lie between the inputs: output i depends on inputs from floor(...) to
ceil(...) of a line in i.  Their footprint is the least range along a line of the same slope that
contains these inputs for every i, whose numbers are fractions.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Any

from ..named_tuple import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    Rational = int | Fraction
else:
    Rational = Any  # fractions is slow to import, and few networks have any


class Footprint(NamedTuple):
    """The part of an input axis that one output position depends on, for the receptive field.

    `features` is the number of input positions from the first to the last, `start` the first one
    for output 0, `step` how far the footprint moves from one output to the next.  If the layer
    upsamples, they are fractions: all inputs are whole numbers from start + i step for output i.
    """

    features: Rational = 1
    step: Rational = 1
    start: Rational = 0


POINT = Footprint()
Footprints = tuple[Footprint | None, ...]
"""One for each spatial axis of the output; None: a position depends on the whole input axis."""


class MergedPositions(NamedTuple):
    """The positions of a map as a series, row by row: a footprint and a size for each axis."""

    footprints: Footprints
    sizes: tuple[int, ...]


def interpolated(points: int, scale: Fraction, origin: Fraction) -> Footprint:
    """The footprint of outputs i that are read at the inputs y = origin + i scale.

    1 point is floor(y); 2 are floor(y) and ceil(y); 4 are these and one more on each side, unless
    y is whole.

    >>> from fractions import Fraction
    >>> interpolated(1, Fraction(1, 2), Fraction(0))  # nearest, twice as large
    Footprint(features=Fraction(3, 2), step=Fraction(1, 2), start=Fraction(-1, 2))
    """
    from fractions import Fraction  # slow to import, and few networks upsample

    # With y = n / d, the fractional parts of y are least, least + spacing, ... up to most.
    d = scale.denominator * origin.denominator
    spacing = Fraction(gcd(int(scale * d), d), d)
    least = origin % spacing
    most = 1 - spacing + least
    if points == 1:
        return Footprint(1 + most - least, scale, origin - most)
    smallest = least or spacing  # above 0
    if smallest == 1:  # y is always whole
        return Footprint(1, scale, origin)
    margin = points // 2 - 1
    first, last = origin - most - margin, origin + 1 - smallest + margin
    return Footprint(last - first + 1, scale, first)


def adaptive(size: int, out: int) -> Footprint | None:
    """The footprint along an axis of `size` positions that is pooled to `out`.

    Output i depends on the inputs from floor(i size / out) to ceil((i + 1) size / out) - 1
    (torch.nn.AdaptiveAvgPool2d).
    """
    if out == 1:
        return None
    if size % out == 0:
        return Footprint(size // out, size // out)
    from fractions import Fraction

    scale = Fraction(size, out)
    rounded = 1 - Fraction(gcd(size, out), out)  # the most that either end is rounded by
    return Footprint(scale + 2 * rounded, scale, -rounded)


def transposed(extent: int, stride: int, padding: int = 0) -> Footprint:
    """The footprint of a window of this extent that moves along the output.

    Output y depends on the inputs x with 0 <= y + padding - x stride < extent.

    >>> transposed(3, 1, 1)
    Footprint(features=3, step=1, start=-1)
    """
    if stride == 1:
        return Footprint(extent, 1, padding - extent + 1)
    from fractions import Fraction

    last = extent - 1
    return Footprint(
        1 + Fraction(last, stride), Fraction(1, stride), Fraction(padding - last, stride)
    )


def resized(
    size: int, out: int, factor: float | None, points: int, mode: str, align_corners: bool
) -> Footprint | None:
    """The footprint of torch.nn.functional.interpolate along an axis of `size` that becomes `out`.

    Output i reads the input at (i + 1/2) scale - 1/2, in mode nearest at i scale; the scale is
    1 / factor, or size / out.  With `align_corners` it is at i (size - 1) / (out - 1).
    """
    from fractions import Fraction

    if mode == "area":
        return adaptive(size, out)
    if align_corners and points > 1:
        if size == 1 or out == 1:
            return Footprint(1, size) if out == 1 else None
        return interpolated(points, Fraction(size - 1, out - 1), Fraction(0))
    scale = 1 / Fraction(str(factor)) if factor else Fraction(size, out)
    origin = {"nearest": Fraction(0), "nearest_exact": scale / 2}.get(mode, (scale - 1) / 2)
    return interpolated(points, scale, origin)
