"""A number of a layer, with its terms."""

from __future__ import annotations

from ..layers.formula import Terms
from ..named_tuple import NamedTuple


class Section(NamedTuple):
    """One number of a layer, its terms, which add up to `total`, and remarks.

    It is that of one sample; what a training step keeps is that of the batch.
    """

    number: str
    total: int
    terms: Terms
    remarks: tuple[str, ...] = ()
