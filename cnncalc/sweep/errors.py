"""What may be wrong with the words of a sweep."""

from __future__ import annotations

from ..problem import Error


class InvalidSweep(Error, ValueError):
    """A space, a condition or an objective that is not valid: the message says how to state it."""
