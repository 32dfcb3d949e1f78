"""What ends a calculation for many variants before its end."""

from __future__ import annotations

from typing import Any

from ...problem import Error


class Disagreement(Error):
    """A question that variants answer differently: they must be calculated apart.

    `answers` is an array with the answer of each variant.
    """

    def __init__(self, answers: Any) -> None:
        self.answers = answers


class NotVectorized(Error):
    """Something that only single numbers have, such as a text: variants must be apart."""


class TooManyNumbers(Error):
    """The numbers of the calculation need too much memory: it needs fewer variants at a time."""
