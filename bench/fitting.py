"""Speeds that fit measured times, and their errors on families that they were not fitted to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

SWEEPS = 3000
"""Passes over the unknowns, which converge long before."""


class Observation(NamedTuple):
    """A measured time in seconds, the work that took it, in several units, and its family."""

    family: str
    work: tuple[float, ...]
    seconds: float


class LeftOut(NamedTuple):
    """An observation, and its time estimated by a fit to all other families."""

    observation: Observation
    seconds: float

    @property
    def ratio(self) -> float:
        """The estimated time as a multiple of the measured one."""
        return self.seconds / self.observation.seconds

    @property
    def error(self) -> float:
        return abs(self.ratio - 1)


def fit(observations: Sequence[Observation]) -> list[float]:
    """The seconds of each unit of work: the least sum of squares of relative errors.

    None is negative, and each family has the same weight, however many observations it has.

    >>> fit([Observation("a", (2.0, 0.0), 6.0), Observation("b", (1.0, 4.0), 3.0)])
    [3.0, 0.0]
    """
    weight = family_weights(observations)
    rows = [
        (weight[one.family], [amount / one.seconds for amount in one.work]) for one in observations
    ]
    units = range(len(observations[0].work))
    products = [[sum(w * row[i] * row[j] for w, row in rows) for j in units] for i in units]
    sums = [sum(w * row[i] for w, row in rows) for i in units]
    return non_negative_minimum(products, sums)


def non_negative_minimum(products: Sequence[Sequence[float]], sums: Sequence[float]) -> list[float]:
    """The non-negative x that minimizes x'Px - 2s'x, by one unknown after the other."""
    found = [0.0] * len(sums)
    for _ in range(SWEEPS):
        for i, row in enumerate(products):
            rest = sum(row[j] * found[j] for j in range(len(found)) if j != i)
            found[i] = max(0.0, (sums[i] - rest) / row[i]) if row[i] else 0.0
    return found


def family_weights(observations: Sequence[Observation]) -> dict[str, float]:
    """The weight of each observation of a family."""
    return {name: 1 / count for name, count in Counter(one.family for one in observations).items()}


def leave_out(observations: Sequence[Observation]) -> list[LeftOut]:
    """Each observation, estimated by a fit to the other families."""
    found = []
    for family in sorted({one.family for one in observations}):
        speeds = fit([one for one in observations if one.family != family])
        for one in observations:
            if one.family == family:
                parts = zip(one.work, speeds, strict=True)
                found.append(LeftOut(one, sum(amount * each for amount, each in parts)))
    return found


def error_quantile(estimates: Sequence[LeftOut], share: float) -> float:
    """The error that this share of the estimates does not exceed, each family counted equally."""
    weight = family_weights([one.observation for one in estimates])
    by_error: Callable[[LeftOut], float] = lambda one: one.error
    needed, error = share * sum(weight[one.observation.family] for one in estimates), 0.0
    for one in sorted(estimates, key=by_error):
        if needed <= 0:
            break
        needed, error = needed - weight[one.observation.family], one.error
    return error
