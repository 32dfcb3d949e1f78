"""What may be wrong with the words of a sweep, and with what calculates it."""

from __future__ import annotations

from ..problem import Error


class InvalidSweep(Error, ValueError):
    """A space, a condition or an objective that is not valid: the message says how to state it."""


class WorkerFailure(Error):
    """Workers that cannot calculate a chunk, or that cannot be reached: the message says why."""
